with parents as (
    select i.inhrelid, jsonb_agg(format('%I.%I', n.nspname, p.relname) order by i.inhseqno) as names
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent
    join pg_catalog.pg_namespace n on n.oid = p.relnamespace
    group by i.inhrelid
)
select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    s.srvname as server,
    (select jsonb_object_agg(option_name, option_value) from pg_options_to_table(f.ftoptions)) as options,
    case when c.relispartition then parents.names ->> 0 end as partition_of,
    pg_get_expr(c.relpartbound, 0) as partition_bound,
    case when not c.relispartition then parents.names end as inherits,
    pg_get_userbyid(c.relowner) as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
left join parents on parents.inhrelid = c.oid
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
