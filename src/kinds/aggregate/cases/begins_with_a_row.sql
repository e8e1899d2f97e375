-- the first state is read as a row, once its type has the attributes that it shall have
-- old
create type t as (s int);
create function f(t, int) returns t language sql as $$ select $1 $$;
create function g(t) returns int language sql as $$ select 1 $$;
create type u as (s int, q int);
create function h(u, int) returns u language sql as $$ select $1 $$;
create aggregate b(int) (sfunc = h, stype = u, initcond = '(0,0)');
-- new
create type t as (s int, q int);
create function f(t, int) returns t language sql as $$ select $1 $$;
create function g(t) returns int language sql as $$ select 1 $$;
create function z(t) returns int language sql as $$ select 1 $$;
create aggregate a(int) (sfunc = f, stype = t, finalfunc = g, initcond = '(0,0)');
create type u as (s int, q int, r int);
create function h(u, int) returns u language sql as $$ select $1 $$;
create aggregate b(int) (sfunc = h, stype = u, initcond = '(0,0,0)');
