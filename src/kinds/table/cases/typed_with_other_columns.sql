-- Tables that become or stop being typed while their columns change.
-- old
create type kind as (a int, b text);
create table t of kind (primary key (a));
create table u (a int, b varchar(5), gone int);
create view v as select a, b from t;
create index on u (b);
-- new
create type kind as (a int, b text);
create table t (a bigint primary key, b varchar(5) not null, c date default current_date);
create table u of kind;
create view v as select a, b from t;
create index on u (b);
