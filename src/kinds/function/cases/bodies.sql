-- bodies that would end their own quotes, in SQL standard form, of C, and in other languages

-- old
create function public.quoted() returns text language sql as $x$ select '$body$ $body1$ $$ \n ''' $x$;
create function public.ends() returns text language sql as $x$ select 'x' --$body$x$;
create function public.standard(a integer) returns integer language sql begin atomic select a + 1; end;
create function public.returned(a integer) returns integer language sql return a * 2;
create function public.intern(integer) returns integer language internal strict immutable as 'int4abs';
create function public.clib(internal) returns internal language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create function public.changes() returns integer language sql as 'select 1';
create function public.win() returns bigint language internal as 'window_row_number' window;
-- new
create function public.quoted() returns text language sql as $x$ select '$body$ $$ and \t $body$' $x$;
create function public.ends() returns text language sql as $x$ select 'y' --$bod$x$;
create function public.standard(a integer) returns integer language sql begin atomic select a + 1; select a + 2; end;
create function public.returned(a integer) returns integer language sql return a * 3;
create function public.intern(integer) returns integer language internal strict immutable as 'int4um';
create function public.clib(internal) returns internal language c as '$libdir/utf8_and_win', 'win_to_utf8';
create function public.changes() returns integer language plpgsql as 'begin return 1; end';
create function public.win() returns bigint language internal as 'window_rank';
