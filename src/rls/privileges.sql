-- What roles may do with columns of the managed relations. $1: the schemas; $2: the roles.
select jsonb_build_object(
    'relation', c.oid::bigint,
    'role', r.name,
    'select', coalesce(jsonb_agg(a.attname) filter (where has_column_privilege(r.name, c.oid, a.attnum, 'SELECT')), '[]'),
    'insert', coalesce(jsonb_agg(a.attname) filter (where has_column_privilege(r.name, c.oid, a.attnum, 'INSERT')), '[]'),
    'update', coalesce(jsonb_agg(a.attname) filter (where has_column_privilege(r.name, c.oid, a.attnum, 'UPDATE')), '[]'),
    'delete', has_table_privilege(r.name, c.oid, 'DELETE'),
    'truncate', has_table_privilege(r.name, c.oid, 'TRUNCATE'),
    'usage', has_schema_privilege(r.name, c.relnamespace, 'USAGE'))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join unnest($2::name[]) r (name)
where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
group by c.oid, c.relnamespace, r.name
