-- old
create language gone handler plpgsql_call_handler;
comment on language gone is 'goes';
create language stays handler plpgsql_call_handler;
alter language stays owner to alice;
create schema s;
create function s.f() returns int language stays as 'begin return 1; end';
create function s.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
-- new
create schema s;
create function s.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create trusted language stays handler s.handler inline plpgsql_inline_handler validator plpgsql_validator;
alter language stays owner to bob;
comment on language stays is 'stays';
create function s.f() returns int language stays as 'begin return 1; end';
create trusted language "L ""x" handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator;
comment on language "L ""x" is 'new';
alter language "L ""x" owner to carol;
create function s.g() returns int language "L ""x" as 'begin return 1; end';
