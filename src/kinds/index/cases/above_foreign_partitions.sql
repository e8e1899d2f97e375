-- A foreign partition has no index, which keeps that of the partitioned table from becoming valid.
-- old
create foreign data wrapper w;
create server s foreign data wrapper w;
create table p (a int, b int) partition by list (a);
create table p1 partition of p for values in (1) partition by list (b);
create table p11 partition of p1 for values in (1);
create foreign table p12 partition of p1 for values in (2) server s;
create table q (a int) partition by list (a);
create table q1 partition of q for values in (1);
create index q_idx on q (a);
create foreign table q2 partition of q for values in (2) server s;
-- new
create foreign data wrapper w;
create server s foreign data wrapper w;
create table p (a int, b int) partition by list (a);
create table p1 partition of p for values in (1) partition by list (b);
create table p11 partition of p1 for values in (1);
create foreign table p12 partition of p1 for values in (2) server s;
create index p_idx on p (a);
create table q (a int) partition by list (a);
create table q1 partition of q for values in (1);
create index q_idx on q (a);
