-- a key is looked at while the table that it refers to could be given no row
-- old
create schema s;
create table s.t (a int primary key check (a > 5));
create table s.u (a int references s.t);
-- new
create schema s;
create table s.t (a bigint primary key check (a > 5));
create table s.u (a int references s.t);
