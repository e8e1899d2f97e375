-- what a role has from the start of a relation's row type, and whose it is
-- old
create schema s;
create table s.t (a int);
alter table s.t owner to alice;
revoke usage on type s.t from alice;
create table s.u (a int);
alter table s.u owner to alice;
revoke usage on type s.u from public;
-- new
create schema s;
create table s.t (a int);
alter table s.t owner to bob;
grant usage on type s.t to alice with grant option;
create table s.u (a int);
alter table s.u owner to bob;
create table s.made (a int);
revoke usage on type s.made from postgres, public;
