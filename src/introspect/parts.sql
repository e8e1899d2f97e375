-- What the server keeps as an object of its own and a kind reads as part of another: a default, a view's rule, the index
-- behind a constraint, an extension's member. Which object, by catalog and OID, and what it is part of, by catalog, OID and
-- column number.
select 'pg_catalog.pg_attrdef'::regclass::oid as class, v.oid, 'pg_catalog.pg_class'::regclass::oid as whole_class,
    v.adrelid as whole, v.adnum::integer as whole_sub
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
left join pg_catalog.pg_class c
    on c.oid = d.objid and d.classid = 'pg_catalog.pg_class'::regclass and c.relkind = 'S'
where d.deptype = 'i' and d.objid >= 16384
    and (c.oid is not null and d.refclassid = 'pg_catalog.pg_class'::regclass
        or d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_type'::regclass)
union all
select d.classid, d.objid, d.refclassid, d.refobjid, 0
from pg_catalog.pg_depend d
where d.deptype = 'e' and d.refclassid = 'pg_catalog.pg_extension'::regclass
