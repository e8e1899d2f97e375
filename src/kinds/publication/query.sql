-- Which generated columns are published is told since PostgreSQL 18.
select
    p.oid,
    p.pubname as name,
    p.puballtables as all_tables,
    (
        select jsonb_object_agg(format('%I.%I', n.nspname, c.relname), jsonb_strip_nulls(jsonb_build_object(
            'columns', (
                select jsonb_agg(a.attname order by a.attname)
                from unnest(r.prattrs::smallint[]) k (attnum)
                join pg_catalog.pg_attribute a on a.attrelid = r.prrelid and a.attnum = k.attnum),
            'where', pg_get_expr(r.prqual, r.prrelid))))
        from pg_catalog.pg_publication_rel r
        join pg_catalog.pg_class c on c.oid = r.prrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where r.prpubid = p.oid) as tables,
    (
        select jsonb_agg(n.nspname)
        from pg_catalog.pg_publication_namespace s
        join pg_catalog.pg_namespace n on n.oid = s.pnnspid
        where s.pnpubid = p.oid) as schemas,
    case when not (p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate) then
        coalesce(nullif(array_remove(array[
            case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
            case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end], null), '{}'),
            '{none}') end as publish,
    p.pubviaroot as via_partition_root,
    case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' end as generated_columns,
    pg_get_userbyid(p.pubowner) as owner
from pg_catalog.pg_publication p
where not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_publication'::regclass and e.objid = p.oid and e.deptype = 'e')
