-- Functions and procedures of all schemas but the system's; those of extensions are never managed. $1: the managed schemas,
-- or null; $2: the API roles.
select jsonb_build_object(
    'oid', p.oid::bigint,
    'schema', n.nspname,
    'name', p.proname,
    'types', (select coalesce(string_agg(format_type(t.oid, null), ', ' order by t.place), '')
              from unnest(p.proargtypes) with ordinality t (oid, place)),
    'kind', case p.prokind when 'p' then 'procedure' else 'function' end,
    'managed', ($1::text[] is null or n.nspname = any ($1)) and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e'),
    'definer', p.prosecdef,
    'owner', o.rolname,
    'volatility', p.provolatile,
    'leakproof', p.proleakproof,
    'search_path', (
        select substr(s.setting, length('search_path=') + 1)
        from unnest(p.proconfig) s (setting)
        where s.setting like 'search_path=%'),
    'language', l.lanname,
    'body', case when l.lanname in ('c', 'internal') then '' else p.prosrc end,
    'bound', p.prosqlbody is not null,
    'is_trigger', p.prorettype in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype),
    'execute', (
        select coalesce(jsonb_agg(r.name order by r.place), '[]')
        from unnest($2::name[]) with ordinality r (name, place)
        where has_schema_privilege(r.name, n.oid, 'USAGE') and has_function_privilege(r.name, p.oid, 'EXECUTE')),
    'public', has_function_privilege('public', p.oid, 'EXECUTE'))
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
join pg_catalog.pg_roles o on o.oid = p.proowner
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and p.prokind in ('f', 'p', 'w')
