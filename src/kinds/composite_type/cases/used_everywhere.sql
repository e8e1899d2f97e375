-- attributes change under functions, views, columns, arrays, domains and other types

-- old
create type public.c as (a integer, b text, gone integer);
create type public.outer as (c public.c, cs public.c[]);
create domain public.d as public.c;
create function public.takes(x public.c) returns integer language sql as 'select x.a';
create function public.gives() returns setof public.c language sql as $$ select 1, 'x', 2 $$;
create function public.def(x public.c default row(1, 'x', 2)::public.c) returns integer language sql as 'select 1';
create view public.v as select (row(1, 'x', 2)::public.c).a as a, null::public.c as c, null::public.outer as o;
create materialized view public.m as select c from public.v;
comment on column public.c.a is 'kept';
grant usage on type public.c to alice;
-- new
create type public.c as (a bigint, b text collate "C", come text);
create type public.outer as (c public.c, cs public.c[]);
create domain public.d as public.c;
create function public.takes(x public.c) returns integer language sql as 'select 1';
create function public.gives() returns setof public.c language sql as $$ select 1::bigint, 'x', 'y' $$;
create function public.def(x public.c default row(1, 'x', 'y')::public.c) returns integer language sql as 'select 1';
create view public.v as select (row(1, 'x', 'y')::public.c).a as a, null::public.c as c, null::public.outer as o;
create materialized view public.m as select c from public.v;
comment on column public.c.a is 'kept';
grant usage on type public.c to alice;
