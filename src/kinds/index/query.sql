-- The definition begins after the index's own name and its table's, which are identity, and ends before the predicate,
-- which is an attribute of its own.
-- Storage parameters are a set: the definition has them by name, whatever order they were set in.
-- Indexes behind constraints are part of the constraint.
with indexes as materialized (
    select x.*, i.relname, i.relkind, i.relam, i.reloptions, i.reltablespace, n.nspname, c.relname as of_name,
        c.relkind as of_kind
    from pg_catalog.pg_index x
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    join pg_catalog.pg_class c on c.oid = x.indrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_constraint con
            where con.conindid = x.indexrelid and con.contype in ('p', 'u', 'x'))
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
), keys as (
    select
        x.indexrelid,
        jsonb_agg(coalesce(a.attname, pg_get_indexdef(x.indexrelid, k.n::integer, false)) order by k.n)
            filter (where k.n <= x.indnkeyatts) as columns,
        jsonb_agg(a.attname order by k.n) filter (where k.n > x.indnkeyatts) as include
    from indexes x
    cross join lateral unnest(x.indkey::smallint[]) with ordinality k (attnum, n)
    left join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum and k.attnum <> 0
    group by x.indexrelid
), texts as materialized (
    select
        x.indexrelid,
        pg_get_indexdef(x.indexrelid) as definition,
        pg_get_expr(x.indpred, x.indrelid) as predicate
    from indexes x
), several_options as (
    select
        x.indexrelid,
        ' WITH (' || string_agg(o.text, ', ' order by o.n) || ')' as as_set,
        ' WITH (' || string_agg(o.text, ', ' order by o.text collate "C") || ')' as sorted
    from indexes x
    cross join lateral (
        select
            k.n,
            quote_ident(split_part(k.option, '=', 1)) || '=' || case
                when quote_ident(v.value) = v.value then v.value else quote_literal(v.value) end as text
        from unnest(x.reloptions) with ordinality k (option, n)
        cross join lateral substr(k.option, 1 + strpos(k.option, '=')) v (value)) o
    where array_length(x.reloptions, 1) > 1
    group by x.indexrelid
), statistics as (
    select a.attrelid, jsonb_object_agg(a.attnum, a.attstattarget) as targets
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('i', 'I')
    where a.attnum > 0 and a.attstattarget >= 0 and a.attrelid >= 16384
    group by a.attrelid
)
select
    x.indexrelid as oid,
    x.indrelid as parent,
    x.relname as name,
    substr(
        left(texts.definition, length(texts.definition)
            - coalesce(length(' WHERE ' || texts.predicate), 0) - coalesce(length(several_options.as_set), 0)),
        1 + length(format(
            'CREATE %sINDEX %I ON %s%I.%I USING ', case when x.indisunique then 'UNIQUE ' end, x.relname,
            case when x.relkind = 'I' then 'ONLY ' end, x.nspname, x.of_name)))
        || coalesce(several_options.sorted, '') as definition,
    x.indisunique as unique,
    x.indisvalid as valid,
    nullif(am.amname, 'btree') as method,
    keys.columns as columns,
    keys.include as include,
    texts.predicate as predicate,
    x.indnullsnotdistinct as nulls_not_distinct,
    case when x.reloptions is not null then (
        select jsonb_object_agg(option_name, option_value) from pg_options_to_table(x.reloptions)) end as options,
    case when x.reloptions is not null then (
        select nullif(array_agg(o.name order by o.n), array_agg(o.name order by o.name collate "C"))
        from pg_options_to_table(x.reloptions) with ordinality o (name, value, n)) end as options_order,
    ts.spcname as tablespace,
    case when p.oid is not null then format('%I.%I', pn.nspname, p.relname) end as partition_of,
    statistics.targets as statistics,
    (
        select array_agg(e.extname::text)
        from pg_catalog.pg_depend dep
        join pg_catalog.pg_extension e on e.oid = dep.refobjid
        where dep.classid = 'pg_catalog.pg_class'::regclass and dep.objid = x.indexrelid
            and dep.refclassid = 'pg_catalog.pg_extension'::regclass and dep.deptype = 'x') as extensions
from indexes x
join pg_catalog.pg_am am on am.oid = x.relam
join keys on keys.indexrelid = x.indexrelid
join texts on texts.indexrelid = x.indexrelid
left join several_options on several_options.indexrelid = x.indexrelid
left join statistics on statistics.attrelid = x.indexrelid
left join pg_catalog.pg_inherits h on h.inhrelid = x.indexrelid
left join pg_catalog.pg_class p on p.oid = h.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
left join pg_catalog.pg_tablespace ts on ts.oid = x.reltablespace
