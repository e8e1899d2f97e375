-- functions that are inlined or run while something is made with them call others, which only their text says
-- old
create schema s;
-- new
create schema s;
create function s.z_norm(t text) returns text language sql immutable as 'select lower(t)';
create function s.slug(t text) returns text language sql immutable as $$ select s.z_norm(t) || '-' $$;
create function s."All" () returns bigint language plpgsql stable as $$ begin return (select count(*) from s.zz_table); end $$;
create table s.a (name text, slug text generated always as (s.slug(name)) stored, check (s.slug(name) <> ''));
create index on s.a (s.slug(name));
create table s.zz_table (a int);
create function s.again(n int) returns int language plpgsql immutable as $$ begin return s.again2(n - 1); end $$;
create function s.again2(n int) returns int language plpgsql immutable as $$ begin return s.again(n - 1); end $$;
create materialized view s.m as select s."All"() as n, s.slug('X') as slug;
create index on s.m (s.slug(slug));
create table s.own (a int default s."All"(), b text);
create function s.of_own() returns text language sql stable as 'select max(b) from s.own';
alter table s.own alter b set default s.of_own();
