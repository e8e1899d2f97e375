with lists as (
    select
        m.mapcfg, m.maptokentype,
        string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno) as dictionaries
    from pg_catalog.pg_ts_config_map m
    where m.mapcfg >= 16384
    group by m.mapcfg, m.maptokentype
), mappings as (
    select l.mapcfg, jsonb_object_agg(t.alias, l.dictionaries) as mappings
    from lists l
    join pg_catalog.pg_ts_config c on c.oid = l.mapcfg
    join lateral ts_token_type(c.cfgparser) t on t.tokid = l.maptokentype
    group by l.mapcfg
)
select
    c.oid,
    c.cfgnamespace as parent,
    c.cfgname as name,
    format('%I.%I', pn.nspname, p.prsname) as parser,
    mappings.mappings,
    pg_get_userbyid(c.cfgowner) as owner
from pg_catalog.pg_ts_config c
join pg_catalog.pg_namespace n on n.oid = c.cfgnamespace
join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
join pg_catalog.pg_namespace pn on pn.oid = p.prsnamespace
left join mappings on mappings.mapcfg = c.oid
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_ts_config'::regclass and e.objid = c.oid and e.deptype = 'e')
