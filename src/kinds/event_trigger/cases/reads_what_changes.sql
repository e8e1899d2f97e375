-- a function that runs in between: it is changed once the column is there, and before another goes
-- old
create schema s;
create table s.t (a int, "o ""ld" int);
create function s.f() returns event_trigger language plpgsql as $$ begin perform from s.t where "o ""ld" = 1; end $$;
create event trigger e on ddl_command_end execute function s.f();
-- new
create schema s;
create table s.t (a int, "n ""ew" text);
create function s.f() returns event_trigger language plpgsql as $$ begin perform from s.t where "n ""ew" = 'x'; end $$;
create event trigger e on ddl_command_end execute function s.f();
