-- from 18
-- old
alter default privileges for role alice grant select on large objects to bob;
-- new
alter default privileges for role alice grant select, update on large objects to bob with grant option;
alter default privileges for role bob grant select on large objects to public;
