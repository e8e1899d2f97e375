-- Sequences of identity columns belong to the column. Bounds and start are given only where they are not what the
-- type and the direction imply.
with bounds as (
    select
        s.*,
        case s.seqtypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
            else 9223372036854775807 end as highest
    from pg_catalog.pg_sequence s
), owners as (
    select d.objid, d.deptype, format('%I.%I.%I', n.nspname, c.relname, a.attname) as owned_by
    from pg_catalog.pg_depend d
    join pg_catalog.pg_class c on c.oid = d.refobjid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
        and d.deptype in ('a', 'i')
        and d.objid in (select s.seqrelid from pg_catalog.pg_sequence s)
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
    owners.owned_by as owned_by,
    pg_get_userbyid(c.relowner) as owner
from bounds s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join owners on owners.objid = c.oid
where owners.deptype is distinct from 'i' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
