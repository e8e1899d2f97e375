-- Only a database of which there is something to say. Which parameters are set for it, and for roles in it.
with settings as (
    select
        r.setrole,
        jsonb_object_agg(split_part(s.setting, '=', 1), substr(s.setting, strpos(s.setting, '=') + 1)) as settings
    from pg_catalog.pg_db_role_setting r
    join pg_catalog.pg_database d on d.oid = r.setdatabase and d.datname = current_database()
    cross join lateral unnest(r.setconfig) s (setting)
    group by r.setrole
)
select
    d.oid,
    'current' as name,
    (select s.settings from settings s where s.setrole = 0) as settings,
    (
        select jsonb_object_agg(pg_get_userbyid(s.setrole), s.settings)
        from settings s
        where s.setrole <> 0) as role_settings
from pg_catalog.pg_database d
where d.datname = current_database()
    and (d.datacl is not null
        or exists (select from settings)
        or exists (
            select from pg_catalog.pg_shdescription c
            where c.classoid = 'pg_catalog.pg_database'::regclass and c.objoid = d.oid)
        or exists (
            select from pg_catalog.pg_shseclabel l
            where l.classoid = 'pg_catalog.pg_database'::regclass and l.objoid = d.oid))
