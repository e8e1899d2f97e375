-- Members that any class of the family could do without are the family's.
with operators as (
    select
        d.refobjid as oid,
        jsonb_object_agg(
            format('%s (%s, %s)', o.amopstrategy, format_type(o.amoplefttype, null), format_type(o.amoprighttype, null)),
            o.amopopr::regoperator::text
                || case when o.amopsortfamily <> 0 then format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname) else '' end
        ) as members
    from pg_catalog.pg_amop o
    join pg_catalog.pg_depend d
        on d.classid = 'pg_catalog.pg_amop'::regclass and d.objid = o.oid
        and d.refclassid = 'pg_catalog.pg_opclass'::regclass
    left join pg_catalog.pg_opfamily s on s.oid = o.amopsortfamily
    left join pg_catalog.pg_namespace sn on sn.oid = s.opfnamespace
    where o.oid >= 16384
    group by d.refobjid
), functions as (
    select
        d.refobjid as oid,
        jsonb_object_agg(
            format('%s (%s, %s)', p.amprocnum, format_type(p.amproclefttype, null), format_type(p.amprocrighttype, null)),
            p.amproc::regprocedure::text
        ) as members
    from pg_catalog.pg_amproc p
    join pg_catalog.pg_depend d
        on d.classid = 'pg_catalog.pg_amproc'::regclass and d.objid = p.oid
        and d.refclassid = 'pg_catalog.pg_opclass'::regclass
    where p.oid >= 16384
    group by d.refobjid
)
select
    c.oid,
    c.opcnamespace as parent,
    array[c.opcname, a.amname]::text[] as name,
    format_type(c.opcintype, null) as type,
    c.opcdefault as default,
    case when f.opfname <> c.opcname or f.opfnamespace <> c.opcnamespace then
        format('%I.%I', fn.nspname, f.opfname) end as family,
    case when c.opckeytype <> 0 then format_type(c.opckeytype, null) end as storage,
    operators.members as operators,
    functions.members as functions,
    pg_get_userbyid(c.opcowner) as owner
from pg_catalog.pg_opclass c
join pg_catalog.pg_namespace n on n.oid = c.opcnamespace
join pg_catalog.pg_am a on a.oid = c.opcmethod
join pg_catalog.pg_opfamily f on f.oid = c.opcfamily
join pg_catalog.pg_namespace fn on fn.oid = f.opfnamespace
left join operators on operators.oid = c.oid
left join functions on functions.oid = c.oid
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_opclass'::regclass and e.objid = c.oid and e.deptype = 'e')
