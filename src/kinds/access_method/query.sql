-- OIDs from 16384 on are not the server's own.
select
    a.oid,
    a.amname as name,
    case a.amtype when 't' then 'table' when 'i' then 'index' end as type,
    a.amhandler::text as handler
from pg_catalog.pg_am a
where a.oid >= 16384
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_am'::regclass and e.objid = a.oid and e.deptype = 'e')
