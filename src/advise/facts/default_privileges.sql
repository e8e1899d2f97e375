-- Default privileges that reach API roles. $1: the managed schemas, or null; $2: the API roles.
select jsonb_build_object(
    'owner', pg_get_userbyid(d.defaclrole),
    'schema', n.nspname,
    'kind', case d.defaclobjtype
        when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
    'grantee', r.name,
    'privileges', jsonb_agg(distinct a.privilege_type))
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
cross join pg_catalog.aclexplode(d.defaclacl) a
join unnest($2::name[]) r (name) on r.name = case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee) end
where (n.oid is null or $1::text[] is null or n.nspname = any ($1)) and d.defaclobjtype in ('r', 'S', 'f')
    -- What every function begins with.
    and not (n.oid is null and d.defaclobjtype = 'f' and a.grantee = 0)
group by d.defaclrole, d.defaclobjtype, n.nspname, r.name
order by d.defaclrole, n.nspname, d.defaclobjtype, r.name
