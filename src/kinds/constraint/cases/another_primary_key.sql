-- a table has one primary key: the old one goes before another, by another name, is there
-- old
create schema s;
create table s.p (a int, b int, constraint one primary key (a)) partition by range (a);
create table s.t (a int, b int not null, constraint two primary key (a));
create table s.u (a int, b int, c tsrange, constraint three primary key (a));
-- new
create schema s;
create table s.p (a int, b int, constraint eins primary key (a)) partition by range (a);
create table s.t (a int not null, b int, constraint drei primary key (b, a));
create table s.u (a int, b int, c tsrange, constraint vier primary key (b));
