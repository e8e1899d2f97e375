-- old
create schema s;
create type s.e as enum ('b', 'd');
create type s.empty as enum ();
create table s.t (e s.e default 'b', es s.e[]);
create view s.v as select e from s.t where e = 'd';
-- new
create schema s;
create type s.e as enum ('a', 'a2', 'b', 'c', 'c2', 'd', 'e''s', 'f');
create type s.empty as enum ('x', 'y');
create table s.t (e s.e default 'b', es s.e[]);
create view s.v as select e from s.t where e = 'd';
