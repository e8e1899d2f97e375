-- A cast is in no schema. OIDs from 16384 on are not the server's own; a range type's own casts depend on it internally.
select
    c.oid,
    format('(%s AS %s)', format_type(c.castsource, null), format_type(c.casttarget, null)) as name,
    case when c.castmethod = 'f' then c.castfunc::regprocedure::text end as function,
    case c.castmethod when 'i' then 'inout' when 'b' then 'binary' end as method,
    case c.castcontext when 'a' then 'assignment' when 'i' then 'implicit' end as context
from pg_catalog.pg_cast c
where c.oid >= 16384
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_cast'::regclass and e.objid = c.oid and e.deptype in ('e', 'i'))
