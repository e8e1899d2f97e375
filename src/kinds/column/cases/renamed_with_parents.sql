-- What a child has beside it makes no other rename of it.
-- old
create table p (f2 int);
create table c () inherits (p);
create table g () inherits (c);
-- new
create table p2 (id2 int, height int);
create table p (id int);
create table c (age int) inherits (p, p2);
create table g () inherits (c);
