-- old
create table r (k int primary key) partition by list (k);
create table r1 partition of r for values in (1);
create table r2 partition of r for values in (2) partition by hash (k);
create table r2_0 partition of r2 for values with (modulus 1, remainder 0);
create table ref (k int references r);
-- new
create table r (k int primary key) partition by list (k);
create table r1 partition of r for values in (1);
create table ref (k int references r);
