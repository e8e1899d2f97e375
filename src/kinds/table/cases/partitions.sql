-- old
create schema s;
create table s.p (a int not null, b text, c timestamptz) partition by range (a);
create table s.p1 partition of s.p for values from (1) to (10);
create table s.p2 partition of s.p for values from (10) to (20);
create table s.other (a int not null, b text, c timestamptz);
-- new
create schema s;
create table s.p (a int not null, b text, c timestamptz) partition by range (a);
create table s.p1 partition of s.p for values from (1) to (5);
create table s.p2 (a int not null, b text, c timestamptz);
create table s.other partition of s.p for values from (30) to (40);
create table s.rest partition of s.p default;
create table s.sub partition of s.p for values from (50) to (60) partition by list (b);
create table s.sub_x partition of s.sub for values in ('x', null) partition by hash (c);
create table s."sub x 0" partition of s.sub_x for values with (modulus 2, remainder 0);
