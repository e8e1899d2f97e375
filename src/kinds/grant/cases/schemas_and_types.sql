-- rights on schemas and types, what everyone has from the start, and grant options
-- old
create schema s;
create schema "t ""t" authorization alice;
grant usage on schema s to alice, bob with grant option;
grant create on schema "t ""t" to public;
create type s.e as enum ('a');
create type s."k ""k" as enum ();
revoke usage on type s.e from public;
grant usage on type s."k ""k" to carol;
-- new
create schema s;
create schema "t ""t" authorization bob;
grant usage, create on schema s to bob;
grant usage on schema s to carol with grant option;
revoke create on schema "t ""t" from bob;
create type s.e as enum ('a');
grant usage on type s.e to alice with grant option;
create type s."k ""k" as enum ();
revoke all on type s."k ""k" from public, postgres;
create type s.made as enum ();
revoke all on type s.made from public;
grant usage on type s.made to bob;
create schema made authorization carol;
revoke all on schema made from carol;
grant usage on schema made to public;
