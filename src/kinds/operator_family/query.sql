-- Members that belong to one of its classes are the class's.
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
        and d.refclassid = 'pg_catalog.pg_opfamily'::regclass
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
        and d.refclassid = 'pg_catalog.pg_opfamily'::regclass
    where p.oid >= 16384
    group by d.refobjid
)
select
    f.oid,
    f.opfnamespace as parent,
    array[f.opfname, a.amname]::text[] as name,
    operators.members as operators,
    functions.members as functions,
    pg_get_userbyid(f.opfowner) as owner
from pg_catalog.pg_opfamily f
join pg_catalog.pg_namespace n on n.oid = f.opfnamespace
join pg_catalog.pg_am a on a.oid = f.opfmethod
left join operators on operators.oid = f.oid
left join functions on functions.oid = f.oid
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_opfamily'::regclass and e.objid = f.oid and e.deptype = 'e')
