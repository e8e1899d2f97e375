-- The relations that a session ($1) has locked or waits for, and whether it waits.
select l.relation, l.mode, coalesce(a.wait_event_type = 'Lock', false)
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.pid = $1 and l.locktype = 'relation'
