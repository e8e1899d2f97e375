with labels as (
    select l.enumtypid, jsonb_agg(l.enumlabel order by l.enumsortorder) as labels
    from pg_catalog.pg_enum l
    group by l.enumtypid
)
select
    array[n.nspname, t.typname]::text[] as path,
    array['schema', n.nspname]::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'labels', coalesce(labels.labels, '[]'),
        'owner', pg_get_userbyid(t.typowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join labels on labels.enumtypid = t.oid
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
where t.typtype = 'e' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
