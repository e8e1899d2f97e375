-- old
create table public.moves (a int, constraint moves_key primary key (a));
create index moves_a on public.moves (a);
create table public.comes_back (a int, constraint comes_back_key primary key (a) using index tablespace space) tablespace space;
create index comes_back_a on public.comes_back (a) tablespace space;
create table public.parted (a int) partition by list (a);
create table public.parted1 partition of public.parted for values in (1) tablespace space;
-- new
create table public.moves (a int, constraint moves_key primary key (a) using index tablespace space) tablespace space;
create index moves_a on public.moves (a) tablespace space;
create table public.comes_back (a int, constraint comes_back_key primary key (a));
create index comes_back_a on public.comes_back (a);
create table public.parted (a int) partition by list (a) tablespace space;
create index parted_a on only public.parted (a) tablespace space;
create table public.parted1 partition of public.parted for values in (1);
create table public.made (a int unique using index tablespace space, during int4range, constraint x exclude using gist (during with &&) using index tablespace space) tablespace space;
create index made_a on public.made ((a + 1)) tablespace space where a > 3;
create materialized view public.m tablespace space as select 1 as a;
create index ma on public.m (a) tablespace space;
