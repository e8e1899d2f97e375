-- rights that a grantee handed on: who granted is part of it, and what goes goes in order
-- old
create schema s;
grant all on schema s to alice with grant option;
set role alice;
grant usage on schema s to bob with grant option;
set role bob;
grant usage on schema s to carol;
reset role;
grant usage on schema s to carol;
-- new
create schema s;
grant all on schema s to alice with grant option;
set role alice;
grant create on schema s to bob;
grant usage on schema s to carol;
grant usage on schema s to public;
reset role;
grant usage on schema s to bob with grant option;
