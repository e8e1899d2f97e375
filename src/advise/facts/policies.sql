-- Policies, with the API roles that each is for and what its expressions use. $1: the managed schemas, or null; $2: the
-- API roles.
select jsonb_build_object(
    'relation', c.oid::bigint,
    'managed', $1::text[] is null or n.nspname = any ($1),
    'name', p.polname,
    'permissive', p.polpermissive,
    'command', case p.polcmd
        when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
    'roles', (
        select jsonb_agg(case role.oid when 0 then 'public' else pg_get_userbyid(role.oid) end)
        from unnest(p.polroles) role (oid)),
    'applies_to', (
        select coalesce(jsonb_agg(r.name order by r.place), '[]')
        from unnest($2::name[]) with ordinality r (name, place)
        left join pg_catalog.pg_roles a on a.rolname = r.name
        where 0 = any (p.polroles)
            or exists (select from unnest(p.polroles) role (oid) where pg_has_role(a.oid, role.oid, 'USAGE'))),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid),
    'reads', (
        select coalesce(jsonb_agg(distinct d.refobjid::bigint), '[]')
        from pg_catalog.pg_depend d
        where d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid and d.deptype = 'n'
            and d.refclassid = 'pg_catalog.pg_class'::regclass
            and (d.refobjid <> p.polrelid
                -- Its own table once more than the policy's own columns need it: in a sub-select.
                or pg_get_expr(p.polqual, p.polrelid) ~ ('(FROM|JOIN)\s+\(*' || c.oid::regclass::text || '\M')
                or pg_get_expr(p.polwithcheck, p.polrelid) ~ ('(FROM|JOIN)\s+\(*' || c.oid::regclass::text || '\M'))),
    'calls', (
        select coalesce(jsonb_agg(distinct d.refobjid::bigint), '[]')
        from pg_catalog.pg_depend d
        where d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
            and d.refclassid = 'pg_catalog.pg_proc'::regclass))
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
order by c.oid, p.polname
