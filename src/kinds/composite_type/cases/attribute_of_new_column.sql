-- a column of the type is new, of which an attribute changes
-- old
create schema s;
create type s.c as (street text, city text);
create table s.t (a int);
-- new
create schema s;
create type s.c as (street varchar(80), city text);
create table s.t (a int, home s.c);
