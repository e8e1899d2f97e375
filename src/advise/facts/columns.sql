-- Columns of managed relations, with what API roles may do to each. $1: the managed schemas, or null; $2: the API roles.
select jsonb_build_object(
    'relation', c.oid::bigint,
    'number', a.attnum,
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'not_null', a.attnotnull,
    'generated', a.attgenerated <> '' or a.attidentity = 'a',
    'select', coalesce(held.selects, '[]'),
    'insert', coalesce(held.inserts, '[]'),
    'update', coalesce(held.updates, '[]'))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join lateral (
    select
        jsonb_agg(r.name order by r.place) filter (where has_column_privilege(r.name, c.oid, a.attnum, 'SELECT')) as selects,
        jsonb_agg(r.name order by r.place) filter (where has_column_privilege(r.name, c.oid, a.attnum, 'INSERT')) as inserts,
        jsonb_agg(r.name order by r.place) filter (where has_column_privilege(r.name, c.oid, a.attnum, 'UPDATE')) as updates
    from unnest($2::name[]) with ordinality r (name, place)
    where has_schema_privilege(r.name, n.oid, 'USAGE')) held
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and ($1::text[] is null or n.nspname = any ($1))
order by c.oid, a.attnum
