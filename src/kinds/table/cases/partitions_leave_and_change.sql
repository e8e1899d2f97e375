-- partitions that leave, or come back with another bound, while columns, checks and indexes change
-- old
create schema s;
create table s.k (id int not null, v text, q int, primary key (id), constraint pos check (q > 0)) partition by hash (id);
create table s.k0 partition of s.k for values with (modulus 2, remainder 0);
create table s.k1 partition of s.k for values with (modulus 2, remainder 1);
create index on s.k (v);
create table s.ref (id int references s.k);
create table s.l (a int, b text) partition by list (a);
create table s.l1 partition of s.l for values in (1);
create table s.l_rest partition of s.l default;
create index on s.l (b);
create type s.e as enum ('a', 'b');
create table s.m (e s.e, g int check (g >= 0)) partition by range (g);
create table s.m1 partition of s.m for values from (0) to (10);
create table s.m2 partition of s.m for values from (10) to (20);
create table s.p (a int, b text, check (a > 0));
create table s.c1 (x int) inherits (s.p);
-- new
create schema s;
create table s.k (id int not null, v varchar(40), w int, primary key (id), constraint pos check (w >= 0)) partition by hash (id);
create table s.k0 partition of s.k for values with (modulus 4, remainder 0);
create table s.k1 partition of s.k for values with (modulus 4, remainder 1);
create table s.k2 partition of s.k for values with (modulus 4, remainder 2);
create index k_w on s.k (v, w);
create table s.ref (id int references s.k);
create table s.l (a int, b text, c int) partition by list (a);
create table s.l1 partition of s.l for values in (1, 2);
create table s.l_rest (a int, b text, c int);
create index other on s.l using hash (b);
create type s.e as enum ('a');
create table s.m (e s.e, g int check (g > 0), w int) partition by range (g);
create table s.m1 partition of s.m for values from (0) to (15);
create table s.m2 (e s.e, g int check (g >= 0));
alter table s.m enable row level security;
create table s.p (a bigint, c date);
create table s.c1 (a int, b text, x int, check (a > 0));
create table s.c2 () inherits (s.p);
