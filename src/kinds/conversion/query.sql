select
    c.oid,
    c.connamespace as parent,
    c.conname as name,
    pg_encoding_to_char(c.conforencoding)::text as from_encoding,
    pg_encoding_to_char(c.contoencoding)::text as to_encoding,
    c.conproc::text as function,
    c.condefault as default,
    pg_get_userbyid(c.conowner) as owner
from pg_catalog.pg_conversion c
join pg_catalog.pg_namespace n on n.oid = c.connamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_conversion'::regclass and e.objid = c.oid and e.deptype = 'e')
