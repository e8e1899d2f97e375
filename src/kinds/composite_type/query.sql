-- Its attributes are of kind column. The server keeps owner, comment and membership with the type, not the relation.
select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    pg_get_userbyid(t.typowner) as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = c.reltype
where c.relkind = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
