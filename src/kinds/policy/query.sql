select
    array[n.nspname, c.relname, p.polname]::text[] as path,
    array['table', n.nspname, c.relname]::text[] as parent,
    jsonb_strip_nulls(jsonb_build_object(
        'permissive', p.polpermissive,
        'command', case p.polcmd
            when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
            else 'ALL' end,
        'roles', (
            select jsonb_agg(case role.oid when 0 then 'public' else pg_get_userbyid(role.oid) end)
            from unnest(p.polroles) role (oid)),
        'using', pg_get_expr(p.polqual, p.polrelid),
        'with_check', pg_get_expr(p.polwithcheck, p.polrelid),
        'comment', d.description
    )) as attrs
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_description d
    on d.classoid = 'pg_catalog.pg_policy'::regclass and d.objoid = p.oid and d.objsubid = 0
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
