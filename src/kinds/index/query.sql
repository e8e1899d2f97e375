-- The definition begins after the index's own name and its table's, which are identity, and ends before the predicate,
-- which is an attribute of its own.
-- Most indexes are of columns with what their types have by default: those are written here, all at once, as
-- pg_get_indexdef() writes them, which looks up each thing for itself. It is asked for the others.
-- Storage parameters are a set: the definition has them by name, whatever order they were set in.
-- Indexes behind constraints are part of the constraint.
with recursive with_foreign (relid) as (
    -- Foreign partitions have no index that could be attached: made at once, such an index is valid, and made as a dump does,
    -- it never is.
    select i.inhparent
    from pg_catalog.pg_class c
    join pg_catalog.pg_inherits i on i.inhrelid = c.oid
    where c.relkind = 'f' and c.relispartition
    union
    select i.inhparent from with_foreign f join pg_catalog.pg_inherits i on i.inhrelid = f.relid
), indexes as materialized (
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
            where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
                and e.objid = c.oid and e.deptype = 'e')
), methods as materialized (
    select am.oid, am.amname, pg_indexam_has_property(am.oid, 'can_order') as can_order from pg_catalog.pg_am am
), parts as materialized (
    select
        x.indexrelid,
        k.n,
        k.n <= x.indnkeyatts as is_key,
        a.attname::text as name,
        a.atttypid as type,
        case when k.attnum = 0 then pg_get_indexdef(x.indexrelid, k.n::integer, false) end as expression,
        x.indclass[k.n - 1] as class,
        case
            when not m.can_order then ''
            when x.indoption[k.n - 1] & 1 = 1 then
                case when x.indoption[k.n - 1] & 2 = 0 then ' DESC NULLS LAST' else ' DESC' end
            when x.indoption[k.n - 1] & 2 = 2 then ' NULLS FIRST'
            else '' end as direction,
        x.indcollation[k.n - 1] in (0, a.attcollation)
            -- Classes may have parameters, but not the server's own for these.
            and (m.amname in ('btree', 'hash') and x.indclass[k.n - 1] < 16384
                or not exists (
                    select from pg_catalog.pg_attribute p
                    where p.attrelid = x.indexrelid and p.attnum = k.n and p.attoptions is not null)) as is_plain
    from indexes x
    join methods m on m.oid = x.relam
    cross join lateral unnest(x.indkey::smallint[]) with ordinality k (attnum, n)
    -- Row by row, by the catalog's index.
    left join lateral (
        select a.attname, a.atttypid, a.attcollation
        from pg_catalog.pg_attribute a
        where a.attrelid = x.indrelid and a.attnum = k.attnum and k.attnum <> 0
        offset 0) a on true
), classes as materialized (
    -- Whether a class is what its type has by default, where it can be told without looking for casts.
    select used.class, used.type
    from (select distinct p.class, p.type from parts p) used
    join pg_catalog.pg_opclass o on o.oid = used.class and o.opcdefault
    join pg_catalog.pg_type t on t.oid = used.type and t.typtype <> 'd'
    where t.oid = o.opcintype
        or (o.opcintype = 'text'::regtype and t.oid = 'character varying'::regtype
                or o.opcintype = 'anyarray'::regtype and t.typsubscript = 'array_subscript_handler'::regproc
                    and t.typlen = -1
                or o.opcintype = 'anyenum'::regtype and t.typtype = 'e')
            and not exists (
                select from pg_catalog.pg_opclass other
                where other.opcmethod = o.opcmethod and other.opcintype = t.oid and other.opcdefault)
            and not exists (
                select from pg_catalog.pg_cast c where c.castmethod = 'b' and c.oid >= 16384)
), keys as materialized (
    select
        k.indexrelid,
        array_agg(coalesce(k.name, k.expression)) filter (where k.is_key) as columns,
        array_agg(k.name) filter (where not k.is_key) as include,
        string_agg(quote_ident(k.name) || k.direction, ', ') filter (where k.is_key) as key,
        string_agg(quote_ident(k.name), ', ') filter (where not k.is_key) as included,
        bool_and(k.is_plain or not k.is_key) as are_plain
    from (
        select p.indexrelid, p.is_key, p.name, p.expression, p.direction, p.is_plain and classes.class is not null as is_plain
        from parts p
        left join classes on classes.class = p.class and classes.type = p.type
        order by p.indexrelid, p.n
    ) k
    group by k.indexrelid
), texts as materialized (
    select
        x.indexrelid,
        pg_get_indexdef(x.indexrelid) as definition,
        ' WITH (' || several_options.written || ')' as as_set,
        ' WITH (' || several_options.sorted || ')' as sorted
    from indexes x
    join keys on keys.indexrelid = x.indexrelid
    left join lateral (
        select
            string_agg(o.text, ', ' order by o.n) as written,
            string_agg(o.text, ', ' order by o.text collate "C") as sorted
        from (
            select
                k.n,
                quote_ident(split_part(k.option, '=', 1)) || '=' || case
                    when quote_ident(v.value) = v.value then v.value else quote_literal(v.value) end as text
            from unnest(x.reloptions) with ordinality k (option, n)
            cross join lateral substr(k.option, 1 + strpos(k.option, '=')) v (value)) o
    ) several_options on array_length(x.reloptions, 1) > 1
    where not keys.are_plain or x.reloptions is not null
), layouts as materialized (
    select
        r.indrelid,
        array(
            select a.attname
            from pg_catalog.pg_attribute a
            where a.attrelid = r.indrelid and a.attnum > 0
            order by a.attnum) as names
    from (select distinct x.indrelid from indexes x where x.indpred is not null) r
), predicates as materialized (
    -- The server opens the table to have the names of columns: one of those that have the same ones will do.
    select x.indexrelid, pg_get_expr(x.indpred, alike.indrelid) as predicate
    from indexes x
    join layouts l on l.indrelid = x.indrelid
    join (select l.names, min(l.indrelid) as indrelid from layouts l group by l.names) alike on alike.names = l.names
    where x.indpred is not null
), extensions as (
    select dep.objid, array_agg(e.extname::text) as names
    from pg_catalog.pg_depend dep
    join pg_catalog.pg_extension e on e.oid = dep.refobjid
    where dep.classid = 'pg_catalog.pg_class'::regclass
        and dep.refclassid = 'pg_catalog.pg_extension'::regclass and dep.deptype = 'x'
    group by dep.objid
)
select
    x.indexrelid as oid,
    x.indrelid as parent,
    x.relname as name,
    case
        when texts.indexrelid is null then
            quote_ident(m.amname) || ' (' || keys.key || coalesce(') INCLUDE (' || keys.included, '') || ')'
                || case when x.indnullsnotdistinct then ' NULLS NOT DISTINCT' else '' end
        else substr(
            left(texts.definition, length(texts.definition)
                - coalesce(length(' WHERE ' || predicates.predicate), 0) - coalesce(length(texts.as_set), 0)),
            1 + length(format(
                'CREATE %sINDEX %I ON %s%I.%I USING ', case when x.indisunique then 'UNIQUE ' end, x.relname,
                case when x.relkind = 'I' then 'ONLY ' end, x.nspname, x.of_name)))
            || coalesce(texts.sorted, '') end as definition,
    x.indisunique as unique,
    x.indisvalid or x.relkind = 'I' and exists (select from with_foreign f where f.relid = x.indrelid) as valid,
    nullif(m.amname, 'btree') as method,
    keys.columns as columns,
    keys.include as include,
    predicates.predicate as predicate,
    x.indnullsnotdistinct as nulls_not_distinct,
    case when x.reloptions is not null then (
        select jsonb_object_agg(option_name, option_value) from pg_options_to_table(x.reloptions)) end as options,
    case when x.reloptions is not null then (
        select nullif(array_agg(o.name order by o.n), array_agg(o.name order by o.name collate "C"))
        from pg_options_to_table(x.reloptions) with ordinality o (name, value, n)) end as options_order,
    ts.spcname as tablespace,
    case when p.oid is not null then format('%I.%I', pn.nspname, p.relname) end as partition_of,
    -- Expressions alone can have a target.
    case when x.indexprs is not null then (
        select jsonb_object_agg(a.attnum, a.attstattarget)
        from pg_catalog.pg_attribute a
        where a.attrelid = x.indexrelid and a.attnum > 0 and a.attstattarget >= 0) end as statistics,
    extensions.names as extensions
from indexes x
join methods m on m.oid = x.relam
join keys on keys.indexrelid = x.indexrelid
left join texts on texts.indexrelid = x.indexrelid
left join predicates on predicates.indexrelid = x.indexrelid
left join extensions on extensions.objid = x.indexrelid
left join pg_catalog.pg_inherits h on h.inhrelid = x.indexrelid
left join pg_catalog.pg_class p on p.oid = h.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
left join pg_catalog.pg_tablespace ts on ts.oid = x.reltablespace
