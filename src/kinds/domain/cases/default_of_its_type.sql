-- A default calls a function that returns the domain, which is made anew.
-- old
create schema app;
create domain app.uid as int;
create function app.next_uid() returns app.uid language sql as 'select 1::app.uid';
create table app.users (id app.uid default app.next_uid(), old app.uid default 5, name text);
-- new
create schema app;
create domain app.uid as bigint check (value > 0);
create function app.next_uid() returns app.uid language sql as 'select 1::app.uid';
create table app.users (id app.uid default app.next_uid(), old app.uid default 5, name text);
