with parents as (
    select
        i.inhrelid,
        bool_or(i.inhdetachpending) as detach_pending,
        jsonb_agg(format('%I.%I', n.nspname, p.relname) order by i.inhseqno) as names
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent and p.relkind in ('r', 'p', 'f')
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
    array[n.nspname, c.relname]::text[] as path,
    array['schema', n.nspname]::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'unlogged', c.relpersistence = 'u',
        'row_level_security', c.relrowsecurity,
        'force_row_level_security', c.relforcerowsecurity,
        'partition_by', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
        'partition_of', case when c.relispartition then parents.names ->> 0 end,
        'partition_bound', pg_get_expr(c.relpartbound, c.oid),
        'detach_pending', parents.detach_pending,
        'inherits', case when not c.relispartition then parents.names end,
        'of_type', case when c.reloftype <> 0 then format_type(c.reloftype, null) end,
        'options', case when c.reloptions is not null or toast.reloptions is not null then (
            select jsonb_object_agg(o.name, o.value)
            from (
                select option_name, option_value from pg_options_to_table(c.reloptions)
                union all
                select 'toast.' || option_name, option_value from pg_options_to_table(toast.reloptions)
            ) o (name, value)) end,
        'access_method', nullif(am.amname, 'heap'),
        'tablespace', ts.spcname,
        'replica_identity', case c.relreplident
            when 'f' then 'full'
            when 'n' then 'nothing'
            when 'i' then 'using index ' || coalesce(marked.replica_identity, '(dropped)') end,
        'cluster_on', marked.cluster_on,
        'owner', pg_get_userbyid(c.relowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join parents on parents.inhrelid = c.oid
left join marked on marked.indrelid = c.oid
left join pg_catalog.pg_class toast on toast.oid = c.reltoastrelid
left join pg_catalog.pg_am am on am.oid = c.relam
left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
