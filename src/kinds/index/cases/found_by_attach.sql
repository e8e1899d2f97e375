-- The server attaches the first index that fits, and a key fits a plain index too.
-- old
create table r (k bigint not null) partition by hash (k);
create table r0 partition of r for values with (modulus 8, remainder 0);
create unique index on r (k);
alter table r add primary key (k);
-- new
create table r (k bigint not null) partition by hash (k);
create table r0 partition of r for values with (modulus 8, remainder 0);
create table r2 partition of r for values with (modulus 8, remainder 2) partition by hash (k);
create table r20 partition of r2 for values with (modulus 1, remainder 0);
create unique index on r (k);
alter table r add primary key (k);
