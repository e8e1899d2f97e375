-- a new owner gets what the old one had, and whoever was granted it already
-- old
create schema s authorization alice;
grant usage on schema s to bob;
create type s.e as enum ();
alter type s.e owner to alice;
revoke usage on type s.e from alice;
-- new
create schema s authorization bob;
grant usage on schema s to alice;
create type s.e as enum ();
alter type s.e owner to bob;
