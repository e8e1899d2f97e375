-- a child leaves its parent, and what it had from there goes with that: a column and a check
-- old
create schema s;
create table s.p (id int, tag text, constraint tagged check (tag <> ''));
create table s.c (extra int) inherits (s.p);
create table s.own (id int, tag text, constraint tagged check (tag <> '')) inherits (s.p);
-- new
create schema s;
create table s.p (id int, tag text, constraint tagged check (tag <> ''));
create table s.c (id int, extra int);
create table s.own (id int);
