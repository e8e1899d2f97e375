-- A domain has its checks before a composite type, or the type of a table's rows, has it.
-- old
create table other (a integer);
-- new
create table other (a integer);
create domain d as text check (value <> '');
create table t (a d);
create table u (t t, ts t[]);
