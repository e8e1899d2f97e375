-- from 16
-- old
create subscription s connection 'dbname=a' publication p with (connect = false, slot_name = none, streaming = parallel, origin = none, run_as_owner = true, password_required = false);
alter subscription s owner to alice;
-- new
create subscription s connection 'dbname=a' publication p with (connect = false, slot_name = none, streaming = on);
alter subscription s owner to bob;
create subscription t connection 'dbname=a' publication p with (connect = false, slot_name = none, streaming = parallel, origin = none, run_as_owner = true, password_required = false);
alter subscription t owner to carol;
