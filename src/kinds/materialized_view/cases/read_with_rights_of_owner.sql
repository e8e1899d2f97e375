-- old
create table t (a int, b text);
create view v as select a from t;
alter view v owner to alice;
create materialized view m as select * from v with no data;
-- new
create table t (a int, b text, c int);
grant select (a, c) on t to alice;
create view v as select a, c from t;
alter view v owner to alice;
create materialized view m as select * from v;
