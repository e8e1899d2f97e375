-- The server's version, and a number for each catalog that the deparsing functions read as it is now and not as it was
-- when the transaction began. Each change of a row gives it a greater xmin than any before: equal counts and sums mean
-- that nothing changed. Temporary objects come and go and are not counted; frozen rows have no age.
with relations as materialized (
    select c.oid, age(c.xmin) as age
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), ages (catalog, age) as (
    select 'class', r.age from relations r
    union all
    select 'attribute', age(a.xmin) from pg_catalog.pg_attribute a join relations r on r.oid = a.attrelid
    union all
    select 'constraint', age(con.xmin)
    from pg_catalog.pg_constraint con
    left join relations r on r.oid = con.conrelid
    where r.oid is not null or con.contypid >= 16384
    union all
    select 'index', age(x.xmin) from pg_catalog.pg_index x join relations r on r.oid = x.indexrelid
    union all
    select 'trigger', age(t.xmin) from pg_catalog.pg_trigger t join relations r on r.oid = t.tgrelid
    union all
    select 'rewrite', age(w.xmin) from pg_catalog.pg_rewrite w join relations r on r.oid = w.ev_class
    union all
    select 'proc', age(p.xmin) from pg_catalog.pg_proc p where p.oid >= 16384
    union all
    select 'type', age(t.xmin)
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace and n.nspname !~ '^pg_(toast|temp)'
    where t.oid >= 16384
    union all
    select 'operator', age(o.xmin) from pg_catalog.pg_operator o where o.oid >= 16384
    union all
    select 'opclass', age(o.xmin) from pg_catalog.pg_opclass o where o.oid >= 16384
    union all
    select 'collation', age(c.xmin) from pg_catalog.pg_collation c where c.oid >= 16384
    union all
    select 'ts_dict', age(d.xmin) from pg_catalog.pg_ts_dict d where d.oid >= 16384
    union all
    select 'ts_config', age(c.xmin) from pg_catalog.pg_ts_config c where c.oid >= 16384
    union all
    select 'namespace', age(n.xmin) from pg_catalog.pg_namespace n where n.nspname !~ '^pg_(toast|temp)'
), sums as (
    select catalog, count(*) as rows, sum(age('3'::xid)::bigint - nullif(age, 2147483647)) as xmins
    from ages
    group by catalog
)
select
    current_setting('server_version_num')::integer as version,
    coalesce(string_agg(concat_ws(':', catalog, rows, xmins), ' ' order by catalog), '') as state
from sums
