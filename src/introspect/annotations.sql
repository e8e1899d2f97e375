-- Comments and security labels on whatever can have one: which object, by catalog, OID and column number, and the text.
-- What is said of a composite type stands with its type in the catalog, and is about its relation here, as its columns.
select
    case when c.relkind = 'c' then 'pg_catalog.pg_class'::regclass::oid else d.classoid end as class,
    coalesce(c.oid, d.objoid) as oid,
    d.objsubid as sub,
    null as provider,
    d.description as text
from pg_catalog.pg_description d
left join pg_catalog.pg_type t on d.classoid = 'pg_catalog.pg_type'::regclass and t.oid = d.objoid and t.typtype = 'c'
left join pg_catalog.pg_class c on c.oid = t.typrelid and c.relkind = 'c'
where d.objoid >= 16384 or d.classoid = 'pg_catalog.pg_namespace'::regclass
union all
select
    case when c.relkind = 'c' then 'pg_catalog.pg_class'::regclass::oid else l.classoid end,
    coalesce(c.oid, l.objoid),
    l.objsubid,
    l.provider,
    l.label
from pg_catalog.pg_seclabel l
left join pg_catalog.pg_type t on l.classoid = 'pg_catalog.pg_type'::regclass and t.oid = l.objoid and t.typtype = 'c'
left join pg_catalog.pg_class c on c.oid = t.typrelid and c.relkind = 'c'
union all
select d.classoid, d.objoid, 0, null, d.description
from pg_catalog.pg_shdescription d
where d.classoid = 'pg_catalog.pg_database'::regclass
    and d.objoid = (select oid from pg_catalog.pg_database where datname = current_database())
union all
select l.classoid, l.objoid, 0, l.provider, l.label
from pg_catalog.pg_shseclabel l
where l.classoid = 'pg_catalog.pg_database'::regclass
    and l.objoid = (select oid from pg_catalog.pg_database where datname = current_database())
