-- functions, procedures and aggregates: everyone may call them from the start
-- old
create schema s;
create function s.f(a int, b text) returns int language sql as 'select 1';
create function s."g ""g"() returns int language sql as 'select 1';
revoke execute on function s."g ""g"() from public;
create procedure s.p(a int) language sql as 'select 1';
grant execute on procedure s.p(int) to alice;
-- new
create schema s;
create function s.f(a int, b text) returns int language sql as 'select 1';
revoke all on function s.f(int, text) from public, postgres;
grant execute on function s.f(int, text) to bob with grant option;
create function s."g ""g"() returns int language sql as 'select 1';
create procedure s.p(a int) language sql as 'select 1';
revoke execute on procedure s.p(int) from public;
create function s.made() returns int language sql as 'select 1';
revoke execute on function s.made() from public;
grant execute on function s.made() to carol;
create procedure s.made_too() language sql as 'select 1';
revoke execute on procedure s.made_too() from public;
