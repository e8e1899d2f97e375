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
        and (c.relkind not in ('r', 'p', 'v', 'm', 'S', 'c', 'i', 'I', 't')
            or (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
    union all
    select 'pg_catalog.pg_type'::regclass, t.oid, 0, n.nspname
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid
    where t.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
        and case
            -- Row types and multiranges come with what they belong to, but a row type may have an ACL of its own.
            when t.typtype = 'c' then c.relkind <> 'c' and t.typacl is not null
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
        and (p.prokind not in ('f', 'w', 'p') or (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
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
    select 'pg_catalog.pg_statistic_ext'::regclass, s.oid, 0, n.nspname
    from pg_catalog.pg_statistic_ext s
    join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
    where s.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
    union all
    select 'pg_catalog.pg_rewrite'::regclass, r.oid, 0, n.nspname
    from pg_catalog.pg_rewrite r
    join pg_catalog.pg_class c on c.oid = r.ev_class
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where r.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'
        and not (r.ev_type = '1' and c.relkind in ('v', 'm'))
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union all
    select 'pg_catalog.pg_event_trigger'::regclass, t.oid, 0, null from pg_catalog.pg_event_trigger t
    union all
    select 'pg_catalog.pg_foreign_data_wrapper'::regclass, f.oid, 0, null from pg_catalog.pg_foreign_data_wrapper f
    union all
    select 'pg_catalog.pg_foreign_server'::regclass, s.oid, 0, null from pg_catalog.pg_foreign_server s
    union all
    -- The catalog holds passwords and is closed to most roles; the view shows everyone which mappings there are.
    select 'pg_catalog.pg_user_mapping'::regclass, m.umid, 0, null from pg_catalog.pg_user_mappings m
    union all
    select 'pg_catalog.pg_publication'::regclass, p.oid, 0, null from pg_catalog.pg_publication p
    union all
    select 'pg_catalog.pg_subscription'::regclass, s.oid, 0, null
    from pg_catalog.pg_subscription s
    join pg_catalog.pg_database d on d.oid = s.subdbid and d.datname = current_database()
    union all
    select 'pg_catalog.pg_largeobject'::regclass, l.oid, 0, null from pg_catalog.pg_largeobject_metadata l
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
select 'security label', i.schema, concat_ws(' ', l.provider, 'on', i.type, i.identity)
from pg_catalog.pg_seclabel l
cross join lateral pg_identify_object(l.classoid, l.objoid, l.objsubid) i
union all
select
    'database setting', null,
    concat_ws(' ', split_part(s.setting, '=', 1), 'for ' || nullif(pg_get_userbyid(r.setrole), 'unknown (OID=0)'))
from pg_catalog.pg_db_role_setting r
join pg_catalog.pg_database d on d.oid = r.setdatabase and d.datname = current_database()
cross join lateral unnest(r.setconfig) s (setting)
union all
select 'security label', null, concat_ws(' ', l.provider, 'on database', quote_ident(d.datname))
from pg_catalog.pg_shseclabel l
join pg_catalog.pg_database d on d.oid = l.objoid and d.datname = current_database()
where l.classoid = 'pg_catalog.pg_database'::regclass
union all
select 'database comment', null, current_database()
from pg_catalog.pg_shdescription c
join pg_catalog.pg_database d on d.oid = c.objoid and d.datname = current_database()
where c.classoid = 'pg_catalog.pg_database'::regclass
union all
select 'database grant', null, current_database()
from pg_catalog.pg_database d
where d.datname = current_database() and d.datacl is not null
union all
-- An extension's members are left out, but not what was granted on them since it was made.
select 'grant on an extension''s ' || i.type, i.schema, i.identity
from (
    select 'pg_catalog.pg_class'::regclass, c.oid, c.relacl from pg_catalog.pg_class c
    where c.oid >= 16384 and c.relacl is not null
    union all
    select 'pg_catalog.pg_proc'::regclass, p.oid, p.proacl from pg_catalog.pg_proc p
    where p.oid >= 16384 and p.proacl is not null
    union all
    select 'pg_catalog.pg_type'::regclass, t.oid, t.typacl from pg_catalog.pg_type t
    where t.oid >= 16384 and t.typacl is not null
    union all
    select 'pg_catalog.pg_namespace'::regclass, n.oid, n.nspacl from pg_catalog.pg_namespace n
    where n.oid >= 16384 and n.nspacl is not null
) member (class, oid, acl)
join pg_catalog.pg_depend e on e.classid = member.class and e.objid = member.oid and e.deptype = 'e'
left join pg_catalog.pg_init_privs p
    on p.classoid = member.class and p.objoid = member.oid and p.objsubid = 0 and p.privtype = 'e'
cross join lateral pg_identify_object(member.class, member.oid, 0) i
where not (member.acl @> coalesce(p.initprivs, '{}') and member.acl <@ coalesce(p.initprivs, '{}'))
