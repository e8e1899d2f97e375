-- everything that a subscription is made with, without ever connecting
-- old
create subscription s connection 'host=nowhere dbname=a password=(hidden)' publication p, "q ""r" with (connect = false, slot_name = 'slot_a');
create subscription "t ""u" connection 'dbname=b' publication p with (connect = false, slot_name = none, binary = true, streaming = true, disable_on_error = true, synchronous_commit = 'local');
create subscription two connection 'dbname=b' publication p with (connect = false, slot_name = none, two_phase = true);
create subscription gone connection 'postgresql://u:(hidden)@h/db' publication p with (connect = false);
comment on subscription s is 'one';
-- new
create subscription s connection 'host=nowhere dbname=b' publication "q ""r", z with (connect = false);
create subscription "t ""u" connection 'dbname=b' publication p with (connect = false, slot_name = none);
create subscription two connection 'dbname=b' publication p with (connect = false, slot_name = none);
create subscription made connection 'dbname=c password=(hidden)' publication p with (connect = false, slot_name = 'other', binary = true, streaming = true, two_phase = true, disable_on_error = true, synchronous_commit = 'on');
comment on subscription s is 'two';
alter subscription s owner to root;
comment on subscription made is 'm';
alter subscription made owner to root;
