select
    t.oid,
    t.tmplnamespace as parent,
    t.tmplname as name,
    case when t.tmplinit <> 0 then t.tmplinit::text end as init,
    t.tmpllexize::text as lexize
from pg_catalog.pg_ts_template t
join pg_catalog.pg_namespace n on n.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_ts_template'::regclass and e.objid = t.oid and e.deptype = 'e')
