-- where it lies

-- old
create materialized view public.m as select 1 as a;
create index i on public.m (a);
create materialized view public.back tablespace space as select 1 as a;
-- new
create materialized view public.m tablespace space as select 1 as a;
create index i on public.m (a);
create materialized view public.back as select 1 as a;
create materialized view public.made tablespace space as select 1 as a;
