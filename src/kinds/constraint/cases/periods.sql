-- from 18
-- old
create extension btree_gist;
create table public.t (a int, during int4range, constraint pk primary key (a, during));
create table public.r (a int, during int4range);
-- new
create extension btree_gist;
create table public.t (a int, during int4range, constraint pk primary key (a, during without overlaps));
create table public.r (a int, during int4range, constraint fk foreign key (a, period during) references public.t (a, period during), constraint u unique (a, during without overlaps));
