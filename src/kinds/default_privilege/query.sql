-- For a schema, what is granted beside the role's defaults; for no schema, what is granted in place of the built-in
-- defaults, where the role's own full set is left out.
with kinds as (
    select t.type, t.name, array_agg(e.privilege_type order by e.privilege_type) as privileges
    from (values ('r'::"char", 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types'), ('n', 'schemas'),
        ('L', 'large objects')) t (type, name)
    -- acldefault() writes sequences in lower case, and knows large objects by the same letter.
    cross join lateral aclexplode(acldefault(case t.type when 'S' then 's' else t.type end, 10)) e
    where e.grantee = 10
    group by t.type, t.name
), entries as (
    select
        a.oid, a.defaclrole, a.defaclnamespace, a.defaclobjtype, e.grantee,
        array_agg(distinct e.privilege_type order by e.privilege_type) as privileges,
        array_agg(distinct e.privilege_type order by e.privilege_type) filter (where e.is_grantable) as grantable
    from pg_catalog.pg_default_acl a
    cross join lateral (
        select * from aclexplode(a.defaclacl)
        union all
        select a.defaclrole, a.defaclrole, null, false where a.defaclnamespace = 0
    ) e
    group by a.oid, e.grantee
), shown as (
    select
        e.oid,
        case e.grantee when 0 then 'public' else pg_get_userbyid(e.grantee)::text end as grantee,
        array_remove(e.privileges, null) as privileges,
        e.grantable
    from entries e
    join kinds k on k.type = e.defaclobjtype
    where not (e.defaclnamespace = 0 and e.grantee = e.defaclrole and e.grantable is null
        and array_remove(e.privileges, null) = k.privileges)
)
select
    a.oid,
    nullif(a.defaclnamespace, 0) as parent,
    k.name || ' of ' || pg_get_userbyid(a.defaclrole) as name,
    jsonb_object_agg(s.grantee, s.privileges) filter (where s.grantee is not null) as privileges,
    jsonb_object_agg(s.grantee, s.grantable) filter (where s.grantable is not null) as grantable
from pg_catalog.pg_default_acl a
join kinds k on k.type = a.defaclobjtype
left join shown s on s.oid = a.oid
group by a.oid, a.defaclnamespace, a.defaclrole, k.name
