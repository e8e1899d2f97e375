select
    w.oid,
    w.fdwname as name,
    case when w.fdwhandler <> 0 then (
        select format('%I.%I', n.nspname, p.proname)
        from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where p.oid = w.fdwhandler) end as handler,
    case when w.fdwvalidator <> 0 then (
        select format('%I.%I', n.nspname, p.proname)
        from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where p.oid = w.fdwvalidator) end as validator,
    (select jsonb_object_agg(option_name, option_value) from pg_options_to_table(w.fdwoptions)) as options,
    pg_get_userbyid(w.fdwowner) as owner
from pg_catalog.pg_foreign_data_wrapper w
where not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass and e.objid = w.oid and e.deptype = 'e')
