-- Roles that an API role can become (SET ROLE) and that stand above it. $1: the API roles.
select jsonb_build_object(
    'role', r.name,
    'target', t.rolname,
    'itself', a.oid = t.oid,
    'super', t.rolsuper,
    'bypass', t.rolbypassrls)
from unnest($1::name[]) with ordinality r (name, place)
join pg_catalog.pg_roles a on a.rolname = r.name
join pg_catalog.pg_roles t on t.rolsuper or t.rolbypassrls
where not (a.rolsuper and a.oid <> t.oid)
    and (a.oid = t.oid or case
        when current_setting('server_version_num')::integer >= 160000 then pg_has_role(a.oid, t.oid, 'SET')
        else pg_has_role(a.oid, t.oid, 'MEMBER') end)
order by r.place, t.rolname
