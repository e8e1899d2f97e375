with parents as (
    select
        i.inhrelid,
        bool_or(i.inhdetachpending) as detach_pending,
        jsonb_agg(format('%I.%I', n.nspname, p.relname) order by i.inhseqno) as names
    from pg_catalog.pg_inherits i
    -- Few, for the most part: by the catalog's index.
    cross join lateral (
        select p.relname, p.relnamespace
        from pg_catalog.pg_class p
        where p.oid = i.inhparent and p.relkind in ('r', 'p', 'f')
        offset 0) p
    join pg_catalog.pg_namespace n on n.oid = p.relnamespace
    group by i.inhrelid
), marked as (
    select
        x.indrelid,
        max(quote_ident(c.relname)) filter (where x.indisreplident) as replica_identity,
        max(quote_ident(c.relname)) filter (where x.indisclustered) as cluster_on
    from pg_catalog.pg_index x
    join pg_catalog.pg_class c on c.oid = x.indexrelid
    where x.indisreplident or x.indisclustered
    group by x.indrelid
)
select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    c.relpersistence = 'u' as unlogged,
    c.relrowsecurity as row_level_security,
    c.relforcerowsecurity as force_row_level_security,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_by,
    case when c.relispartition then parents.names ->> 0 end as partition_of,
    pg_get_expr(c.relpartbound, 0) as partition_bound,
    parents.detach_pending as detach_pending,
    case when not c.relispartition then parents.names end as inherits,
    case when c.reloftype <> 0 then format_type(c.reloftype, null) end as of_type,
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
    case when c.relkind = 'r' then nullif(am.amname, 'heap') end as access_method,
    case when c.relkind = 'p' then am.amname end as partitions_access_method,
    ts.spcname as tablespace,
    case c.relreplident
        when 'f' then 'full'
        when 'n' then 'nothing'
        when 'i' then 'using index ' || coalesce(marked.replica_identity, '(dropped)') end as replica_identity,
    marked.cluster_on as cluster_on,
    pg_get_userbyid(c.relowner) as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join parents on parents.inhrelid = c.oid
left join marked on marked.indrelid = c.oid
left join pg_catalog.pg_class toast on toast.oid = c.reltoastrelid and toast.reloptions is not null
left join pg_catalog.pg_am am on am.oid = c.relam
left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
