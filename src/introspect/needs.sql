-- Which object needs which other one to be there first, by catalog, OID and column number. What the server keeps as an
-- object of its own and a kind reads as part of another (a default, a view's rule, the index behind a constraint, an
-- extension's member) stands here for what it is part of. That a thing needs what it is in goes without saying.
with parts (class, oid, whole_class, whole, whole_sub) as materialized (
    select 'pg_catalog.pg_attrdef'::regclass, v.oid, 'pg_catalog.pg_class'::regclass, v.adrelid, v.adnum::integer
    from pg_catalog.pg_attrdef v
    union all
    select 'pg_catalog.pg_rewrite'::regclass, w.oid, 'pg_catalog.pg_class'::regclass, w.ev_class, 0
    from pg_catalog.pg_rewrite w
    where w.rulename = '_RETURN' and w.ev_type = '1'
    union all
    select 'pg_catalog.pg_type'::regclass, t.oid, 'pg_catalog.pg_class'::regclass, t.typrelid, 0
    from pg_catalog.pg_type t
    where t.typrelid <> 0 and t.oid >= 16384
    union all
    select
        'pg_catalog.pg_type'::regclass, t.typarray,
        case when t.typrelid <> 0 then 'pg_catalog.pg_class'::regclass else 'pg_catalog.pg_type'::regclass end,
        case when t.typrelid <> 0 then t.typrelid else t.oid end, 0
    from pg_catalog.pg_type t
    where t.typarray >= 16384
    union all
    select 'pg_catalog.pg_type'::regclass, r.rngmultitypid, 'pg_catalog.pg_type'::regclass, r.rngtypid, 0
    from pg_catalog.pg_range r
    where r.rngtypid >= 16384
    union all
    select 'pg_catalog.pg_class'::regclass, con.conindid, 'pg_catalog.pg_constraint'::regclass, con.oid, 0
    from pg_catalog.pg_constraint con
    where con.contype in ('p', 'u', 'x')
    union all
    select 'pg_catalog.pg_trigger'::regclass, t.oid, 'pg_catalog.pg_constraint'::regclass, t.tgconstraint, 0
    from pg_catalog.pg_trigger t
    where t.tgisinternal and t.tgconstraint <> 0
    union all
    select 'pg_catalog.pg_publication_rel'::regclass, p.oid, 'pg_catalog.pg_publication'::regclass, p.prpubid, 0
    from pg_catalog.pg_publication_rel p
    union all
    select 'pg_catalog.pg_publication_namespace'::regclass, p.oid, 'pg_catalog.pg_publication'::regclass, p.pnpubid, 0
    from pg_catalog.pg_publication_namespace p
    union all
    -- What a class can't do without is the class's, everything else the family's.
    select d.classid, d.objid, d.refclassid, d.refobjid, 0
    from pg_catalog.pg_depend d
    where d.classid in ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass)
        and d.refclassid in ('pg_catalog.pg_opclass'::regclass, 'pg_catalog.pg_opfamily'::regclass)
        and d.objid >= 16384
    union all
    -- The sequence of an identity column, the functions of a range type.
    select d.classid, d.objid, d.refclassid, d.refobjid, d.refobjsubid
    from pg_catalog.pg_depend d
    left join pg_catalog.pg_class c on c.oid = d.objid and d.classid = 'pg_catalog.pg_class'::regclass
    where d.deptype = 'i' and d.objid >= 16384
        and (c.relkind = 'S' and d.refclassid = 'pg_catalog.pg_class'::regclass
            or d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_type'::regclass)
    union all
    select d.classid, d.objid, d.refclassid, d.refobjid, 0
    from pg_catalog.pg_depend d
    where d.deptype = 'e' and d.refclassid = 'pg_catalog.pg_extension'::regclass
)
select distinct
    coalesce(p.whole_class, d.classid)::oid as class,
    coalesce(p.whole, d.objid) as oid,
    coalesce(p.whole_sub, d.objsubid) as sub,
    coalesce(r.whole_class, d.refclassid)::oid as needed_class,
    coalesce(r.whole, d.refobjid) as needed,
    coalesce(r.whole_sub, d.refobjsubid) as needed_sub
from pg_catalog.pg_depend d
left join parts p on p.class = d.classid and p.oid = d.objid
left join parts r on r.class = d.refclassid and r.oid = d.refobjid
where d.deptype in ('n', 'a', 'P') and d.objid >= 16384
    and (d.refclassid <> 'pg_catalog.pg_namespace'::regclass
        or d.classid in ('pg_catalog.pg_extension'::regclass, 'pg_catalog.pg_publication_namespace'::regclass))
    -- A sequence on the column that owns it.
    and not (d.deptype = 'a' and d.refobjsubid > 0 and d.refclassid = 'pg_catalog.pg_class'::regclass
        and d.classid = 'pg_catalog.pg_class'::regclass
        and d.objid in (select s.seqrelid from pg_catalog.pg_sequence s))
union
-- A key that refers to a partitioned table on that one's keys in all partitions: its index is valid with theirs alone.
select
    'pg_catalog.pg_constraint'::regclass::oid, con.oid, 0, 'pg_catalog.pg_constraint'::regclass::oid, k.oid, 0
from pg_catalog.pg_constraint con
join pg_catalog.pg_class i on i.oid = con.conindid and i.relkind = 'I'
cross join lateral pg_partition_tree(i.oid) tree
join pg_catalog.pg_constraint k on k.conindid = tree.relid and k.contype in ('p', 'u')
where con.contype = 'f' and con.conparentid = 0
union
-- An inherited column on its parent's.
select
    'pg_catalog.pg_class'::regclass::oid, a.attrelid, a.attnum, 'pg_catalog.pg_class'::regclass::oid, p.attrelid, p.attnum
from pg_catalog.pg_inherits i
join pg_catalog.pg_attribute p on p.attrelid = i.inhparent and p.attnum > 0 and not p.attisdropped
join pg_catalog.pg_attribute a on a.attrelid = i.inhrelid and a.attname = p.attname and a.attinhcount > 0
join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
