-- A number for each catalog that the deparsing functions read as it is now and not as it was
-- when the transaction began. Each change of a row gives it a greater xmin than any before: equal counts and sums mean
-- that nothing changed. Temporary objects come and go and are not counted; frozen rows have no age.
with temporary_schemas as materialized (
    select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(toast_)?temp_'
), temporary as materialized (
    select c.oid
    from pg_catalog.pg_class c
    where c.relpersistence = 't' or c.relnamespace in (select n.oid from temporary_schemas n)
), sums (catalog, rows, aged, age) as (
    select 'class', count(*), count(*) filter (where age(c.xmin) < 2147483647),
        sum(age(c.xmin)) filter (where age(c.xmin) < 2147483647)
    from pg_catalog.pg_class c
    where c.oid not in (select s.oid from temporary s)
    union all
    select 'attribute', count(*), count(*) filter (where age(a.xmin) < 2147483647),
        sum(age(a.xmin)) filter (where age(a.xmin) < 2147483647)
    from pg_catalog.pg_attribute a
    -- The server's own columns come with their table, and nobody changes them.
    where a.attnum > 0 and a.attrelid not in (select s.oid from temporary s)
    union all
    select 'constraint', count(*), count(*) filter (where age(con.xmin) < 2147483647),
        sum(age(con.xmin)) filter (where age(con.xmin) < 2147483647)
    from pg_catalog.pg_constraint con
    where con.conrelid not in (select s.oid from temporary s)
    union all
    select 'index', count(*), count(*) filter (where age(x.xmin) < 2147483647),
        sum(age(x.xmin)) filter (where age(x.xmin) < 2147483647)
    from pg_catalog.pg_index x
    where x.indrelid not in (select s.oid from temporary s)
    union all
    select 'trigger', count(*), count(*) filter (where age(t.xmin) < 2147483647),
        sum(age(t.xmin)) filter (where age(t.xmin) < 2147483647)
    from pg_catalog.pg_trigger t
    where t.tgrelid not in (select s.oid from temporary s)
    union all
    select 'rewrite', count(*), count(*) filter (where age(w.xmin) < 2147483647),
        sum(age(w.xmin)) filter (where age(w.xmin) < 2147483647)
    from pg_catalog.pg_rewrite w
    where w.ev_class not in (select s.oid from temporary s)
    union all
    select 'type', count(*), count(*) filter (where age(t.xmin) < 2147483647),
        sum(age(t.xmin)) filter (where age(t.xmin) < 2147483647)
    from pg_catalog.pg_type t
    where t.typnamespace not in (select s.oid from temporary_schemas s)
    union all
    select 'proc', count(*), count(*) filter (where age(p.xmin) < 2147483647),
        sum(age(p.xmin)) filter (where age(p.xmin) < 2147483647)
    from pg_catalog.pg_proc p
    union all
    select 'operator', count(*), count(*) filter (where age(o.xmin) < 2147483647),
        sum(age(o.xmin)) filter (where age(o.xmin) < 2147483647)
    from pg_catalog.pg_operator o
    union all
    select 'opclass', count(*), count(*) filter (where age(o.xmin) < 2147483647),
        sum(age(o.xmin)) filter (where age(o.xmin) < 2147483647)
    from pg_catalog.pg_opclass o
    union all
    select 'collation', count(*), count(*) filter (where age(c.xmin) < 2147483647),
        sum(age(c.xmin)) filter (where age(c.xmin) < 2147483647)
    from pg_catalog.pg_collation c
    union all
    select 'ts_dict', count(*), count(*) filter (where age(d.xmin) < 2147483647),
        sum(age(d.xmin)) filter (where age(d.xmin) < 2147483647)
    from pg_catalog.pg_ts_dict d
    union all
    select 'ts_config', count(*), count(*) filter (where age(c.xmin) < 2147483647),
        sum(age(c.xmin)) filter (where age(c.xmin) < 2147483647)
    from pg_catalog.pg_ts_config c
    union all
    select 'namespace', count(*), count(*) filter (where age(n.xmin) < 2147483647),
        sum(age(n.xmin)) filter (where age(n.xmin) < 2147483647)
    from pg_catalog.pg_namespace n
    where n.oid not in (select s.oid from temporary_schemas s)
)
select string_agg(concat_ws(':', catalog, rows, aged * age('3'::xid) - coalesce(age, 0)), ' ' order by catalog) as state
from sums
