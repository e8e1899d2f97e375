-- columns come to a table that has children with rows: one that counts, and one that may not be null
-- old
create schema s;
create table s.t (a int);
create table s.c (b int) inherits (s.t);
create table s.g () inherits (s.c);
-- new
create schema s;
create table s.t (a int, id bigint generated always as identity (start 10), n int not null);
create table s.c (b int) inherits (s.t);
create table s.g () inherits (s.c);
