-- from 17
-- old
create table p (id int generated always as identity, k int, n text, primary key (id, k, n)) partition by list (k);
create table p1 partition of p for values in (1);
-- new
create table p (id int generated always as identity, k int, n text, primary key (id, k, n)) partition by list (k);
create table p1 partition of p for values in (1);
create table p2 partition of p for values in (2) partition by list (n);
create table p21 partition of p2 default;
create table p22 partition of p2 for values in ('a');
create index on p (n);
