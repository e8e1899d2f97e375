-- A body finds what it names without a schema where it is called: by a check, by a generated column. (From 17 on the server
-- itself lets indexes and materialised views find nothing so.)
-- old
create schema app;
create table app.t (n text);
create function public.norm(x text) returns text language plpgsql immutable as 'begin return trim(lower(x)); end';
create function app.f(x text) returns text language sql immutable as 'select norm(x)';
create table app.kept (n text, check (app.f(n) <> ''));
-- new
create schema app;
create table app.t (n text);
create function public.norm(x text) returns text language plpgsql immutable as 'begin return trim(lower(x)); end';
create function app.f(x text) returns text language sql immutable as 'select norm(x)';
create table app.kept (n text, m text, check (app.f(n) <> ''), check (app.f(m) <> app.f(n)));
alter table app.t add g text generated always as (app.f(n)) stored;
