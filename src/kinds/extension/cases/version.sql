-- a later version and back, another schema, and a new one
-- old
create schema a;
create schema "b ""c";
create extension hstore schema a version '1.4';
create extension citext schema a;
comment on extension hstore is 'one';
-- new
create schema a;
create schema "b ""c";
create extension hstore schema a version '1.5';
create extension citext schema "b ""c";
create extension pg_trgm schema "b ""c";
comment on extension hstore is 'two';
comment on extension pg_trgm is 'ours';
