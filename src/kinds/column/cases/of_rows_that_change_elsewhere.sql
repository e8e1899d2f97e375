-- Another table holds rows of the one whose columns get other types.
-- old
create schema app;
create table app.line (sku text, qty int);
create table app.invoice (id int primary key, lines app.line[], first app.line default row ('x', 1)::app.line);
create function app.total(app.line[]) returns bigint language sql immutable as 'select sum(qty) from unnest($1)';
create view app.v as select id, app.total(lines), (first).sku from app.invoice;
create index on app.invoice (((first).qty));
alter table app.invoice add check (app.total(lines) > 0);
-- new
create schema app;
create table app.line (sku varchar(20), qty numeric);
create table app.invoice (id int primary key, lines app.line[], first app.line default row ('x', 1)::app.line);
create function app.total(app.line[]) returns numeric language sql immutable as 'select sum(qty) from unnest($1)';
create view app.v as select id, app.total(lines), (first).sku from app.invoice;
create index on app.invoice (((first).qty));
alter table app.invoice add check (app.total(lines) > 0);
