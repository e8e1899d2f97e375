-- a type changes under defaults of children, which have no cast to the new one
-- old
create schema s;
create table s.t (a numeric default 5, b int default 1);
create table s.c () inherits (s.t);
alter table s.c alter b set default 7;
-- new
create schema s;
create table s.t (a numeric[], b text default 'x');
create table s.c () inherits (s.t);
alter table s.c alter b set default '7';
