select
    d.oid,
    d.dictnamespace as parent,
    d.dictname as name,
    format('%I.%I', tn.nspname, t.tmplname) as template,
    d.dictinitoption as options,
    pg_get_userbyid(d.dictowner) as owner
from pg_catalog.pg_ts_dict d
join pg_catalog.pg_namespace n on n.oid = d.dictnamespace
join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
join pg_catalog.pg_namespace tn on tn.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_ts_dict'::regclass and e.objid = d.oid and e.deptype = 'e')
