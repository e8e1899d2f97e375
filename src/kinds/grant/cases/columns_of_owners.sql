-- of a column, an owner has nothing of its own unless it is granted
-- old
create schema s;
create table s.a (x int, y int);
alter table s.a owner to bob;
grant select (x), update (x) on s.a to bob;
create table s.b (x int);
grant select (x) on s.b to alice;
grant update (x) on s.b to postgres;
create table s.c (x int);
alter table s.c owner to bob;
grant select (x) on s.c to bob with grant option;
-- new
create schema s;
create table s.a (x int, y int);
alter table s.a owner to bob;
grant select (y) on s.a to bob;
create table s.b (x int);
alter table s.b owner to alice;
create table s.c (x int);
alter table s.c owner to alice;
grant select (x) on s.c to alice;
