-- every attribute that can be set without a tablespace

-- old
create materialized view public.m as select 1 as a, 'x'::text as b;
create index i on public.m (a);
create materialized view public.emptied as select 1 as a;
create materialized view public.filled as select 1 as a with no data;
create materialized view public.queried as select 1 as a;
create index q on public.queried (a);
create view public.on_queried as select a from public.queried;
create materialized view public.clustered as select 1 as a;
create index c on public.clustered (a);
alter materialized view public.clustered cluster on c;
comment on materialized view public.m is 'old';
-- new
create materialized view public.m with (fillfactor = 70, autovacuum_enabled = off, toast.autovacuum_enabled = off) as select 1 as a, 'x'::text as b;
create index i on public.m (a);
alter materialized view public.m cluster on i;
alter materialized view public.m owner to alice;
alter materialized view public.m depends on extension plpgsql;
alter materialized view public.m alter column a set statistics 7, alter column b set storage external, alter column a set (n_distinct = 3);
comment on materialized view public.m is 'new';
comment on column public.m.a is 'a column';
create materialized view public.emptied as select 1 as a with no data;
create materialized view public.filled as select 1 as a;
create materialized view public.queried as select 2::bigint as a;
create index q on public.queried (a);
create view public.on_queried as select a from public.queried;
create materialized view public.clustered as select 1 as a;
create index c on public.clustered (a);
create materialized view public."made ""x" with (fillfactor = 80) as select 1 as a with no data;
create index made_i on public."made ""x" (a);
alter materialized view public."made ""x" cluster on made_i;
alter materialized view public."made ""x" depends on extension plpgsql;
comment on materialized view public."made ""x" is 'made';
