-- Positions count the columns that are there: a dropped one leaves no gap. A default names no column, so its text needs
-- no relation, and the server is spared opening each.
with dropped as (
    select a.attrelid, array_agg(a.attnum) as numbers
    from pg_catalog.pg_attribute a
    where a.attisdropped and a.attnum > 0
    group by a.attrelid
)
select
    a.attrelid as oid,
    a.attnum as sub,
    a.attrelid as parent,
    a.attname as name,
    case
        when dropped.attrelid is null then a.attnum
        else a.attnum - (select count(*) from unnest(dropped.numbers) d where d < a.attnum) end as position,
    format_type(a.atttypid, a.atttypmod) as type,
    case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
    nullif(a.attnotnull, false) as not_null,
    case when a.attgenerated = '' then pg_get_expr(v.adbin, 0) end as default,
    case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end as generated,
    case when a.attgenerated <> '' then pg_get_expr(v.adbin, v.adrelid) end as generation_expression,
    case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
    -- Most are as they come.
    case when s.seqstart <> 1 or s.seqincrement <> 1 or s.seqmin <> 1 or s.seqmax <> s.highest or s.seqcache <> 1
            or s.seqcycle or s.seqtypid <> a.atttypid or s.relpersistence <> c.relpersistence
            or s.relname <> c.relname || '_' || a.attname || '_seq' or s.comment is not null then jsonb_strip_nulls(jsonb_build_object(
        'name', nullif(s.relname, c.relname || '_' || a.attname || '_seq'),
        'type', case when s.seqtypid <> a.atttypid then format_type(s.seqtypid, null) end,
        'start', nullif(s.seqstart, case when s.seqincrement > 0 then s.seqmin else s.seqmax end),
        'increment', nullif(s.seqincrement, 1),
        'min_value', nullif(s.seqmin, case when s.seqincrement > 0 then 1 else -s.highest - 1 end),
        'max_value', nullif(s.seqmax, case when s.seqincrement > 0 then s.highest else -1 end),
        'cache', nullif(s.seqcache, 1),
        'cycle', nullif(s.seqcycle, false),
        'unlogged', case when s.relpersistence <> c.relpersistence then s.relpersistence = 'u' end,
        'comment', s.comment)) end as identity_sequence,
    case when a.attstorage <> t.typstorage then
        case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended'
            when 'm' then 'main' end end as storage,
    case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
    nullif(a.attstattarget, -1) as statistics,
    case when a.attoptions is not null then (
        select jsonb_object_agg(option_name, option_value) from pg_options_to_table(a.attoptions)) end as options,
    case when a.attoptions is not null then (
        select nullif(array_agg(o.name order by o.n), array_agg(o.name order by o.name collate "C"))
        from pg_options_to_table(a.attoptions) with ordinality o (name, value, n)) end as options_order,
    case when a.attfdwoptions is not null then (
        select jsonb_object_agg(option_name, option_value) from pg_options_to_table(a.attfdwoptions)) end as foreign_options,
    case when not a.attislocal then true end as inherited
from pg_catalog.pg_attribute a
join (
    select c.oid, c.relname, c.relpersistence
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'v', 'm', 'c') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
                and e.objid = c.oid and e.deptype = 'e')
        and not exists (
            select from pg_catalog.pg_depend e
            where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
                and e.objid = c.reltype and e.deptype = 'e')
    -- Before their columns are looked at.
    offset 0
) c on c.oid = a.attrelid
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef v on v.adrelid = a.attrelid and v.adnum = a.attnum
left join dropped on dropped.attrelid = a.attrelid
left join lateral (
    select
        c.relname,
        c.relpersistence,
        -- What obj_description() says, which is slow: a function in SQL that is called anew for each.
        (
            select about.description
            from pg_catalog.pg_description about
            where about.classoid = 'pg_catalog.pg_class'::regclass and about.objoid = c.oid and about.objsubid = 0) as comment,
        s.*,
        case s.seqtypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
            else 9223372036854775807 end as highest
    from pg_catalog.pg_depend d
    join pg_catalog.pg_sequence s on s.seqrelid = d.objid
    join pg_catalog.pg_class c on c.oid = s.seqrelid
    where a.attidentity <> ''
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = a.attrelid and d.refobjsubid = a.attnum
        and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'i'
    offset 0
) s on true
where a.attnum > 0 and not a.attisdropped
