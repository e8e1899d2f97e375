-- a column that is not in the primary key any more may be NULL
-- old
create schema s;
create table s.t (a int, b int, primary key (a, b));
-- new
create schema s;
create table s.t (a int, b int, primary key (a));
