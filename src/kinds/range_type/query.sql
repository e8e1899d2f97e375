-- The server makes the constructor functions and the multirange type with it.
select
    t.oid,
    t.typnamespace as parent,
    t.typname as name,
    format_type(r.rngsubtype, null) as subtype,
    case when not o.opcdefault then format('%I.%I', os.nspname, o.opcname) end as operator_class,
    case when r.rngcollation <> s.typcollation then r.rngcollation::regcollation::text end as collation,
    case when r.rngcanonical <> 0 then r.rngcanonical::text end as canonical,
    case when r.rngsubdiff <> 0 then r.rngsubdiff::text end as subtype_diff,
    format_type(r.rngmultitypid, null) as multirange,
    pg_get_userbyid(t.typowner) as owner
from pg_catalog.pg_range r
join pg_catalog.pg_type t on t.oid = r.rngtypid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_type s on s.oid = r.rngsubtype
join pg_catalog.pg_opclass o on o.oid = r.rngsubopc
join pg_catalog.pg_namespace os on os.oid = o.opcnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
            and e.objid = t.oid and e.deptype = 'e')
