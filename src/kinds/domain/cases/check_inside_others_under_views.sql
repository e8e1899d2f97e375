-- old
create domain d as int constraint c check (value > 0);
create table t (a d[]);
create view v as select * from t;
-- new
create domain d as int constraint c check (value > 1);
create table t (a d[]);
create view v as select * from t;
