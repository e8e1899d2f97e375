-- what the server can't look at: values of the domain in arrays, composites and another domain's arrays
-- old
create schema s;
create domain s.d as int;
create domain s.e as s.d;
create type s.c as (a s.d, b text);
create type s.c2 as (x s.c[]);
create table s.t (i int, a s.d, b s.d[], c s.c default row (1, 'x')::s.c, c2 s.c2, e s.e[]);
create table s.gone (b s.d[]);
create view s.v as select (c).a, b from s.t;
create index on s.t (b);
-- new
create schema s;
create domain s.d as int not null check (value > 0);
create domain s.e as s.d;
create type s.c as (a s.d, b text);
create type s.c2 as (x s.c[]);
create type s.c3 as (x s.d);
create table s.t (i int, a s.d, b s.d[], c s.c default row (1, 'x')::s.c, c2 s.c2, e s.e[], c3 s.c3);
create view s.v as select (c).a, b from s.t;
create index on s.t (b);
