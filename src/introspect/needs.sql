-- Which object needs which other one to be there first, by catalog, OID and column number, as the server has it: parts of
-- others are in `parts.sql`. That a thing needs what it is in goes without saying.
select d.classid as class, d.objid as oid, d.objsubid as sub,
    d.refclassid as needed_class, d.refobjid as needed, d.refobjsubid as needed_sub
from pg_catalog.pg_depend d
where d.deptype in ('n', 'a', 'P') and d.objid >= 16384
    and (d.refclassid <> 'pg_catalog.pg_namespace'::regclass
        or d.classid in ('pg_catalog.pg_extension'::regclass, 'pg_catalog.pg_publication_namespace'::regclass))
    -- A default on its own column.
    and not (d.classid = 'pg_catalog.pg_attrdef'::regclass and d.deptype = 'a')
    -- A sequence on the column that owns it.
    and not (d.deptype = 'a' and d.refobjsubid > 0 and d.refclassid = 'pg_catalog.pg_class'::regclass
        and d.classid = 'pg_catalog.pg_class'::regclass
        and d.objid in (select s.seqrelid from pg_catalog.pg_sequence s))
union all
-- A key that refers to a partitioned table on that one's keys in all partitions: its index is valid with theirs alone.
select
    'pg_catalog.pg_constraint'::regclass::oid, con.oid, 0, 'pg_catalog.pg_constraint'::regclass::oid, k.oid, 0
from pg_catalog.pg_constraint con
join pg_catalog.pg_class i on i.oid = con.conindid and i.relkind = 'I'
cross join lateral pg_partition_tree(i.oid) tree
join pg_catalog.pg_constraint k on k.conindid = tree.relid and k.contype in ('p', 'u')
where con.contype = 'f' and con.conparentid = 0
union all
-- An inherited column on its parent's.
select
    'pg_catalog.pg_class'::regclass::oid, a.attrelid, a.attnum, 'pg_catalog.pg_class'::regclass::oid, p.attrelid, p.attnum
from pg_catalog.pg_inherits i
join pg_catalog.pg_attribute p on p.attrelid = i.inhparent and p.attnum > 0 and not p.attisdropped
join pg_catalog.pg_attribute a on a.attrelid = i.inhrelid and a.attname = p.attname and a.attinhcount > 0
join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
