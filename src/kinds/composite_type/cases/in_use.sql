-- old
create schema s;
create type s.c as (a int, b text);
create table s.t (id int, c s.c, cs s.c[]);
insert into s.t values (1, (1, 'x'), null);
create view s.v as select (c).a from s.t;
-- new
create schema s;
create type s.c as (a int, b text, "new ""one" numeric(3,1));
create table s.t (id int, c s.c, cs s.c[]);
create view s.v as select (c).a from s.t;
