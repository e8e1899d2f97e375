-- old
create type e as enum ('a', 'b');
create table t (e e default 'a');
create view v as select * from t where e = 'a';
create table u (e e);
-- new
create type e as enum ('a', 'c', 'b');
create table t (e e default 'c');
create view v as select * from t where e = 'c';
