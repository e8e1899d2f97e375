-- Every column with it is in a table that is made anew; a function and a domain have new labels in their defaults.
-- old
create type pr as enum ('low', 'mid', 'high');
create domain prd as pr default 'mid' check (value <> 'low');
create table t (id int, p pr not null, ps pr[]) partition by list (p);
create table t_low partition of t for values in ('low');
create function f(a pr default 'mid', b pr[] default '{mid}') returns pr language sql immutable as 'select a';
-- new
create type pr as enum ('high', 'low', 'urgent');
create domain prd as pr default 'urgent' check (value <> 'low');
create table t (id int, p pr not null, ps pr[]) partition by list (p);
create table t_low partition of t for values in ('low');
create function f(a pr default 'urgent', b pr[] default '{urgent}') returns pr language sql immutable as 'select a';
