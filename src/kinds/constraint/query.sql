-- PostgreSQL 17 keeps NOT NULL of domains, 18 of columns, as constraints. What the server names itself is read as the
-- column's or domain's not_null, but for what that can't say: not valid, no inherit, a comment, a name of its own. A child
-- has a parent's name; what is its own beside that stands here by any name, as it stays when the parent's goes. That can't be
-- of a partition, which has the server's name for its parent's or, restored from an older server, for its own.
-- The rows that the server derives for the partitions of a foreign key's tables follow from the key itself.
-- Keys and checks are written here as pg_get_constraintdef() writes them, which looks up each thing for itself and locks
-- relations. It is asked for the others.
with recursive constraints as materialized (
    select con.*, n.nspname, coalesce(c.relname, t.typname) as name, c.oid is null as of_domain, c.relispartition
    from (select false as conperiod, true as conenforced) before_18
    -- The catalog has these columns since PostgreSQL 18; before, what is outside is meant by their names.
    cross join lateral (
        select con.*, conperiod as is_period, conenforced as is_enforced from pg_catalog.pg_constraint con) con
    join pg_catalog.pg_namespace n on n.oid = con.connamespace
    left join pg_catalog.pg_class c on c.oid = con.conrelid and c.relkind in ('r', 'p', 'f')
    left join pg_catalog.pg_type t on t.oid = con.contypid
    left join lateral (
        select a.attname
        from pg_catalog.pg_attribute a
        where con.contype = 'n' and a.attrelid = con.conrelid and a.attnum = con.conkey[1]
        offset 0) a on true
    left join lateral (
        select regexp_replace(con.conname, '(_not_null)[0-9]+$', '\1') as name where con.contype = 'n' offset 0) unnumbered on true
    -- What the first of the parents that demand it too calls it.
    left join lateral (
        select regexp_replace(con_above.conname, '(_not_null)[0-9]+$', '\1') as name
        from pg_catalog.pg_inherits i
        join pg_catalog.pg_constraint con_above on con_above.conrelid = i.inhparent and con_above.contype = 'n'
        join pg_catalog.pg_attribute a_above on a_above.attrelid = i.inhparent and a_above.attnum = con_above.conkey[1]
        where con.contype = 'n' and i.inhrelid = con.conrelid and a_above.attname = a.attname and not con_above.connoinherit
        order by i.inhseqno
        limit 1) above on true
    where (c.oid is not null or t.oid is not null)
        and con.contype <> 't'
        and not (con.contype = 'f' and con.conparentid <> 0)
        and (con.contype <> 'n' or con.connoinherit
            or not con.convalidated and (con.conislocal or t.oid is not null)
            or t.oid is not null and octet_length(t.typname) <= 54
                and unnumbered.name <> t.typname || '_not_null'
            or c.oid is not null
                and case when c.relispartition then unnumbered.name is distinct from above.name else con.conislocal end
                and (not c.relispartition and above.name is not null or unnumbered.name <> case
                    when octet_length(c.relname) + octet_length(a.attname) <= 53 then
                        c.relname || '_' || a.attname || '_not_null'
                    -- As makeObjectName() shortens the longer of both, to whole characters.
                    else concat_ws('_',
                        (select max(left(c.relname, n)) from generate_series(0, 63) n where octet_length(left(c.relname, n))
                            <= greatest(53 - octet_length(a.attname), 27)),
                        (select max(left(a.attname, n)) from generate_series(0, 63) n where octet_length(left(a.attname, n))
                            <= greatest(53 - octet_length(c.relname), 26)),
                        'not_null') end)
            or exists (
                select from pg_catalog.pg_description d
                where d.classoid = 'pg_catalog.pg_constraint'::regclass and d.objoid = con.oid and d.objsubid = 0))
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_class'::regclass
                and e.objid = con.conrelid and e.deptype = 'e')
        and not exists (
            select from pg_catalog.pg_depend e
            where e.refclassid = 'pg_catalog.pg_extension'::regclass and e.classid = 'pg_catalog.pg_type'::regclass
                and e.objid = con.contypid and e.deptype = 'e')
), texts as materialized (
    select con.oid, pg_get_constraintdef(con.oid) as text
    from constraints con
    where con.contype not in ('p', 'u', 'f', 'c') or con.is_period or not con.is_enforced
        or con.contype = 'f' and con.confrelid < 16384
), named as materialized (
    select
        con.oid,
        con.conrelid,
        con.conbin,
        con.conkey,
        array(
            select (select a.attname from pg_catalog.pg_attribute a where a.attrelid = con.conrelid and a.attnum = k.attnum)
            from unnest(con.conkey) k (attnum)) as names
    from constraints con
    where con.contype = 'c'
), checks as materialized (
    -- The server opens the table to have the names of columns: one of those that have the same ones there will do. A whole
    -- row has all of them.
    select n.oid, pg_get_expr(n.conbin, coalesce(alike.conrelid, n.conrelid)) as expression
    from named n
    left join (
        select n.conkey, n.names, min(n.conrelid) as conrelid
        from named n
        where 0 <> all (n.conkey)
        group by n.conkey, n.names) alike on alike.conkey = n.conkey and alike.names = n.names
), parameters as (
    -- Storage parameters are a set: by name, whatever order they were set in.
    select
        con.oid,
        ' WITH (' || string_agg(o.text, ', ' order by o.n) || ')' as written,
        ' WITH (' || string_agg(o.text, ', ' order by o.text collate "C") || ')' as sorted
    from constraints con
    join pg_catalog.pg_class xc on xc.oid = con.conindid
    cross join lateral (
        select
            k.n,
            quote_ident(split_part(k.option, '=', 1)) || '=' || case
                when quote_ident(v.value) = v.value then v.value else quote_literal(v.value) end as text
        from unnest(xc.reloptions) with ordinality k (option, n)
        cross join lateral substr(k.option, 1 + strpos(k.option, '=')) v (value)) o
    where con.contype = 'x'
    group by con.oid
), of_unproven (oid, conrelid, conname) as (
    -- An inherited check says of old rows what its parent says; whether they were looked at in a child alone, the next
    -- restored dump forgets, unless that is a partition.
    select c.oid, c.conrelid, c.conname
    from pg_catalog.pg_constraint c
    where c.contype = 'c' and not c.convalidated and c.conrelid <> 0
    union
    select c.oid, c.conrelid, c.conname
    from of_unproven p
    join pg_catalog.pg_inherits i on i.inhparent = p.conrelid
    join pg_catalog.pg_constraint c
        on c.conrelid = i.inhrelid and c.conname = p.conname and c.contype = 'c' and not c.conislocal
    join pg_catalog.pg_class r on r.oid = c.conrelid and not r.relispartition
), switched_off as (
    select distinct t.tgconstraint
    from pg_catalog.pg_trigger t
    where t.tgconstraint <> 0 and t.tgisinternal and t.tgenabled = 'D'
)
select
    con.oid,
    case when con.of_domain then 'pg_catalog.pg_type'::regclass else 'pg_catalog.pg_class'::regclass end::oid as parent_class,
    case when con.of_domain then con.contypid else con.conrelid end as parent,
    con.conname as name,
    case con.contype
        when 'p' then 'primary key'
        when 'u' then 'unique'
        when 'c' then 'check'
        when 'f' then 'foreign key'
        when 'x' then 'exclusion'
        when 'n' then 'not null' end as type,
    coalesce(
        replace(texts.text, coalesce(parameters.written, ''), coalesce(parameters.sorted, '')),
        case con.contype
            when 'p' then 'PRIMARY KEY (' || (select string_agg(quote_ident(k), ', ') from unnest(columns.keys) k) || ')'
                || coalesce(' INCLUDE (' || (select string_agg(quote_ident(k), ', ') from unnest(columns.included) k) || ')', '')
            when 'u' then 'UNIQUE ' || case when x.indnullsnotdistinct then 'NULLS NOT DISTINCT ' else '' end
                || '(' || (select string_agg(quote_ident(k), ', ') from unnest(columns.keys) k) || ')'
                || coalesce(' INCLUDE (' || (select string_agg(quote_ident(k), ', ') from unnest(columns.included) k) || ')', '')
            when 'c' then 'CHECK (' || checks.expression || ')' || case when con.connoinherit then ' NO INHERIT' else '' end
            when 'f' then
                'FOREIGN KEY (' || (select string_agg(quote_ident(k), ', ') from unnest(columns.keys) k) || ') REFERENCES '
                || quote_ident(rn.nspname) || '.' || quote_ident(r.relname)
                || '(' || (select string_agg(quote_ident(k), ', ') from unnest(columns.referenced) k) || ')'
                || case con.confmatchtype when 'f' then ' MATCH FULL' when 'p' then ' MATCH PARTIAL' else '' end
                || coalesce(' ON UPDATE ' || case con.confupdtype
                    when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' end, '')
                || coalesce(' ON DELETE ' || case con.confdeltype
                    when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' end, '')
                || coalesce(' (' || (select string_agg(quote_ident(k), ', ') from unnest(columns.set_on_delete) k) || ')', '') end
            || case when con.condeferrable then ' DEFERRABLE' else '' end
            || case when con.condeferred then ' INITIALLY DEFERRED' else '' end
            || case when not con.convalidated then ' NOT VALID' else '' end)
        || case when con.convalidated and unproven.oid is not null then ' NOT VALID' else '' end as definition,
    columns.keys as columns,
    columns.included as include,
    case when con.contype = 'x' then
        regexp_replace(substr(replace(texts.text, coalesce(parameters.written, ''), ''), length('EXCLUDE ') + 1),
            '( DEFERRABLE)?( INITIALLY DEFERRED)?$', '') end as exclusion,
    con.is_period as period,
    case when con.contype = 'f' then format('%I.%I', rn.nspname, r.relname) end as references,
    columns.referenced as referenced_columns,
    case con.confupdtype
        when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' end as on_update,
    case con.confdeltype
        when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' end as on_delete,
    columns.set_on_delete as on_delete_columns,
    case con.confmatchtype when 'f' then 'full' when 'p' then 'partial' end as match,
    checks.expression as expression,
    con.condeferrable as deferrable,
    con.condeferred as initially_deferred,
    con.convalidated and unproven.oid is null as validated,
    con.is_enforced as enforced,
    con.connoinherit and con.contype in ('c', 'n') as no_inherit,
    -- That of a partition becomes the parent's with any ATTACH, as a restored dump has one.
    not con.conislocal and not (con.contype = 'n' and con.relispartition) as inherited,
    x.indnullsnotdistinct as nulls_not_distinct,
    case when xc.reloptions is not null then (
        select jsonb_object_agg(option_name, option_value) from pg_options_to_table(xc.reloptions)) end as options,
    case when xc.reloptions is not null then (
        select nullif(array_agg(o.name order by o.n), array_agg(o.name order by o.name collate "C"))
        from pg_options_to_table(xc.reloptions) with ordinality o (name, value, n)) end as options_order,
    ts.spcname as tablespace,
    x.indisvalid as index_valid,
    switched_off.tgconstraint is not null as triggers_disabled,
    -- By the index, which is what is attached: a key may be to an index that is none.
    case when p.oid is not null then format('%I.%I', pn.nspname, p.relname) end as partition_of,
    -- Expressions alone can have a target.
    case when con.contype = 'x' then (
        select jsonb_object_agg(a.attnum, a.attstattarget)
        from pg_catalog.pg_attribute a
        where a.attrelid = x.indexrelid and a.attnum > 0 and a.attstattarget >= 0) end as statistics,
    cd.description as index_comment
from constraints con
left join texts on texts.oid = con.oid
left join checks on checks.oid = con.oid
left join pg_catalog.pg_class r on r.oid = con.confrelid
left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
left join pg_catalog.pg_index x on x.indexrelid = con.conindid and con.contype in ('p', 'u', 'x')
cross join lateral (
    -- Looked up for those that have them alone.
    select
        case when con.contype <> 'c' and con.conkey is not null then array(
            select (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = con.conrelid and a.attnum = k)
            from unnest(con.conkey) k) end as keys,
        case when con.contype = 'f' then array(
            select (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = con.confrelid and a.attnum = k)
            from unnest(con.confkey) k) end as referenced,
        case when con.contype = 'f' and con.confdelsetcols is not null then array(
            select (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = con.conrelid and a.attnum = k)
            from unnest(con.confdelsetcols) k) end as set_on_delete,
        case when x.indnatts > x.indnkeyatts then array(
            select (select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = x.indrelid and a.attnum = k)
            from unnest((x.indkey::smallint[])[x.indnkeyatts:]) k) end as included
    offset 0) columns
left join pg_catalog.pg_class xc on xc.oid = x.indexrelid
left join parameters on parameters.oid = con.oid
left join pg_catalog.pg_tablespace ts on ts.oid = xc.reltablespace
left join of_unproven unproven on unproven.oid = con.oid
left join switched_off on switched_off.tgconstraint = con.oid
left join pg_catalog.pg_inherits h on h.inhrelid = x.indexrelid
left join pg_catalog.pg_class p on p.oid = h.inhparent
left join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
left join pg_catalog.pg_description cd
    on cd.classoid = 'pg_catalog.pg_class'::regclass and cd.objoid = x.indexrelid and cd.objsubid = 0
