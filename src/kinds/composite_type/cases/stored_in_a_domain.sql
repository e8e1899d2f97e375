-- A table that holds a domain over the type holds the type as well.
-- old
create schema app;
create type app.point as (x int, y int);
create domain app.place as app.point check ((value).x > 0);
create table app.visits (id int, place app.place, places app.place[]);
create view app.xs as select id, (place).x from app.visits;
-- new
create schema app;
create type app.point as (x float8, y int, label text);
create domain app.place as app.point check ((value).x > 0 and (value).label <> '');
create table app.visits (id int, place app.place, places app.place[]);
create view app.xs as select id, (place).x, (place).label from app.visits;
