-- from 18
-- What a parent demands no more, a child goes on to demand, of its own and under a name of its own.
-- old
create table public.parent (a int not null, b int constraint given not null);
create table public.child (c int) inherits (public.parent);
create table public.leaver () inherits (public.parent);
create table public.list (k int, v text constraint wanted not null) partition by list (k);
create table public.list_1 partition of public.list for values in (1);
-- new
create table public.parent (a int, b int);
create table public.child (c int, a int constraint mine not null, b int not null) inherits (public.parent);
create table public.leaver (a int constraint parent_a_not_null not null, b int constraint given not null);
create table public.list (k int, v text) partition by list (k);
create table public.list_1 partition of public.list (v not null) for values in (1);
