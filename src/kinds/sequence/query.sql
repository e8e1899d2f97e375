-- Sequences of identity columns belong to the column. Bounds and start are given only where they are not what the
-- type and the direction imply.
with bounds as (
    select
        s.*,
        case s.seqtypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
            else 9223372036854775807 end as highest
    from pg_catalog.pg_sequence s
)
select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    nullif(format_type(s.seqtypid, null), 'bigint') as type,
    nullif(s.seqstart, case when s.seqincrement > 0 then s.seqmin else s.seqmax end) as start,
    nullif(s.seqincrement, 1) as increment,
    nullif(s.seqmin, case when s.seqincrement > 0 then 1 else -s.highest - 1 end) as min_value,
    nullif(s.seqmax, case when s.seqincrement > 0 then s.highest else -1 end) as max_value,
    nullif(s.seqcache, 1) as cache,
    s.seqcycle as cycle,
    c.relpersistence = 'u' as unlogged,
    case when a.attname is not null then format('%I.%I.%I', own.nspname, o.relname, a.attname) end as owned_by,
    pg_get_userbyid(c.relowner) as owner
from bounds s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_depend d
    on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
left join pg_catalog.pg_class o on o.oid = d.refobjid
left join pg_catalog.pg_namespace own on own.oid = o.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where d.deptype is distinct from 'i' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
