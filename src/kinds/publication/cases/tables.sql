-- lists of tables with columns and conditions, schemas, everything
-- old
create schema s;
create schema "t ""t";
create table s.a (id int primary key, b text, "C d" int);
create table "t ""t"."x y" (id int primary key);
create publication p for table s.a (id, b);
create publication emptied for table s.a, tables in schema "t ""t";
create publication filled;
create publication "all ""of" for all tables;
comment on publication p is 'one';
alter publication p owner to alice;
-- new
create schema s;
create schema "t ""t";
create table s.a (id int primary key, b text, "C d" int);
create table "t ""t"."x y" (id int primary key);
create publication p for table s.a (id, "C d") where (id > 5), "t ""t"."x y";
create publication emptied;
create publication filled for tables in schema s, "t ""t";
create publication "all ""of" for table s.a where ("C d" is not null);
create publication made for tables in schema s with (publish = 'insert', publish_via_partition_root = true);
create publication everything for all tables;
create publication listed for table only s.a;
alter publication listed owner to bob;
comment on publication listed is 'l';
comment on publication p is 'two';
alter publication p owner to bob;
