-- from 17
-- old
create subscription s connection 'dbname=a' publication p with (connect = false, slot_name = none, failover = true);
-- new
create subscription s connection 'dbname=a' publication p with (connect = false, slot_name = none);
create subscription t connection 'dbname=a' publication p with (connect = false, slot_name = none, failover = true);
