-- old
create schema s1;
create schema s2;
create type s1.r as range (subtype = float8, multirange_type_name = s1.m);
create table t (a s1.r, b s1.m);
create view v as select lower(a) from t;
-- new
create schema s1;
create schema s2;
create type s1.r as range (subtype = float8, multirange_type_name = s2.m);
create table t (a s1.r, b s2.m);
create view v as select lower(a) from t;
