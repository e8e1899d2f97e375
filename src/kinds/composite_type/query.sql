-- Its attributes are of kind column. The server keeps owner, comment and membership with the type, not the relation.
with attributes as (
    select a.attrelid, jsonb_agg(a.attname order by a.attnum) as names
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'c'
    where a.attnum > 0 and not a.attisdropped
    group by a.attrelid
)
select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    attributes.names as attributes,
    pg_get_userbyid(t.typowner) as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = c.reltype
left join attributes on attributes.attrelid = c.oid
where c.relkind = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
            and e.objid = t.oid and e.deptype = 'e')
