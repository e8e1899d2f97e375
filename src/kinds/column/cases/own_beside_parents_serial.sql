-- A child's column of its own goes on to take its values from the sequence of the parent's column, which goes.
-- old
create table p (id serial primary key, name text);
create table c (id int primary key) inherits (p);
create table gone (b text, f2 text) inherits (p);
-- new
create table p (name text, f2 int);
create table c (id int primary key) inherits (p);
