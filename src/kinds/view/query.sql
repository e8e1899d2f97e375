select
    array[n.nspname, c.relname]::text[] as path,
    array['schema', n.nspname]::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'definition', rtrim(ltrim(pg_get_viewdef(c.oid)), ';'),
        'security_invoker', options.security_invoker,
        'security_barrier', options.security_barrier,
        'check_option', options.check_option,
        'owner', pg_get_userbyid(c.relowner),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join lateral (
    select
        bool_or(option_value::boolean) filter (where option_name = 'security_invoker') as security_invoker,
        bool_or(option_value::boolean) filter (where option_name = 'security_barrier') as security_barrier,
        max(option_value) filter (where option_name = 'check_option') as check_option
    from pg_options_to_table(c.reloptions)
) options on c.reloptions is not null
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
