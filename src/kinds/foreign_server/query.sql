select
    s.oid,
    s.srvname as name,
    w.fdwname as foreign_data_wrapper,
    s.srvtype as type,
    s.srvversion as version,
    (select jsonb_object_agg(option_name, option_value) from pg_options_to_table(s.srvoptions)) as options,
    pg_get_userbyid(s.srvowner) as owner
from pg_catalog.pg_foreign_server s
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
where not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_foreign_server'::regclass and e.objid = s.oid and e.deptype = 'e')
