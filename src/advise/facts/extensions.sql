-- Installed extensions, with the newest version that the server has.
select jsonb_build_object(
    'name', e.extname,
    'schema', n.nspname,
    'version', e.extversion,
    'newest', v.default_version,
    'relocatable', e.extrelocatable)
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
left join pg_catalog.pg_available_extensions v on v.name = e.extname
order by e.extname
