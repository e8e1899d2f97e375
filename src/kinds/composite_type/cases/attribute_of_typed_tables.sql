-- an attribute goes, and takes the columns of typed tables along
-- old
create schema s;
create type s.c as (a text, b int);
create table s.t of s.c (primary key (b));
-- new
create schema s;
create type s.c as (b int);
create table s.t of s.c (primary key (b));
