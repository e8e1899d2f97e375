-- Indexes of managed tables. $1: the managed schemas, or null.
select jsonb_build_object(
    'relation', i.indrelid::bigint,
    'name', c.relname,
    'unique', i.indisunique,
    'primary', i.indisprimary,
    'constraint', exists (
        select from pg_catalog.pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x')),
    'inherited', c.relispartition,
    'valid', i.indisvalid,
    'method', m.amname,
    'columns', (
        select jsonb_agg(k.attnum order by k.place)
        from unnest(i.indkey::smallint[]) with ordinality k (attnum, place) where k.place <= i.indnkeyatts),
    -- A column with its operator class, collation, and direction.
    'keys', (
        select jsonb_agg(pg_get_indexdef(c.oid, k.place::integer, false) || ' ' || i.indclass[k.place - 1]
            || ' ' || i.indcollation[k.place - 1] || ' ' || i.indoption[k.place - 1] order by k.place)
        from generate_series(1, i.indnkeyatts) k (place)),
    'included', (
        select coalesce(jsonb_agg(k.attnum order by k.attnum), '[]')
        from unnest(i.indkey::smallint[]) with ordinality k (attnum, place) where k.place > i.indnkeyatts),
    'predicate', pg_get_expr(i.indpred, i.indrelid),
    'scans', coalesce(s.idx_scan, 0))
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
join pg_catalog.pg_am m on m.oid = c.relam
left join pg_catalog.pg_stat_all_indexes s on s.indexrelid = i.indexrelid
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ($1::text[] is null or n.nspname = any ($1))
order by i.indrelid, c.relname
