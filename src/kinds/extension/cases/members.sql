-- rights on an extension's members, and a user's own type in an extension's schema
-- old
create schema a;
create extension hstore schema a;
grant usage on type a.hstore to alice;
create extension citext schema a;
-- new
create schema a;
create extension hstore schema a;
revoke execute on function a.hstore(text, text) from public;
grant execute on function a.hstore(text, text) to bob with grant option;
create extension citext schema a;
create extension pg_trgm schema a;
grant execute on function a.show_trgm(text) to carol;
