select
    p.oid,
    p.prsnamespace as parent,
    p.prsname as name,
    p.prsstart::text as start,
    p.prstoken::text as gettoken,
    p.prsend::text as end,
    case when p.prsheadline <> 0 then p.prsheadline::text end as headline,
    p.prslextype::text as lextypes
from pg_catalog.pg_ts_parser p
join pg_catalog.pg_namespace n on n.oid = p.prsnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_ts_parser'::regclass and e.objid = p.oid and e.deptype = 'e')
