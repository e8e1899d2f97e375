-- A condition over OLD and NEW has no deparsing function of its own: it is what stands in pg_get_triggerdef() between
-- a beginning and an end whose text is known exactly.
with t as (
    select
        t.*,
        case when t.tgtype & 64 <> 0 then 'instead of' when t.tgtype & 2 <> 0 then 'before' else 'after' end as timing,
        case when t.tgtype & 1 <> 0 then 'row' else 'statement' end as level,
        array_remove(array[
            case when t.tgtype & 4 <> 0 then 'INSERT' end,
            case when t.tgtype & 8 <> 0 then 'DELETE' end,
            case when t.tgtype & 16 <> 0 then 'UPDATE' end,
            case when t.tgtype & 32 <> 0 then 'TRUNCATE' end], null) as events,
        (
            select array_agg(a.attname::text order by k.n)
            from unnest(t.tgattr::smallint[]) with ordinality k (attnum, n)
            join pg_catalog.pg_attribute a on a.attrelid = t.tgrelid and a.attnum = k.attnum
        ) as columns,
        case when t.tgnargs = 0 then '{}' else (
            select array_agg(convert_from(decode(replace(g.hex, ' ', ''), 'hex'), getdatabaseencoding()) order by g.n)
            from unnest(string_to_array(regexp_replace(encode(t.tgargs, 'hex'), '(..)', '\1 ', 'g'), '00 '))
                with ordinality g (hex, n)
            where g.n <= t.tgnargs
        ) end as arguments
    from pg_catalog.pg_trigger t
    where not t.tgisinternal
)
select
    t.oid,
    t.tgrelid as parent,
    t.tgname as name,
    t.timing as timing,
    t.events as events,
    t.columns as columns,
    t.level as level,
    case when t.tgqual is not null then (
        select left(
            substr(body.text, strpos(body.text, ' WHEN (') + 7),
            -length(format(') EXECUTE FUNCTION %s(%s)',
                case when pn.nspname = 'pg_catalog' then quote_ident(p.proname)
                    else format('%I.%I', pn.nspname, p.proname) end,
                (select string_agg('''' || replace(arg, '''', '''''') || '''', ', ' order by g.n)
                from unnest(t.arguments) with ordinality g (arg, n)))))
        from (
            select substr(pg_get_triggerdef(t.oid), 1 + length(format(
                'CREATE %sTRIGGER %I %s %s ON %I.%I',
                case when t.tgconstraint <> 0 then 'CONSTRAINT ' end,
                t.tgname,
                t.timing,
                array_to_string(t.events, ' OR ') || coalesce(' OF ' || (
                    select string_agg(quote_ident(u.name), ', ' order by u.n)
                    from unnest(t.columns) with ordinality u (name, n)), ''),
                n.nspname, c.relname))) as text
        ) body) end as when,
    format('%I.%I', pn.nspname, p.proname) as function,
    t.arguments as arguments,
    t.tgconstraint <> 0 as constraint,
    t.tgdeferrable as deferrable,
    t.tginitdeferred as initially_deferred,
    case when r.oid is not null then format('%I.%I', rn.nspname, r.relname) end as references,
    t.tgoldtable as old_table,
    t.tgnewtable as new_table,
    case t.tgenabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end as enabled,
    (
        select array_agg(e.extname::text)
        from pg_catalog.pg_depend x
        join pg_catalog.pg_extension e on e.oid = x.refobjid
        where x.classid = 'pg_catalog.pg_trigger'::regclass and x.objid = t.oid
            and x.refclassid = 'pg_catalog.pg_extension'::regclass and x.deptype = 'x') as extensions,
    t.tgparentid <> 0 as inherited
from t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_proc p on p.oid = t.tgfoid
join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
left join pg_catalog.pg_class r on r.oid = t.tgconstrrelid
left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
where c.relkind in ('r', 'p', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
            and e.objid = c.oid and e.deptype = 'e')
