with labels as (
    select l.enumtypid, jsonb_agg(l.enumlabel order by l.enumsortorder) as labels
    from pg_catalog.pg_enum l
    group by l.enumtypid
)
select
    t.oid,
    t.typnamespace as parent,
    t.typname as name,
    coalesce(labels.labels, '[]') as labels,
    pg_get_userbyid(t.typowner) as owner
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join labels on labels.enumtypid = t.oid
where t.typtype = 'e' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
            and e.objid = t.oid and e.deptype = 'e')
