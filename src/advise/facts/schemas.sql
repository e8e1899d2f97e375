-- Schemas. $1: the managed ones, or null for all but the system's; $2: the API roles.
select jsonb_build_object(
    'name', n.nspname,
    'create', (
        select coalesce(jsonb_agg(r.name order by r.place), '[]')
        from unnest($2::name[]) with ordinality r (name, place)
        where has_schema_privilege(r.name, n.oid, 'CREATE')))
from pg_catalog.pg_namespace n
where (($1::text[] is null and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') or n.nspname = any ($1))
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_namespace'::regclass and e.objid = n.oid and e.deptype = 'e')
