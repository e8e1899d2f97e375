-- a new label, another owner and other rights
-- old
create schema s;
create type s.e as enum ('a');
grant usage on type s.e to bob;
revoke usage on type s.e from public;
-- new
create schema s;
create type s.e as enum ('a', 'b');
alter type s.e owner to carol;
grant usage on type s.e to bob with grant option;
