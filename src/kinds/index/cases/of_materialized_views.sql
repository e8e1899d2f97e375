-- old
create materialized view public.m as select 1 as a, 2 as b;
create unique index ma on public.m (a);
-- new
create materialized view public.m as select 1 as a, 2 as b;
create unique index ma on public.m (a);
create index mb on public.m (b desc);
create materialized view public.n as select 1 as a;
create index na on public.n (a);
