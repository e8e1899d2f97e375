-- Another table holds rows of the one that gets columns.
-- old
create schema app;
create table app.address (street text);
create table app.person (id int, home app.address, past app.address[]);
-- new
create schema app;
create table app.address (street text, city text default 'x', zip text collate "C" not null default '0');
create table app.person (id int, home app.address, past app.address[]);
