-- Relations of the managed schemas and what they refer to, each with its columns, keys and checks. $1: the schemas.
with recursive wanted (oid) as (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union
    select k.confrelid
    from wanted w
    join pg_catalog.pg_constraint k on k.conrelid = w.oid and k.contype = 'f'
)
select jsonb_build_object(
    'oid', c.oid::bigint,
    'schema', n.nspname,
    'name', c.relname,
    'kind', c.relkind,
    'managed', n.nspname = any ($1),
    'parent', case when c.relispartition then (select i.inhparent::bigint from pg_catalog.pg_inherits i where i.inhrelid = c.oid) end,
    'columns', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod),
            'base', format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null),
            'category', coalesce(b.typcategory, t.typcategory),
            'required', a.attnotnull and not a.atthasdef and a.attidentity = '',
            'written', a.attgenerated = '' and a.attidentity <> 'a',
            'labels', (
                select coalesce(jsonb_agg(e.enumlabel order by e.enumsortorder), '[]')
                from pg_catalog.pg_enum e where e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid)),
            'domain_checks', (
                select coalesce(jsonb_agg(pg_get_constraintdef(k.oid)), '[]')
                from pg_catalog.pg_constraint k where k.contypid = t.oid)) order by a.attnum), '[]')
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_type t on t.oid = a.atttypid
        left join pg_catalog.pg_type b on b.oid = t.typbasetype
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    -- What a row is told by: the primary key, or else a unique index without a condition.
    'key', (
        select jsonb_agg(a.attname order by k.place)
        from (
            select i.indkey
            from pg_catalog.pg_index i
            where i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null
            order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
            limit 1) i
        cross join lateral unnest(i.indkey::smallint[]) with ordinality k (number, place)
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.number),
    'constraints', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', k.conname,
            'kind', k.contype,
            'columns', (
                select coalesce(jsonb_agg(a.attname order by u.place), '[]')
                from unnest(k.conkey) with ordinality u (number, place)
                join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number),
            'referenced', nullif(k.confrelid, 0)::bigint,
            'referenced_columns', (
                select coalesce(jsonb_agg(a.attname order by u.place), '[]')
                from unnest(k.confkey) with ordinality u (number, place)
                join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number),
            'definition', pg_get_constraintdef(k.oid)) order by k.conname), '[]')
        from pg_catalog.pg_constraint k
        where k.conrelid = c.oid and k.contype in ('f', 'c', 'u', 'p')),
    'unique_indexes', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', x.relname,
            'columns', (
                select coalesce(jsonb_agg(a.attname), '[]')
                from pg_catalog.pg_attribute a
                where a.attrelid = c.oid and a.attnum = any (i.indkey::smallint[])))), '[]')
        from pg_catalog.pg_index i
        join pg_catalog.pg_class x on x.oid = i.indexrelid
        where i.indrelid = c.oid and i.indisunique))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid in (select oid from wanted)
order by n.nspname, c.relname
