-- default privileges of roles, everywhere and in a schema; made, changed, taken back
-- old
create schema s;
create schema "t ""t";
alter default privileges for role alice grant select on tables to bob;
alter default privileges for role alice in schema s grant insert, update on tables to bob with grant option;
alter default privileges for role bob revoke execute on functions from public;
alter default privileges for role bob revoke all on types from public, bob;
alter default privileges for role carol grant usage on schemas to public;
alter default privileges for role carol in schema "t ""t" grant usage on sequences to alice;
-- new
create schema s;
create schema "t ""t";
alter default privileges for role root grant select on tables to bob with grant option;
alter default privileges for role alice grant select, delete on tables to bob with grant option;
alter default privileges for role alice in schema s grant update on tables to bob, public;
alter default privileges for role alice in schema s grant insert on tables to bob;
alter default privileges for role bob revoke execute on functions from bob;
alter default privileges for role bob revoke all on types from public;
alter default privileges for role carol in schema "t ""t" grant usage on sequences to alice with grant option;
alter default privileges for role carol in schema "t ""t" grant execute on functions to alice;
alter default privileges for role postgres in schema s grant select on tables to public;
alter default privileges for role bob revoke insert on tables from bob;
