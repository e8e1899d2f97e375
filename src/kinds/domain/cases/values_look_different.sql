-- a domain is of another type: the values of columns look different then, in child tables too, and are there
-- old
create schema s;
create domain s.d as name;
create table s.t (a s.d);
create table s.c (b int) inherits (s.t);
-- new
create schema s;
create domain s.d as bit(4);
create table s.t (a s.d);
create table s.c (b int) inherits (s.t);
