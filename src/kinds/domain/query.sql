select
    array[n.nspname, t.typname]::text[] as path,
    array['schema', n.nspname]::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'type', format_type(t.typbasetype, t.typtypmod),
        'collation', case when t.typcollation <> b.typcollation then t.typcollation::regcollation::text end,
        'not_null', t.typnotnull,
        'default', pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::regclass),
        'owner', pg_get_userbyid(t.typowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_type b on b.oid = t.typbasetype
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
where t.typtype = 'd' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
