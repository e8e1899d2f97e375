-- OIDs from 16384 on are not the server's own.
select
    l.oid,
    l.lanname as name,
    l.lanpltrusted as trusted,
    l.lanplcallfoid::regproc::text as handler,
    case when l.laninline <> 0 then l.laninline::regproc::text end as inline,
    case when l.lanvalidator <> 0 then l.lanvalidator::regproc::text end as validator,
    pg_get_userbyid(l.lanowner) as owner
from pg_catalog.pg_language l
where l.oid >= 16384
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_language'::regclass and e.objid = l.oid and e.deptype = 'e')
