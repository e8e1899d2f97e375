-- Who may do what, as if nothing were NULL: where no ACL is kept, the built-in default holds (EXECUTE of functions and
-- USAGE of types for public). The owner's full set is left out; an owner who lacks a privilege is shown with the rest.
-- For row types, the database, and the server's and extensions' own objects, only what differs from their start is
-- shown, a role that lost all with no privileges. What is on something else than the name before it says has that after
-- the grantee: on an identity column's "sequence", on a relation's row "type"; and so has a sequence, since a type may have
-- its name.
with members as materialized (
    select e.classid, e.objid
    from pg_catalog.pg_depend e
    where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.deptype = 'e'
), started as materialized (
    select p.classoid, p.objoid, p.objsubid, p.initprivs from pg_catalog.pg_init_privs p
), acls (class, oid, sub, via, type, owner, acl, start) as (
    select 'pg_catalog.pg_namespace'::regclass as class, n.oid, 0 as sub, '' as via, 'n'::"char" as type,
        n.nspowner as owner, n.nspacl as acl, null::aclitem[]
    from pg_catalog.pg_namespace n
    where n.nspacl is not null and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from members e where e.classid = 'pg_catalog.pg_namespace'::regclass and e.objid = n.oid)
    union all
    select 'pg_catalog.pg_namespace'::regclass, n.oid, 0, '', 'n', n.nspowner, n.nspacl,
        coalesce(s.initprivs, acldefault('n', n.nspowner))
    from pg_catalog.pg_namespace n
    left join started s on s.classoid = 'pg_catalog.pg_namespace'::regclass and s.objoid = n.oid
    where n.nspacl is not null and n.nspname !~ '^pg_(toast|temp)'
        and (n.nspname = 'pg_catalog' or exists (
            select from members e where e.classid = 'pg_catalog.pg_namespace'::regclass and e.objid = n.oid))
    union all
    select
        'pg_catalog.pg_class'::regclass,
        coalesce(i.refobjid, c.oid),
        coalesce(i.refobjsubid, 0),
        case c.relkind when 'S' then ' on sequence' else '' end,
        case c.relkind when 'S' then 's' else 'r' end::"char",
        c.relowner,
        c.relacl,
        case when c.oid < 16384 or m.objid is not null then
            coalesce(s.initprivs, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)) end
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join members m on m.classid = 'pg_catalog.pg_class'::regclass and m.objid = c.oid
    left join started s on s.classoid = 'pg_catalog.pg_class'::regclass and s.objoid = c.oid and s.objsubid = 0
    -- Few sequences have one: by the catalog's index.
    left join lateral (
        select i.refobjid, i.refobjsubid
        from pg_catalog.pg_depend i
        where c.relkind = 'S' and i.classid = 'pg_catalog.pg_class'::regclass and i.objid = c.oid
            and i.refclassid = 'pg_catalog.pg_class'::regclass and i.deptype = 'i'
        offset 0) i on true
    where c.relacl is not null and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and n.nspname !~ '^pg_(toast|temp)'
        and (n.nspname = 'pg_catalog' or m.objid is not null or n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
    union all
    select 'pg_catalog.pg_class'::regclass, a.attrelid, a.attnum,
        -- No kind models the system columns of the user's: rights on them are reported.
        case when a.attnum < 0 and c.oid >= 16384 and m.objid is null then ' on system column ' || a.attname else '' end,
        'c', c.relowner, a.attacl,
        case when c.oid < 16384 or m.objid is not null then coalesce(s.initprivs, acldefault('c', c.relowner)) end
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join members m on m.classid = 'pg_catalog.pg_class'::regclass and m.objid = c.oid
    left join started s
        on s.classoid = 'pg_catalog.pg_class'::regclass and s.objoid = a.attrelid and s.objsubid = a.attnum
    where a.attacl is not null and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and n.nspname !~ '^pg_(toast|temp)'
        and (n.nspname = 'pg_catalog' or m.objid is not null or n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
    union all
    select 'pg_catalog.pg_proc'::regclass, p.oid, 0, '', 'f', p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner)), null
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i'))
    union all
    select 'pg_catalog.pg_proc'::regclass, p.oid, 0, '', 'f', p.proowner, p.proacl,
        coalesce(s.initprivs, acldefault('f', p.proowner))
    from pg_catalog.pg_proc p
    left join started s on s.classoid = 'pg_catalog.pg_proc'::regclass and s.objoid = p.oid
    where p.proacl is not null
        and (p.pronamespace = 'pg_catalog'::regnamespace or exists (
            select from members e where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid))
    union all
    -- A relation's row type has the relation's name; the type of a composite type is the composite type.
    select
        case when t.typrelid = 0 then 'pg_catalog.pg_type'::regclass else 'pg_catalog.pg_class'::regclass end,
        case when t.typrelid = 0 then t.oid else t.typrelid end, 0,
        case when c.relkind <> 'c' then ' on type' else '' end, 'T', t.typowner,
        coalesce(t.typacl, acldefault('T', t.typowner)),
        case when c.relkind <> 'c' or m.objid is not null or t.oid < 16384 then
            coalesce(s.initprivs, acldefault('T', t.typowner)) end
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid and c.reltype <> 0
    left join members m on m.classid = 'pg_catalog.pg_type'::regclass and m.objid = t.oid
    left join started s on s.classoid = 'pg_catalog.pg_type'::regclass and s.objoid = t.oid
    where n.nspname !~ '^pg_(toast|temp)' and t.typtype <> 'm'
        and case
            when c.relkind <> 'c' or m.objid is not null or t.oid < 16384 then t.typacl is not null and n.nspname <> 'information_schema'
            else n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                and not exists (select from pg_catalog.pg_type element where element.typarray = t.oid) end
    union all
    select 'pg_catalog.pg_language'::regclass, l.oid, 0, ' on language', 'l', l.lanowner,
        coalesce(l.lanacl, acldefault('l', l.lanowner)),
        case when l.oid < 16384 or m.objid is not null then coalesce(s.initprivs, acldefault('l', l.lanowner)) end
    from pg_catalog.pg_language l
    left join members m on m.classid = 'pg_catalog.pg_language'::regclass and m.objid = l.oid
    left join started s on s.classoid = 'pg_catalog.pg_language'::regclass and s.objoid = l.oid
    union all
    select 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, 0, ' on foreign data wrapper', 'F', w.fdwowner,
        w.fdwacl, case when m.objid is not null then coalesce(s.initprivs, acldefault('F', w.fdwowner)) end
    from pg_catalog.pg_foreign_data_wrapper w
    left join members m on m.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass and m.objid = w.oid
    left join started s on s.classoid = 'pg_catalog.pg_foreign_data_wrapper'::regclass and s.objoid = w.oid
    where w.fdwacl is not null
    union all
    select 'pg_catalog.pg_foreign_server'::regclass, v.oid, 0, ' on server', 'S', v.srvowner, v.srvacl,
        case when m.objid is not null then coalesce(s.initprivs, acldefault('S', v.srvowner)) end
    from pg_catalog.pg_foreign_server v
    left join members m on m.classid = 'pg_catalog.pg_foreign_server'::regclass and m.objid = v.oid
    left join started s on s.classoid = 'pg_catalog.pg_foreign_server'::regclass and s.objoid = v.oid
    where v.srvacl is not null
    union all
    select 'pg_catalog.pg_database'::regclass, d.oid, 0, ' on database', 'd', d.datdba, d.datacl,
        acldefault('d', d.datdba)
    from pg_catalog.pg_database d
    where d.datname = current_database() and d.datacl is not null
), lists as materialized (
    -- Many objects, few lists: each is taken apart once.
    select row_number() over () as list, a.*
    from (
        select a.type, a.owner, a.acl, a.start,
            array_agg(a.class) as classes, array_agg(a.oid) as oids, array_agg(a.sub) as subs, array_agg(a.via) as vias
        from acls a
        group by a.type, a.owner, a.acl, a.start
    ) a
), entries as materialized (
    select a.list, a.type, a.owner, e.grantor, e.grantee, e.privilege_type, e.is_grantable,
        a.start is not null as deviates
    from lists a
    cross join lateral aclexplode(a.acl) e
    union all
    -- An owner who has nothing left appears in no ACL.
    select a.list, a.type, a.owner, a.owner, a.owner, null, false, false
    from lists a
    where a.type <> 'c' and a.start is null
), defaults as (
    select t.type, array_agg(e.privilege_type order by e.privilege_type) as privileges
    from unnest('{n,r,s,f,T,l,F,S}'::"char"[]) t (type)
    cross join lateral aclexplode(acldefault(t.type, 10)) e
    where e.grantee = 10
    group by t.type
), grants as materialized (
    select
        e.list, e.type, e.owner, e.grantee, bool_or(e.deviates) as deviates,
        bool_or(e.grantor <> e.owner) as handed_on,
        coalesce(array_agg(distinct e.privilege_type order by e.privilege_type)
            filter (where e.privilege_type is not null), '{}') as privileges,
        array_agg(distinct e.privilege_type order by e.privilege_type) filter (where e.is_grantable) as grantable
    from entries e
    group by e.list, e.type, e.owner, e.grantee
), starts as (
    select
        a.list, e.grantee,
        array_agg(e.privilege_type || case when e.is_grantable then ' with grant option' else '' end
            order by e.privilege_type) as privileges
    from lists a
    cross join lateral aclexplode(a.start) e
    where a.start is not null
    group by a.list, e.grantee
), shown as (
    select g.list, g.grantee, g.privileges, g.grantable, null::text[] as start, g.handed_on
    from grants g
    left join defaults on defaults.type = g.type
    where not g.deviates
        and not (g.grantee = g.owner and g.privileges = coalesce(defaults.privileges, '{}') and g.grantable is null
            and not g.handed_on)
    union all
    select list, grantee, coalesce(g.privileges, '{}'), g.grantable, s.privileges, false
    from (select * from grants where deviates) g
    full join starts s using (list, grantee)
    where coalesce(array(
            select p || case when p = any (g.grantable) then ' with grant option' else '' end
            from unnest(g.privileges) p order by p), '{}') <> coalesce(s.privileges, '{}')
), grantors as (
    select list, grantee, jsonb_object_agg(pg_get_userbyid(grantor), privileges) as privileges
    from (
        select e.list, e.grantee, e.grantor,
            jsonb_agg(e.privilege_type || case when e.is_grantable then ' with grant option' else '' end
                order by e.privilege_type) as privileges
        from entries e
        where e.privilege_type is not null
        group by e.list, e.grantee, e.grantor
    ) e
    group by list, grantee
)
select
    o.class::oid as parent_class,
    o.oid as parent,
    o.sub as parent_sub,
    case s.grantee when 0 then 'public' else pg_get_userbyid(s.grantee) end || o.via as name,
    s.privileges,
    s.grantable,
    case when s.handed_on then (
        select r.privileges from grantors r where r.list = s.list and r.grantee = s.grantee) end as granted_by,
    s.start as initial
from shown s
join lists l on l.list = s.list
cross join lateral unnest(l.classes, l.oids, l.subs, l.vias) o (class, oid, sub, via)
