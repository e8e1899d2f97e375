-- What is no object of the catalog and may have something of the user's in it or on it: extensions' members and the
-- server's own. Which object, its kind and path, and the extension.
with members as materialized (
    select e.classid, e.objid, x.extname::text as extension
    from pg_catalog.pg_depend e
    join pg_catalog.pg_extension x on x.oid = e.refobjid
    where e.deptype = 'e' and e.refclassid = 'pg_catalog.pg_extension'::regclass
), relations as (
    select c.oid, n.nspname, c.relname, m.extension,
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
            when 'f' then 'foreign table' else 'table' end as kind
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join members m on m.classid = 'pg_catalog.pg_class'::regclass and m.objid = c.oid
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname !~ '^pg_(toast|temp)'
        and (m.objid is not null or c.oid < 16384 and c.relacl is not null or exists (
            select from pg_catalog.pg_attribute a
            where a.attrelid = c.oid and a.attacl is not null and c.oid < 16384))
)
select 'pg_catalog.pg_namespace'::regclass::oid as class, n.oid, 0 as sub, 'schema' as kind,
    array[n.nspname]::text[] as path, m.extension
from pg_catalog.pg_namespace n
left join members m on m.classid = 'pg_catalog.pg_namespace'::regclass and m.objid = n.oid
where m.objid is not null or n.nspname in ('pg_catalog', 'information_schema')
union all
select 'pg_catalog.pg_class'::regclass, r.oid, 0, r.kind, array[r.nspname, r.relname], r.extension
from relations r
union all
select 'pg_catalog.pg_class'::regclass, r.oid, a.attnum, 'column', array[r.nspname, r.relname, a.attname], r.extension
from relations r
-- Few relations: by the catalog's index.
cross join lateral (
    select a.attnum, a.attname
    from pg_catalog.pg_attribute a
    where a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
    offset 0) a
union all
select 'pg_catalog.pg_proc'::regclass, p.oid, 0,
    case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
    array[n.nspname, p.proname, '(' || oidvectortypes(p.proargtypes) || ')'], m.extension
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
left join members m on m.classid = 'pg_catalog.pg_proc'::regclass and m.objid = p.oid
where p.proacl is not null and (p.oid < 16384 or m.objid is not null)
union all
select 'pg_catalog.pg_type'::regclass, t.oid, 0, 'type', array[n.nspname, t.typname], m.extension
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join members m on m.classid = 'pg_catalog.pg_type'::regclass and m.objid = t.oid
where t.typacl is not null and t.typrelid = 0 and (t.oid < 16384 or m.objid is not null)
union all
select 'pg_catalog.pg_language'::regclass, l.oid, 0, 'language', array[l.lanname], m.extension
from pg_catalog.pg_language l
left join members m on m.classid = 'pg_catalog.pg_language'::regclass and m.objid = l.oid
where l.oid < 16384 or m.objid is not null
union all
select 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, 0, 'foreign data wrapper', array[w.fdwname], m.extension
from pg_catalog.pg_foreign_data_wrapper w
join members m on m.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass and m.objid = w.oid
union all
select 'pg_catalog.pg_foreign_server'::regclass, s.oid, 0, 'foreign server', array[s.srvname], m.extension
from pg_catalog.pg_foreign_server s
join members m on m.classid = 'pg_catalog.pg_foreign_server'::regclass and m.objid = s.oid
