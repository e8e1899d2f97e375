-- what is made under default privileges has the rights that it shall have, and not theirs
-- old
create schema s;
alter default privileges grant usage on types to bob with grant option;
alter default privileges in schema s revoke usage on types from public;
alter default privileges grant create on schemas to carol;
alter default privileges revoke usage on schemas from postgres;
alter default privileges grant select on tables to public;
create foreign data wrapper w;
create server v foreign data wrapper w;
-- new
create schema s;
create type s.plain as enum ();
create type s.other as enum ();
grant usage on type s.other to bob;
create schema t;
create schema u authorization carol;
create foreign data wrapper w;
create server v foreign data wrapper w;
create foreign table s.t (a int) server v;
alter default privileges grant usage on types to bob with grant option;
alter default privileges grant create on schemas to carol;
alter default privileges revoke usage on schemas from postgres;
alter default privileges grant select on tables to public;
