-- PostgreSQL 17 keeps NOT NULL of domains, 18 of columns, as constraints. What the server names itself is read as the
-- column's or domain's not_null, but for what that can't say: not valid, no inherit, a comment. A name of its own stands
-- here, unless it is a parent's.
-- The rows that the server derives for the partitions of a foreign key's tables follow from the key itself.
with recursive constraints as materialized (
    select con.*, n.nspname, coalesce(c.relname, t.typname) as name, c.oid is null as of_domain
    from pg_catalog.pg_constraint con
    join pg_catalog.pg_namespace n on n.oid = con.connamespace
    left join pg_catalog.pg_class c on c.oid = con.conrelid
    left join pg_catalog.pg_type t on t.oid = con.contypid
    left join pg_catalog.pg_attribute a on con.contype = 'n' and a.attrelid = con.conrelid and a.attnum = con.conkey[1]
    where (c.relkind in ('r', 'p', 'f') or t.oid is not null)
        and con.contype <> 't'
        and not (con.contype = 'f' and con.conparentid <> 0)
        and (con.contype <> 'n' or con.connoinherit
            or not con.convalidated and (con.conislocal or t.oid is not null)
            or t.oid is not null and octet_length(t.typname) <= 54
                and regexp_replace(con.conname, '(_not_null)[0-9]+$', '\1') <> t.typname || '_not_null'
            or con.conislocal and c.oid is not null
                and not exists (
                    select from pg_catalog.pg_inherits i
                    join pg_catalog.pg_constraint of_parent on of_parent.conrelid = i.inhparent
                    where i.inhrelid = con.conrelid and of_parent.contype = 'n' and of_parent.conname = con.conname)
                and regexp_replace(con.conname, '(_not_null)[0-9]+$', '\1') <> case
                    when octet_length(c.relname) + octet_length(a.attname) <= 53 then
                        c.relname || '_' || a.attname || '_not_null'
                    -- As makeObjectName() shortens the longer of both, to whole characters.
                    else concat_ws('_',
                        (select max(left(c.relname, n)) from generate_series(0, 63) n where octet_length(left(c.relname, n))
                            <= greatest(53 - octet_length(a.attname), 27)),
                        (select max(left(a.attname, n)) from generate_series(0, 63) n where octet_length(left(a.attname, n))
                            <= greatest(53 - octet_length(c.relname), 26)),
                        'not_null') end
            or exists (
                select from pg_catalog.pg_description d
                where d.classoid = 'pg_catalog.pg_constraint'::regclass and d.objoid = con.oid and d.objsubid = 0))
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = con.conrelid and e.deptype = 'e')
        and not exists (
            select from pg_catalog.pg_depend e
            where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = con.contypid and e.deptype = 'e')
), keys as (
    select con.oid, jsonb_agg(a.attname order by k.n) as columns
    from constraints con
    cross join lateral unnest(con.conkey) with ordinality k (attnum, n)
    join pg_catalog.pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum
    where con.contype <> 'c'
    group by con.oid
), referenced as (
    select con.oid, jsonb_agg(a.attname order by k.n) as columns
    from constraints con
    cross join lateral unnest(con.confkey) with ordinality k (attnum, n)
    join pg_catalog.pg_attribute a on a.attrelid = con.confrelid and a.attnum = k.attnum
    where con.contype = 'f'
    group by con.oid
), set_on_delete as (
    select con.oid, jsonb_agg(a.attname order by k.n) as columns
    from constraints con
    cross join lateral unnest(con.confdelsetcols) with ordinality k (attnum, n)
    join pg_catalog.pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum
    where con.confdelsetcols is not null
    group by con.oid
), included as (
    select x.indexrelid, jsonb_agg(a.attname order by k.n) as columns
    from pg_catalog.pg_index x
    cross join lateral unnest(x.indkey::smallint[]) with ordinality k (attnum, n)
    join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
    where x.indnatts > x.indnkeyatts and k.n > x.indnkeyatts
    group by x.indexrelid
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
), statistics as (
    select a.attrelid, jsonb_object_agg(a.attnum, a.attstattarget) as targets
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('i', 'I')
    where a.attnum > 0 and a.attstattarget >= 0 and a.attrelid >= 16384
    group by a.attrelid
), of_unproven (oid, conrelid, conname) as (
    -- An inherited check says of old rows what its parent says; whether they were looked at in a child alone, the next
    -- restored dump forgets.
    select c.oid, c.conrelid, c.conname
    from pg_catalog.pg_constraint c
    where c.contype = 'c' and not c.convalidated and c.conrelid <> 0
    union
    select c.oid, c.conrelid, c.conname
    from of_unproven p
    join pg_catalog.pg_inherits i on i.inhparent = p.conrelid
    join pg_catalog.pg_constraint c
        on c.conrelid = i.inhrelid and c.conname = p.conname and c.contype = 'c' and not c.conislocal
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
    def.text || case when con.convalidated and unproven.oid is not null then ' NOT VALID' else '' end as definition,
    keys.columns as columns,
    included.columns as include,
    case when con.contype = 'x' then
        regexp_replace(substr(replace(written.text, coalesce(parameters.written, ''), ''), length('EXCLUDE ') + 1),
            '( DEFERRABLE)?( INITIALLY DEFERRED)?$', '') end as exclusion,
    -- The catalog has had the column since PostgreSQL 18 alone; few rows are worth turning to JSON.
    def.text ~ '(WITHOUT OVERLAPS|PERIOD )' and (to_jsonb(con) ->> 'conperiod')::boolean as period,
    case when con.contype = 'f' then format('%I.%I', rn.nspname, r.relname) end as references,
    referenced.columns as referenced_columns,
    case con.confupdtype
        when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' end as on_update,
    case con.confdeltype
        when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' end as on_delete,
    set_on_delete.columns as on_delete_columns,
    case con.confmatchtype when 'f' then 'full' when 'p' then 'partial' end as match,
    case when con.contype = 'c' then pg_get_expr(con.conbin, con.conrelid) end as expression,
    con.condeferrable as deferrable,
    con.condeferred as initially_deferred,
    con.convalidated and unproven.oid is null as validated,
    def.text !~ ' NOT ENFORCED$' as enforced,
    con.connoinherit and con.contype in ('c', 'n') as no_inherit,
    not con.conislocal as inherited,
    x.indnullsnotdistinct as nulls_not_distinct,
    case when xc.reloptions is not null then (
        select jsonb_object_agg(option_name, option_value) from pg_options_to_table(xc.reloptions)) end as options,
    case when xc.reloptions is not null then (
        select nullif(array_agg(o.name order by o.n), array_agg(o.name order by o.name collate "C"))
        from pg_options_to_table(xc.reloptions) with ordinality o (name, value, n)) end as options_order,
    ts.spcname as tablespace,
    x.indisvalid as index_valid,
    switched_off.tgconstraint is not null as triggers_disabled,
    -- By the index, which is what is attached.
    case when parent.oid is not null and con.contype in ('p', 'u', 'x') then
        format('%I.%I', parent.nspname, parent.conname) end as partition_of,
    statistics.targets as statistics,
    cd.description as index_comment
from constraints con
cross join lateral pg_get_constraintdef(con.oid) written (text)
left join keys on keys.oid = con.oid
left join referenced on referenced.oid = con.oid
left join set_on_delete on set_on_delete.oid = con.oid
left join pg_catalog.pg_class r on r.oid = con.confrelid
left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
left join pg_catalog.pg_index x on x.indexrelid = con.conindid and con.contype in ('p', 'u', 'x')
left join included on included.indexrelid = x.indexrelid
left join pg_catalog.pg_class xc on xc.oid = x.indexrelid
left join parameters on parameters.oid = con.oid
cross join lateral replace(written.text, coalesce(parameters.written, ''), coalesce(parameters.sorted, '')) def (text)
left join pg_catalog.pg_tablespace ts on ts.oid = xc.reltablespace
left join of_unproven unproven on unproven.oid = con.oid
left join switched_off on switched_off.tgconstraint = con.oid
left join constraints parent on parent.oid = con.conparentid
left join statistics on statistics.attrelid = x.indexrelid
left join pg_catalog.pg_description cd
    on cd.classoid = 'pg_catalog.pg_class'::regclass and cd.objoid = x.indexrelid and cd.objsubid = 0
