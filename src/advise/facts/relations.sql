-- Relations of all schemas but the system's, since a managed view may read any; those of extensions are never managed.
-- $1: the managed schemas, or null; $2: the API roles.
select jsonb_build_object(
    'oid', c.oid::bigint,
    'schema', n.nspname,
    'name', c.relname,
    'kind', c.relkind,
    'managed', ($1::text[] is null or n.nspname = any ($1)) and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'),
    'owner', o.rolname,
    'owner_trusted', o.rolsuper or o.rolbypassrls,
    'owner_connects', o.rolcanlogin,
    'owner_held_by', (
        select coalesce(jsonb_agg(r.name order by r.place), '[]')
        from unnest($2::name[]) with ordinality r (name, place)
        join pg_catalog.pg_roles a on a.rolname = r.name
        where pg_has_role(a.oid, c.relowner, 'USAGE')),
    'rls', c.relrowsecurity,
    'forced', c.relforcerowsecurity,
    'partition', c.relispartition,
    'invoker', coalesce((
        select option_value::boolean
        from pg_catalog.pg_options_to_table(c.reloptions)
        where option_name = 'security_invoker'), false),
    'parents', (
        select coalesce(jsonb_agg(i.inhparent::bigint), '[]')
        from pg_catalog.pg_inherits i
        where i.inhrelid = c.oid),
    'reads', (
        select coalesce(jsonb_agg(distinct d.refobjid::bigint), '[]')
        from pg_catalog.pg_rewrite w
        join pg_catalog.pg_depend d
            on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
            and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> c.oid
        where w.ev_class = c.oid and w.ev_type = '1'),
    'privileges', (
        select coalesce(jsonb_object_agg(r.name, held.privileges), '{}')
        from unnest($2::name[]) r (name)
        cross join lateral (
            select jsonb_agg(p.name) as privileges
            from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p (name)
            where has_table_privilege(r.name, c.oid, p.name)) held
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and held.privileges is not null
            and has_schema_privilege(r.name, n.oid, 'USAGE')),
    'live_rows', coalesce(s.n_live_tup, 0),
    'dead_rows', coalesce(s.n_dead_tup, 0),
    'scans', coalesce(s.seq_scan + coalesce(s.idx_scan, 0), 0))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_roles o on o.oid = c.relowner
left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
