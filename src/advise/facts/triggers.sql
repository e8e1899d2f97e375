-- Enabled row triggers that fire before an UPDATE or INSERT of a managed table. $1: the managed schemas, or null.
select jsonb_build_object(
    'relation', t.tgrelid::bigint,
    'insert', t.tgtype::integer & 4 <> 0,
    'update', t.tgtype::integer & 16 <> 0,
    'text', lower(p.prosrc || ' ' || pg_get_triggerdef(t.oid)))
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc p on p.oid = t.tgfoid
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype::integer & 1 <> 0 and t.tgtype::integer & 2 <> 0
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ($1::text[] is null or n.nspname = any ($1))
