-- old
create view public.v as select 1 as a, 'x'::text as b;
alter view public.v alter a set default 5;
create materialized view public.m as select 1 as a, 'x'::text as b;
alter materialized view public.m alter b set statistics 9;
comment on column public.v.a is 'a';
-- new
create view public.v as select 1 as a, 'x'::text as b;
alter view public.v alter b set default 'y';
create materialized view public.m as select 1 as a, 'x'::text as b;
alter materialized view public.m alter b set storage main;
alter materialized view public.m alter a set (n_distinct = 3);
create view public.w as select 2 as z;
alter view public.w alter z set default 6;
