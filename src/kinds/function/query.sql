-- Functions that the server makes for a range type depend on it internally and are left out with the type.
select
    array[n.nspname, p.proname, '(' || oidvectortypes(p.proargtypes) || ')']::text[] as path,
    array['schema', n.nspname]::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'arguments', pg_get_function_arguments(p.oid),
        'returns', pg_get_function_result(p.oid),
        'language', l.lanname,
        'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' end,
        'strict', p.proisstrict,
        'security_definer', p.prosecdef,
        'leakproof', p.proleakproof,
        'parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end,
        'cost', nullif(p.procost, case when l.lanname in ('internal', 'c') then 1 else 100 end),
        'rows', nullif(p.prorows, case when p.proretset then 1000 else 0 end),
        'window', p.prokind = 'w',
        'support', case when p.prosupport <> 0 then p.prosupport::regproc::text end,
        'transforms', (
            select jsonb_agg(format_type(t.oid, null)) from unnest(p.protrftypes) t (oid)),
        'settings', (
            select jsonb_object_agg(split_part(s.setting, '=', 1), substr(s.setting, strpos(s.setting, '=') + 1))
            from unnest(p.proconfig) s (setting)),
        'library', p.probin,
        'body', case when p.prosqlbody is null then p.prosrc end,
        'sql_body', pg_get_function_sqlbody(p.oid),
        'owner', pg_get_userbyid(p.proowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_proc'::regclass and d.objoid = p.oid and d.objsubid = 0
where p.prokind in ('f', 'w') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i'))
