-- old
create schema s;
create type s.e as enum ('a', 'b', 'c');
create type s.e_old as enum ();
create table s.p (id int, e s.e default 'b') partition by range (id);
create table s.p1 partition of s.p for values from (0) to (10);
create table s.p2 (id int, e s.e default 'a');
alter table s.p attach partition s.p2 for values from (10) to (20);
-- new
create schema s;
create type s.e as enum ('a', 'b');
create type s.e_old as enum ();
create table s.p (id int, e s.e default 'b') partition by range (id);
create table s.p1 partition of s.p for values from (0) to (10);
create table s.p2 (id int, e s.e default 'a');
alter table s.p attach partition s.p2 for values from (10) to (20);
