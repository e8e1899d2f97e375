-- The rule that is a view's query is the view's. What a rule does has no deparsing function of its own: it is what
-- follows in pg_get_ruledef() on a beginning that is known exactly.
select
    r.oid,
    r.ev_class as parent,
    r.rulename as name,
    e.name as event,
    rtrim(substr(pg_get_ruledef(r.oid), 1 + length(format(
        e'CREATE RULE %I AS\n    ON %s TO %I.%I', r.rulename, e.name, n.nspname, c.relname))), ' ;' || e'\n')
        as definition,
    case r.ev_enabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end as enabled
from pg_catalog.pg_rewrite r
join pg_catalog.pg_class c on c.oid = r.ev_class
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
    select case r.ev_type when '1' then 'SELECT' when '2' then 'UPDATE' when '3' then 'INSERT' else 'DELETE' end as name
) e
where r.ev_type <> '1' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
