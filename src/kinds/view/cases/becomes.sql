-- a view that becomes a table, a materialised view, and the other way round; names that change places

-- old
create view public.a as select 1 as x;
create view public.b as select 1 as x;
create table public.c (x integer);
create materialized view public.d as select 1 as x;
create view public.e as select 1 as x;
create view public.on_a as select x from public.a;
create view public.one as select 1 as x, 2 as y;
create view public.other as select 3 as y, 4 as x;
create table public.names (old_name integer);
create view public.of_names as select old_name as n from public.names;
-- new
create table public.a (x integer);
create materialized view public.b as select 1 as x;
create view public.c as select 1 as x;
create view public.d as select 1 as x;
create sequence public.e;
create view public.on_a as select x from public.a;
create view public.one as select 3 as y, 4 as x;
create view public.other as select 1 as x, 2 as y;
create table public.names (new_name integer);
create view public.of_names as select new_name as n from public.names;
