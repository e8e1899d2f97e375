select
    c.oid,
    c.relnamespace as parent,
    c.relname as name,
    rtrim(ltrim(pg_get_viewdef(c.oid)), ';') as definition,
    options.security_invoker as security_invoker,
    options.security_barrier as security_barrier,
    options.check_option as check_option,
    options.others as options,
    options.in_order as options_order,
    pg_get_userbyid(c.relowner) as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join lateral (
    select
        bool_or(option_value::boolean) filter (where option_name = 'security_invoker') as security_invoker,
        bool_or(option_value::boolean) filter (where option_name = 'security_barrier') as security_barrier,
        max(lower(option_value)) filter (where option_name = 'check_option') as check_option,
        jsonb_object_agg(option_name, option_value) filter (
            where option_name not in ('security_invoker', 'security_barrier', 'check_option')
                or option_value <> case option_name when 'check_option' then lower(option_value) else 'true' end
        ) as others,
        nullif(array_agg(option_name order by n), array_agg(option_name order by option_name collate "C")) as in_order
    from pg_options_to_table(c.reloptions) with ordinality p (option_name, option_value, n)
) options on c.reloptions is not null
where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
