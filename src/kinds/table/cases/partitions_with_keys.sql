-- old
create table public.ref (a int primary key) partition by range (a);
create table public.ref1 partition of public.ref for values from (1) to (10);
create table public.p (a int, b text) partition by range (a);
create table public.p1 partition of public.p for values from (1) to (10);
-- new
create table public.ref (a int primary key) partition by range (a);
create table public.ref1 partition of public.ref for values from (1) to (10);
create table public.ref2 partition of public.ref for values from (10) to (20);
create table public.p (a int, b text, constraint p_key primary key (a), constraint pos check (a > 0)) partition by range (a);
create table public.p1 partition of public.p for values from (1) to (10);
create table public.p2 (b text, a int primary key, constraint pos check (a > 0));
alter table public.p attach partition public.p2 for values from (10) to (20);
create index p_b on public.p (b);
