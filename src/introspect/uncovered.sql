-- What users made and no kind models. Every catalog is asked for what the kinds' queries do not claim, so that a value
-- unknown today (a new relkind, a new sort of type) is found here. OIDs from 16384 on are not the server's own.
with objects (class, oid, sub, schema) as (
    -- Only a superuser who was told to can make these; the kinds' queries take their names for the server's own.
    select 'pg_catalog.pg_namespace'::regclass, n.oid, 0, n.nspname
    from pg_catalog.pg_namespace n
    where n.oid >= 16384 and n.nspname ~ '^pg_' and n.nspname !~ '^pg_(toast|temp)'
    union all
    select 'pg_catalog.pg_class'::regclass, c.oid, 0, n.nspname
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
        and (c.relkind not in ('r', 'p', 'v', 'm', 'S', 'c', 'i', 'I', 't', 'f')
            or (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
    union all
    select 'pg_catalog.pg_type'::regclass, t.oid, 0, n.nspname
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid
    where t.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
        and case
            -- Row types and multiranges come with what they belong to.
            when t.typtype = 'c' then false
            when t.typtype = 'm' then false
            when exists (select from pg_catalog.pg_type element where element.typarray = t.oid) then false
            when t.typtype in ('e', 'd', 'b', 'r') or t.typtype = 'p' and not t.typisdefined then
                (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
            else true end
    union all
    select 'pg_catalog.pg_proc'::regclass, p.oid, 0, n.nspname
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
        and (p.prokind not in ('f', 'w', 'p', 'a') or (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
    union all
    select 'pg_catalog.pg_operator'::regclass, o.oid, 0, n.nspname
    from pg_catalog.pg_operator o
    join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
    where o.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_opclass'::regclass, o.oid, 0, n.nspname
    from pg_catalog.pg_opclass o
    join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
    where o.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_opfamily'::regclass, o.oid, 0, n.nspname
    from pg_catalog.pg_opfamily o
    join pg_catalog.pg_namespace n on n.oid = o.opfnamespace
    where o.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    -- What was added to a family of the server's own; a user's family says it all by itself.
    select 'pg_catalog.pg_amop'::regclass, o.oid, 0, null
    from pg_catalog.pg_amop o
    where o.oid >= 16384 and o.amopfamily < 16384
    union all
    select 'pg_catalog.pg_amproc'::regclass, p.oid, 0, null
    from pg_catalog.pg_amproc p
    where p.oid >= 16384 and p.amprocfamily < 16384
    union all
    select 'pg_catalog.pg_collation'::regclass, c.oid, 0, n.nspname
    from pg_catalog.pg_collation c
    join pg_catalog.pg_namespace n on n.oid = c.collnamespace
    where c.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_conversion'::regclass, c.oid, 0, n.nspname
    from pg_catalog.pg_conversion c
    join pg_catalog.pg_namespace n on n.oid = c.connamespace
    where c.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_ts_config'::regclass, t.oid, 0, n.nspname
    from pg_catalog.pg_ts_config t
    join pg_catalog.pg_namespace n on n.oid = t.cfgnamespace
    where t.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_ts_dict'::regclass, t.oid, 0, n.nspname
    from pg_catalog.pg_ts_dict t
    join pg_catalog.pg_namespace n on n.oid = t.dictnamespace
    where t.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_ts_parser'::regclass, t.oid, 0, n.nspname
    from pg_catalog.pg_ts_parser t
    join pg_catalog.pg_namespace n on n.oid = t.prsnamespace
    where t.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_ts_template'::regclass, t.oid, 0, n.nspname
    from pg_catalog.pg_ts_template t
    join pg_catalog.pg_namespace n on n.oid = t.tmplnamespace
    where t.oid >= 16384 and (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
    union all
    select 'pg_catalog.pg_rewrite'::regclass, r.oid, 0, n.nspname
    from pg_catalog.pg_rewrite r
    join pg_catalog.pg_class c on c.oid = r.ev_class
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where r.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
        and (n.nspname ~ '^pg_' or n.nspname = 'information_schema') and r.rulename <> '_RETURN'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union all
    select 'pg_catalog.pg_default_acl'::regclass, a.oid, 0, n.nspname
    from pg_catalog.pg_default_acl a
    left join pg_catalog.pg_namespace n on n.oid = a.defaclnamespace
    where a.defaclobjtype not in ('r', 'S', 'f', 'T', 'n', 'L')
)
select i.type as kind, o.schema::text as schema, i.identity as name
from objects o
cross join lateral pg_identify_object(o.class, o.oid, o.sub) i
-- Extensions' members, and what depends internally on something else and comes with it.
where not exists (
    select from pg_catalog.pg_depend e
    where e.classid = o.class and e.objid = o.oid
        and (e.deptype = 'e' or e.deptype = 'i' and o.class <> 'pg_catalog.pg_type'::regclass))
union all
-- Labels on what is no object here: extensions' members, the server's own.
select 'security label', i.schema, concat_ws(' ', l.provider, 'on', i.type, i.identity, 'is', quote_literal(l.label))
from pg_catalog.pg_seclabel l
cross join lateral pg_identify_object(l.classoid, l.objoid, l.objsubid) i
where l.objoid < 16384 and l.classoid <> 'pg_catalog.pg_namespace'::regclass
    or exists (
        select from pg_catalog.pg_depend e
        where e.classid = l.classoid and e.objid = l.objoid and e.deptype = 'e')
union all
select 'policy on an extension''s table', n.nspname, format('%I on %I.%I', p.polname, n.nspname, c.relname)
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
union all
-- What is there and this role may not see, by the rules of the view and the catalog.
select 'hidden options of user mapping', null, format('%I on server %I', m.usename, m.srvname)
from pg_catalog.pg_user_mappings m
join pg_catalog.pg_foreign_server s on s.oid = m.srvid
where m.umoptions is null
    and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user)
    and not case m.umuser
        when 0 then pg_has_role(s.srvowner, 'USAGE')
        else m.usename = current_user
            and (pg_has_role(s.srvowner, 'USAGE') or has_server_privilege(s.oid, 'USAGE')) end
union all
select 'hidden connection of subscription', null, quote_ident(s.subname)
from pg_catalog.pg_subscription s
join pg_catalog.pg_database d on d.oid = s.subdbid and d.datname = current_database()
where not has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'select')
