-- What goes has the name, until then, that something else is renamed to.
-- old
create schema app;
create table app.orders_data (id int primary key, note text);
create view app.orders as select id from app.orders_data;
create view app.notes as select 1 as a;
create materialized view app.cached as select 1 as a;
-- new
create schema app;
create table app.orders (id int primary key, note text);
create materialized view app.notes as select 1 as a;
create table app.cached (a int);
