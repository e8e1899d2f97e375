-- The server writes names for all columns of what is read, those that nothing asks for too.
-- old
create table a (x int, y int);
create table b (x int, z int);
create view v as select j.x from (a cross join b) j (x, y, x2, z);
-- new
create table a (x int, y int);
create table b (x int, z int, y2 int, y int);
create view v as select j.x from (a cross join b) j (x, y, x2, z, y2, y3);
