select
    array[x.extname]::text[] as path,
    null::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'schema', n.nspname,
        'version', x.extversion,
        'owner', pg_get_userbyid(x.extowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_extension x
join pg_catalog.pg_namespace n on n.oid = x.extnamespace
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_extension'::regclass and d.objoid = x.oid and d.objsubid = 0
