select
    array[n.nspname]::text[] as path,
    null::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'owner', pg_get_userbyid(n.nspowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_namespace n
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_namespace'::regclass and e.objid = n.oid and e.deptype = 'e')
