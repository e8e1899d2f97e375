-- the server's own functions and languages
-- old
create schema s;
revoke execute on function pg_catalog.pg_sleep(double precision) from public;
grant execute on function pg_catalog.pg_ls_waldir() to alice;
revoke usage on language plpgsql from public;
-- new
create schema s;
grant execute on function pg_catalog.pg_sleep(double precision) to bob with grant option;
grant execute on function pg_catalog.pg_ls_waldir() to alice with grant option;
grant usage on language sql to carol;
grant select on pg_catalog.pg_authid to alice;
grant select (rolname) on pg_catalog.pg_authid to bob;
