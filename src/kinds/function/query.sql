-- Functions that the server makes for a range type depend on it internally and are left out with the type.
select
    p.oid,
    p.pronamespace as parent,
    array[p.proname, '(' || oidvectortypes(p.proargtypes) || ')']::text[] as name,
    pg_get_function_arguments(p.oid) as arguments,
    pg_get_function_result(p.oid) as returns,
    l.lanname as language,
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' end as volatility,
    p.proisstrict as strict,
    p.prosecdef as security_definer,
    p.proleakproof as leakproof,
    case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end as parallel,
    nullif(p.procost, case when l.lanname in ('internal', 'c') then 1 else 100 end) as cost,
    nullif(p.prorows, case when p.proretset then 1000 else 0 end) as rows,
    p.prokind = 'w' as window,
    case when p.prosupport <> 0 then p.prosupport::regproc::text end as support,
    (
        select jsonb_agg(format_type(t.oid, null)) from unnest(p.protrftypes) t (oid)) as transforms,
    (
        select jsonb_object_agg(split_part(s.setting, '=', 1), substr(s.setting, strpos(s.setting, '=') + 1))
        from unnest(p.proconfig) s (setting)) as settings,
    (
        select nullif(array_agg(s.name order by s.n), array_agg(s.name order by s.name collate "C"))
        from (
            select split_part(s.setting, '=', 1), s.n
            from unnest(p.proconfig) with ordinality s (setting, n)) s (name, n)) as settings_order,
    p.probin as library,
    case when p.prosqlbody is null then p.prosrc end as body,
    pg_get_function_sqlbody(p.oid) as sql_body,
    (
        select array_agg(e.extname::text)
        from pg_catalog.pg_depend x
        join pg_catalog.pg_extension e on e.oid = x.refobjid
        where x.classid = 'pg_catalog.pg_proc'::regclass and x.objid = p.oid
            and x.refclassid = 'pg_catalog.pg_extension'::regclass and x.deptype = 'x') as extensions,
    pg_get_userbyid(p.proowner) as owner
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where p.prokind in ('f', 'w') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i'))
