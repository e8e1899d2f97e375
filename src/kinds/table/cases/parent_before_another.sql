-- A child gets a parent in front of the one that it has, whose own parent's check is made anew.
-- old
create schema app;
create table app.base (id int, note text);
create table app.left_side (a int) inherits (app.base);
create table app.both_sides (c int) inherits (app.left_side);
alter table app.base add check (id > 1);
-- new
create schema app;
create table app.base (id int, note text);
create table app.left_side (a int) inherits (app.base);
create table app.right_side (b int) inherits (app.base);
create table app.both_sides (c int) inherits (app.right_side, app.left_side);
alter table app.base add check (id > 0);
