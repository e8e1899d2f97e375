-- The roles that could act for the outside world: who holds something in the managed schemas, and how they stand to it.
-- $1: the managed schemas, or null for all but the system's.
with managed as (
    select n.oid, n.nspacl, n.nspowner
    from pg_catalog.pg_namespace n
    where ($1::text[] is null and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') or n.nspname = any ($1)
),
owners (oid) as (
    select nspowner from managed
    union
    select c.relowner from pg_catalog.pg_class c join managed n on n.oid = c.relnamespace
    union
    select p.proowner from pg_catalog.pg_proc p join managed n on n.oid = p.pronamespace
),
grantees (oid) as (
    select a.grantee from managed n cross join pg_catalog.aclexplode(n.nspacl) a
    union
    select a.grantee
    from pg_catalog.pg_class c join managed n on n.oid = c.relnamespace cross join pg_catalog.aclexplode(c.relacl) a
    union
    select a.grantee
    from pg_catalog.pg_attribute t
    join pg_catalog.pg_class c on c.oid = t.attrelid
    join managed n on n.oid = c.relnamespace
    cross join pg_catalog.aclexplode(t.attacl) a
    where t.attacl is not null
    union
    select a.grantee
    from pg_catalog.pg_proc p join managed n on n.oid = p.pronamespace cross join pg_catalog.aclexplode(p.proacl) a
    union
    select a.grantee
    from pg_catalog.pg_default_acl d cross join pg_catalog.aclexplode(d.defaclacl) a
    where d.defaclnamespace = 0 or d.defaclnamespace in (select oid from managed)
    union
    select unnest(p.polroles)
    from pg_catalog.pg_policy p
    join pg_catalog.pg_class c on c.oid = p.polrelid
    join managed n on n.oid = c.relnamespace
)
select
    r.rolname::text as name,
    exists (select from owners o where o.oid = r.oid) as owns,
    exists (
        select from grantees g
        where g.oid <> 0 and (g.oid = r.oid or pg_catalog.pg_has_role(r.oid, g.oid, 'USAGE'))
    ) as holds,
    r.rolsuper or r.rolbypassrls as bypasses
from pg_catalog.pg_roles r
where r.rolname !~ '^pg_'
order by 1
