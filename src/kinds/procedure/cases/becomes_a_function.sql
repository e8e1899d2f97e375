-- old
create procedure f(inout x integer) language plpgsql as 'begin x := 1; end';
create function g(a text) returns text language sql as 'select a';
create view v as select g('x'::text) as g;
-- new
create function f(inout x integer) language plpgsql as 'begin x := 1; end';
create function g(a text, b integer default 1) returns text language sql as 'select a';
create view v as select g('x'::text) as g;
