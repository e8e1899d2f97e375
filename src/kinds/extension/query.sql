select
    x.oid,
    x.extname as name,
    n.nspname as schema,
    x.extversion as version
from pg_catalog.pg_extension x
join pg_catalog.pg_namespace n on n.oid = x.extnamespace
