-- The catalog holds passwords and is closed to most roles; the view shows everyone which mappings there are, and the
-- options to whom they concern. Whatever sounds like a secret is known only to be set.
select
    m.umid as oid,
    m.srvid as parent,
    case m.umuser when 0 then 'public' else pg_get_userbyid(m.umuser)::text end as name,
    (
        select jsonb_object_agg(option_name, case
            when option_name ~* '(pass|pwd|secret|token|key|cred|auth|cert|cookie|hash|salt|sign|private|pin$)' then '(hidden)'
            else option_value end)
        from pg_options_to_table(m.umoptions)) as options
from pg_catalog.pg_user_mappings m
where not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_user_mapping'::regclass and e.objid = m.umid and e.deptype = 'e')
