-- One for another encoding than the database's can't be used here. PostgreSQL 17 renamed the locale's column, 16 brought
-- the rules. The version is the server's and the operating system's, not the schema's.
select
    c.oid,
    c.collnamespace as parent,
    c.collname as name,
    case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' end as provider,
    c.collcollate as lc_collate,
    c.collctype as lc_ctype,
    coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale') as locale,
    to_jsonb(c) ->> 'collicurules' as rules,
    c.collisdeterministic as deterministic,
    pg_get_userbyid(c.collowner) as owner
from pg_catalog.pg_collation c
join pg_catalog.pg_namespace n on n.oid = c.collnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and c.collencoding in (
        -1, (select d.encoding from pg_catalog.pg_database d where d.datname = current_database()))
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_collation'::regclass and e.objid = c.oid and e.deptype = 'e')
