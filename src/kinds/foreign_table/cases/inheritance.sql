-- children and partitions
-- old
create foreign data wrapper w;
create server s foreign data wrapper w;
create schema x;
create table x.p (a int, b text);
create table x.q (a int);
create table x.parted (a int, b text) partition by list (a);
create foreign table x.child (a int, b text) server s;
create foreign table x.part partition of x.parted for values in (1) server s;
create foreign table x.part2 partition of x.parted for values in (2) server s;
-- new
create foreign data wrapper w;
create server s foreign data wrapper w;
create schema x;
create table x.p (a int, b text);
create table x.q (a int);
create table x.parted (a int, b text) partition by list (a);
create foreign table x.child (a int, b text) inherits (x.q) server s;
create foreign table x.both () inherits (x.p, x.q) server s;
create foreign table x.part partition of x.parted for values in (3, 4) server s;
create foreign table x.part2 (a int, b text) server s;
create foreign table x.part3 partition of x.parted for values in (5) server s;
