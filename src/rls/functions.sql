-- Functions and procedures of the managed schemas that somebody can call. $1: the schemas.
select jsonb_build_object(
    'schema', n.nspname,
    'name', p.proname,
    'procedure', p.prokind = 'p',
    'arguments', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', coalesce(p.proargnames[t.place], ''),
            'type', format_type(t.oid, null)) order by t.place), '[]')
        from unnest(p.proargtypes) with ordinality t (oid, place)))
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname = any ($1) and p.prokind in ('f', 'p')
    and p.prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype, 'pg_catalog.internal'::regtype)
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
order by n.nspname, p.proname, p.oid
