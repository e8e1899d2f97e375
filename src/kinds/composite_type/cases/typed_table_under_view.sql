-- A view stands on the columns of a table that follows a type.
-- old
create schema app;
create type app.kind as (a bigint, b text, c date);
create table app.things of app.kind (primary key (a));
create view app.things_now as select * from app.things;
-- new
create schema app;
create type app.kind as (a int, b text);
create table app.things of app.kind (primary key (a));
create view app.things_now as select * from app.things;
