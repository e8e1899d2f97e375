-- a child that is made anew finds the columns of its parents as they shall be
-- old
create schema s;
create table s.a (id int);
create table s.b (x text);
create table s.c (own int) inherits (s.a, s.b);
-- new
create schema s;
create table s.a (id bigint);
create table s.b (x varchar(20), id bigint);
create table s.c (own int, x varchar(20)) inherits (s.a, s.b);
