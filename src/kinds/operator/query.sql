-- One without a function was only mentioned, as the commutator or negator of another: it comes and goes with that.
select
    o.oid,
    o.oprnamespace as parent,
    array[
        o.oprname,
        format('(%s, %s)', case when o.oprleft = 0 then 'NONE' else format_type(o.oprleft, null) end,
            format_type(o.oprright, null))]::text[] as name,
    o.oprcode::text as function,
    case when o.oprcom <> 0 then format('%I.%s', cn.nspname, c.oprname) end as commutator,
    case when o.oprnegate <> 0 then format('%I.%s', gn.nspname, g.oprname) end as negator,
    case when o.oprrest <> 0 then o.oprrest::text end as restrict,
    case when o.oprjoin <> 0 then o.oprjoin::text end as join,
    o.oprcanhash as hashes,
    o.oprcanmerge as merges,
    pg_get_userbyid(o.oprowner) as owner
from pg_catalog.pg_operator o
join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
left join pg_catalog.pg_operator c on c.oid = o.oprcom
left join pg_catalog.pg_namespace cn on cn.oid = c.oprnamespace
left join pg_catalog.pg_operator g on g.oid = o.oprnegate
left join pg_catalog.pg_namespace gn on gn.oid = g.oprnamespace
where o.oprcode <> 0 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_operator'::regclass and e.objid = o.oid and e.deptype = 'e')
