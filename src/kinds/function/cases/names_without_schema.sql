-- A body finds what it names without a schema, wherever it is called: by an index, a check, a generated column, a view's rows.
-- old
create schema app;
create table app.t (n text);
create function public.norm(x text) returns text language plpgsql immutable as 'begin return trim(lower(x)); end';
create function app.f(x text) returns text language sql immutable as 'select norm(x)';
create function app.count() returns bigint language plpgsql stable as 'begin return (select count(*) from t); end';
create table app.kept (n text, check (app.f(n) <> ''));
-- new
create schema app;
create table app.t (n text);
create function public.norm(x text) returns text language plpgsql immutable as 'begin return trim(lower(x)); end';
create function app.f(x text) returns text language sql immutable as 'select norm(x)';
create function app.count() returns bigint language plpgsql stable as 'begin return (select count(*) from t); end';
create table app.kept (n text, check (app.f(n) <> ''));
create index on app.t (app.f(n));
alter table app.t add g text generated always as (app.f(n)) stored;
create index on app.kept (app.f(n)) where app.f(n) > 'a';
set search_path = app, public;
create materialized view public.m as select app.count() as c;
