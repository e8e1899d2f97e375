-- The sequences that belong to columns have the table's owner.
-- old
create table t (id serial, n integer);
create table u (id integer);
alter table u owner to alice;
-- new
create table t (id serial, n integer);
alter table t owner to alice;
create table u (id integer, more serial);
alter table u owner to alice;
