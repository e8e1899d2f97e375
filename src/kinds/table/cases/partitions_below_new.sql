-- a new partition is itself partitioned, with a key, an index, a trigger and a check that all come down to what is below it
-- old
create schema s;
create function s.touch() returns trigger language plpgsql as 'begin return new; end';
create table s.p (a int not null, b int not null, constraint b_positive check (b > 0)) partition by range (a);
create table s.p1 partition of s.p for values from (1) to (2);
alter table s.p add primary key (a, b);
create index on s.p (b);
create trigger touch before insert on s.p for each row execute function s.touch();
-- new
create schema s;
create function s.touch() returns trigger language plpgsql as 'begin return new; end';
create table s.p (a int not null, b int not null, constraint b_positive check (b > 0)) partition by range (a);
create table s.p1 partition of s.p for values from (1) to (2);
alter table s.p add primary key (a, b);
create index on s.p (b);
create trigger touch before insert on s.p for each row execute function s.touch();
create table s.p2 partition of s.p for values from (2) to (3) partition by list (b);
create table s.p2a partition of s.p2 for values in (1) partition by hash (b);
create table s.p2aa partition of s.p2a for values with (modulus 1, remainder 0);
create table s.p2b partition of s.p2 default;
