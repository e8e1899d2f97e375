-- Arrays come with their elements' types.
select
    t.oid,
    t.typnamespace as parent,
    t.typname as name,
    t.typinput::text as input,
    t.typoutput::text as output,
    case when t.typreceive <> 0 then t.typreceive::text end as receive,
    case when t.typsend <> 0 then t.typsend::text end as send,
    case when t.typmodin <> 0 then t.typmodin::text end as typmod_in,
    case when t.typmodout <> 0 then t.typmodout::text end as typmod_out,
    case when t.typanalyze <> 0 then t.typanalyze::text end as analyze,
    case when t.typsubscript <> 0 then t.typsubscript::text end as subscript,
    nullif(t.typlen, -1) as length,
    t.typbyval as passed_by_value,
    case t.typalign when 'c' then 'char' when 's' then 'int2' when 'd' then 'double' end as alignment,
    case t.typstorage when 'x' then 'extended' when 'e' then 'external' when 'm' then 'main' end as storage,
    nullif(t.typcategory::text, 'U') as category,
    t.typispreferred as preferred,
    t.typdefault as default,
    case when t.typelem <> 0 then format_type(t.typelem, null) end as element,
    nullif(t.typdelim::text, ',') as delimiter,
    t.typcollation <> 0 as collatable,
    pg_get_userbyid(t.typowner) as owner
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'b' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_catalog.pg_type element where element.typarray = t.oid)
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
            and e.objid = t.oid and e.deptype = 'e')
