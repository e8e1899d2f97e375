select
    t.oid,
    t.typnamespace as parent,
    t.typname as name,
    format_type(t.typbasetype, t.typtypmod) as type,
    case when t.typcollation <> b.typcollation then t.typcollation::regcollation::text end as collation,
    t.typnotnull as not_null,
    pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::regclass) as default,
    pg_get_userbyid(t.typowner) as owner
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_type b on b.oid = t.typbasetype
where t.typtype = 'd' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
            and e.objid = t.oid and e.deptype = 'e')
