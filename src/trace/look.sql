-- What the transaction at hand has done so far to relations that were there before the file: locks it holds, files of
-- its own they have now, scans it began. $1: their oids. Runs in the traced session itself, so that it sees what is not
-- committed; takes no lock on user relations.
select c.oid, c.relfilenode::bigint, coalesce(s.seq_scan, 0), array_remove(array_agg(l.mode), null)
from unnest($1::oid[]) as known (oid)
join pg_catalog.pg_class c on c.oid = known.oid
left join pg_catalog.pg_stat_xact_all_tables s on s.relid = c.oid
left join pg_catalog.pg_locks l
  on l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.relation = c.oid and l.granted
  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
group by 1, 2, 3
