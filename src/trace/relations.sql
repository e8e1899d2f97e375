-- Relations of users that may have rows, and their indexes: what a migration can get in the way of.
select c.oid, c.relkind::text, n.nspname::text, c.relname::text, c.relfilenode::bigint, i.indrelid
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_index i on i.indexrelid = c.oid
where c.relkind in ('r', 'p', 'm', 'i', 'I') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
