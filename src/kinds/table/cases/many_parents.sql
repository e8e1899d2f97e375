-- old
create table public.a (x int, y text, constraint pos check (x > 0));
create table public.b (x int, z int default 3, constraint pos check (x > 0));
create table public.c (w int not null);
create table public.kid (own int) inherits (public.a, public.b);
create table public.swaps () inherits (public.a, public.b);
create table public.loses () inherits (public.a, public.c);
create table public.diamond_l () inherits (public.a);
create table public.diamond_r () inherits (public.a);
create table public.diamond () inherits (public.diamond_l, public.diamond_r);
create table public.keeps (x int, y text) inherits (public.a);
-- new
create table public.a (x int, y text, v int default 7, constraint pos check (x > 0));
create table public.b (x int, z int default 4, constraint pos check (x > 0));
create table public.c (w int not null);
create table public.kid (own int) inherits (public.a, public.b);
alter table public.kid alter z set default 5;
create table public.swaps () inherits (public.a, public.b);
create table public.loses () inherits (public.a, public.c);
create table public.diamond_l () inherits (public.a);
create table public.diamond_r () inherits (public.a);
create table public.diamond () inherits (public.diamond_l, public.diamond_r);
create table public.keeps (x int, y text) inherits (public.a);
alter table public.diamond_r alter v set not null;
comment on column public.diamond.v is 'v';
