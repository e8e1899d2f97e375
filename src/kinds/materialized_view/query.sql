select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    rtrim(ltrim(pg_get_viewdef(c.oid)), ';') as definition,
    c.relispopulated as populated,
    case when c.reloptions is not null or toast.reloptions is not null then (
        select jsonb_object_agg(o.name, o.value)
        from (
            select option_name, option_value from pg_options_to_table(c.reloptions)
            union all
            select 'toast.' || option_name, option_value from pg_options_to_table(toast.reloptions)
        ) o (name, value)) end as options,
    case when c.reloptions is not null or toast.reloptions is not null then (
        select nullif(
            array_agg(o.name order by o.toast, o.n), array_agg(o.name order by o.toast, o.name collate "C"))
        from (
            select 0, n, option_name
            from pg_options_to_table(c.reloptions) with ordinality p (option_name, option_value, n)
            union all
            select 1, n, 'toast.' || option_name
            from pg_options_to_table(toast.reloptions) with ordinality p (option_name, option_value, n)
        ) o (toast, n, name)) end as options_order,
    nullif(am.amname, 'heap') as access_method,
    ts.spcname as tablespace,
    marked.cluster_on as cluster_on,
    (
        select array_agg(e.extname::text)
        from pg_catalog.pg_depend x
        join pg_catalog.pg_extension e on e.oid = x.refobjid
        where x.classid = 'pg_catalog.pg_class'::regclass and x.objid = c.oid
            and x.refclassid = 'pg_catalog.pg_extension'::regclass and x.deptype = 'x') as extensions,
    pg_get_userbyid(c.relowner) as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join lateral (
    select quote_ident(i.relname) as cluster_on
    from pg_catalog.pg_index x
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    where x.indrelid = c.oid and x.indisclustered
) marked on true
left join pg_catalog.pg_class toast on toast.oid = c.reltoastrelid
left join pg_catalog.pg_am am on am.oid = c.relam
left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace
where c.relkind = 'm' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
