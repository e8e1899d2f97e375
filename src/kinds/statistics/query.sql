select
    s.oid,
    s.stxnamespace as parent,
    s.stxname as name,
    format('%I.%I', n.nspname, c.relname) as table,
    -- The server keeps columns by their place in the table, which is no difference; expressions as they were given.
    coalesce(k.by_name, '') || substr(pg_get_statisticsobjdef_columns(s.oid), coalesce(length(k.by_place), 0) + 1) as columns,
    -- All there are is what leaving them out means; a single expression has none.
    case when s.stxkind @> '{d,f,m}' or s.stxkind = '{e}' then null else (
        select array_agg(case k.kind when 'd' then 'ndistinct' when 'f' then 'dependencies' when 'm' then 'mcv' end)
        from unnest(s.stxkind) k (kind)
        where k.kind <> 'e') end as kinds,
    nullif(s.stxstattarget, -1) as target,
    pg_get_userbyid(s.stxowner) as owner
from pg_catalog.pg_statistic_ext s
join pg_catalog.pg_class c on c.oid = s.stxrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
    select
        string_agg(quote_ident(a.attname), ', ' order by a.attnum) as by_place,
        string_agg(quote_ident(a.attname), ', ' order by a.attname) as by_name
    from pg_catalog.pg_attribute a
    where a.attrelid = s.stxrelid and a.attnum = any (s.stxkeys::int2[])) k
where s.oid >= 16384
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_statistic_ext'::regclass and e.objid = s.oid and e.deptype = 'e')
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
