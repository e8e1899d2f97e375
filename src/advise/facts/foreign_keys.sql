-- Foreign keys of managed tables, but those that partitions have from their parents. $1: the managed schemas, or null.
select jsonb_build_object(
    'relation', k.conrelid::bigint,
    'name', k.conname,
    'columns', to_jsonb(k.conkey),
    'referenced', k.confrelid::bigint,
    'referenced_columns', (
        select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by r.place)
        from unnest(k.confkey) with ordinality r (number, place)
        join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = r.number),
    'types', (
        select jsonb_agg(format_type(a.atttypid, null) order by r.place)
        from unnest(k.conkey) with ordinality r (number, place)
        join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = r.number),
    'sets_null', k.confdeltype = 'n',
    'of_primary_key', coalesce((
        select i.indisprimary from pg_catalog.pg_index i where i.indexrelid = k.conindid), false))
from pg_catalog.pg_constraint k
join pg_catalog.pg_class t on t.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
where k.contype = 'f' and k.conparentid = 0
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ($1::text[] is null or n.nspname = any ($1))
order by k.conrelid, k.conname
