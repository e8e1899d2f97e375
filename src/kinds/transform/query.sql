-- A transform is in no schema.
select
    t.oid,
    format('FOR %s LANGUAGE %I', format_type(t.trftype, null), l.lanname) as name,
    case when t.trffromsql <> 0 then t.trffromsql::regprocedure::text end as from_sql,
    case when t.trftosql <> 0 then t.trftosql::regprocedure::text end as to_sql
from pg_catalog.pg_transform t
join pg_catalog.pg_language l on l.oid = t.trflang
where t.oid >= 16384
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_transform'::regclass and e.objid = t.oid and e.deptype = 'e')
