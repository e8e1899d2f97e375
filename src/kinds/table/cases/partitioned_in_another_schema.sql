-- a partitioned table is made elsewhere, and its partitions, which stay where they are, anew: they are in it before its check is
-- old
create schema s;
create schema t;
create table s.p (a int not null, b int, constraint b_positive check (b > 0)) partition by range (a);
create table s.p1 partition of s.p for values from (1) to (2) partition by list (b);
create table s.p1a partition of s.p1 default;
create index on s.p (b);
alter table s.p add primary key (a, b);
-- new
create schema s;
create schema t;
create table t.p (a int not null, b int, constraint b_positive check (b > 0)) partition by range (a);
create table s.p1 partition of t.p for values from (1) to (2) partition by list (b);
create table s.p1a partition of s.p1 default;
create index on t.p (b);
alter table t.p add primary key (a, b);
