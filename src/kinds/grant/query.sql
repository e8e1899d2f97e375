-- Who may do what, as if nothing were NULL: where no ACL is kept, the built-in default holds (EXECUTE of functions and
-- USAGE of types for public). The owner's full set is left out; an owner who lacks a privilege is shown with the rest.
-- A grant on an identity column's sequence belongs to the column: its last name is the grantee with
-- "on sequence" after it.
with acls as (
    select 'pg_catalog.pg_namespace'::regclass as class, n.oid, 0 as sub, '' as via, 'n'::"char" as type,
        n.nspowner as owner, n.nspacl as acl
    from pg_catalog.pg_namespace n
    where n.nspacl is not null and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_namespace'::regclass and e.objid = n.oid and e.deptype = 'e')
    union all
    select
        'pg_catalog.pg_class'::regclass,
        coalesce(i.refobjid, c.oid),
        coalesce(i.refobjsubid, 0),
        case when i.refobjid is null then '' else ' on sequence' end,
        case c.relkind when 'S' then 's' else 'r' end::"char",
        c.relowner,
        c.relacl
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_depend i
        on c.relkind = 'S' and i.classid = 'pg_catalog.pg_class'::regclass and i.objid = c.oid
        and i.refclassid = 'pg_catalog.pg_class'::regclass and i.deptype = 'i'
    where c.relacl is not null and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union all
    select 'pg_catalog.pg_class'::regclass, a.attrelid, a.attnum, '', 'c', c.relowner, a.attacl
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where a.attacl is not null and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union all
    select 'pg_catalog.pg_proc'::regclass, p.oid, 0, '', 'f', p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.prokind in ('f', 'w', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i'))
    union all
    select
        case when c.oid is null then 'pg_catalog.pg_type'::regclass else 'pg_catalog.pg_class'::regclass end,
        coalesce(c.oid, t.oid), 0, '', 'T', t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid
    where (t.typtype in ('e', 'd') or c.relkind = 'c')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
), entries as (
    select a.class, a.oid, a.sub, a.via, a.type, a.owner, e.grantee, e.privilege_type, e.is_grantable
    from acls a
    cross join lateral aclexplode(a.acl) e
    union all
    -- An owner who has nothing left appears in no ACL.
    select a.class, a.oid, a.sub, a.via, a.type, a.owner, a.owner, null, false
    from acls a
    where a.type <> 'c'
), defaults as (
    select t.type, array_agg(e.privilege_type order by e.privilege_type) as privileges
    from unnest('{n,r,s,f,T}'::"char"[]) t (type)
    cross join lateral aclexplode(acldefault(t.type, 10)) e
    where e.grantee = 10
    group by t.type
), grants as (
    select
        e.class, e.oid, e.sub, e.via, e.type, e.owner, e.grantee,
        coalesce(array_agg(distinct e.privilege_type order by e.privilege_type)
            filter (where e.privilege_type is not null), '{}') as privileges,
        array_agg(distinct e.privilege_type order by e.privilege_type) filter (where e.is_grantable) as grantable
    from entries e
    group by e.class, e.oid, e.sub, e.via, e.type, e.owner, e.grantee
)
select
    g.class::oid as parent_class,
    g.oid as parent,
    g.sub as parent_sub,
    case g.grantee when 0 then 'public' else pg_get_userbyid(g.grantee) end || g.via as name,
    g.privileges,
    g.grantable
from grants g
left join defaults on defaults.type = g.type
where not (g.grantee = g.owner and g.privileges = coalesce(defaults.privileges, '{}') and g.grantable is null)
