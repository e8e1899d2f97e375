-- old
create schema s;
create type s."E 1" as enum ('a', 'b', 'c');
alter type s."E 1" owner to alice;
comment on type s."E 1" is 'kept';
grant usage on type s."E 1" to bob;
create table s.t (id int primary key, e s."E 1" not null default 'a', es s."E 1"[] default '{a,b}', other text);
insert into s.t values (1, 'a', '{a}', 'x'), (2, 'b', null, 'y');
create index on s.t (e);
create index partial on s.t (id) where e = 'a';
alter table s.t add constraint c check (e <> 'b' or id > 1);
create view s.v as select e, other from s.t where e = 'a';
create view s.w as select e from s.v;
-- new
create schema s;
create type s."E 1" as enum ('b', 'a');
alter type s."E 1" owner to alice;
comment on type s."E 1" is 'kept';
grant usage on type s."E 1" to bob;
create table s.t (id int primary key, e s."E 1" not null default 'a', es s."E 1"[] default '{a,b}', other text);
create index on s.t (e);
create index partial on s.t (id) where e = 'a';
alter table s.t add constraint c check (e <> 'b' or id > 1);
create view s.v as select e, other from s.t where e = 'a';
create view s.w as select e from s.v;
