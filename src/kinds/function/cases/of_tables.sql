-- functions that take and give rows of tables, and bodies that the server knows what they need of

-- old
create table public.t (id integer, a text);
create function public.takes(t public.t) returns text language sql as 'select t.a';
create function public.gives() returns setof public.t language sql as 'select * from public.t';
create function public.std(x integer) returns text language sql begin atomic select a from public.t where id = x; end;
create function public.on_std(x integer) returns text language sql return public.std(x) || 'x';
create function public.of_column(x public.t.id%type) returns integer language sql as 'select 1';
create table public.gone (id integer);
create function public.gone_too() returns setof public.gone language sql as 'select * from public.gone';
create table public.u (id integer default 1, note text generated always as ('x') stored);
-- new
create table public.t (id bigint, a text, b text);
create function public.takes(t public.t) returns text language sql as 'select t.b';
create function public.gives() returns setof public.t language sql as 'select * from public.t';
create function public.std(x integer) returns text language sql begin atomic select b from public.t where id = x; end;
create function public.on_std(x integer) returns text language sql return public.std(x) || 'y';
create function public.of_column(x public.t.id%type) returns integer language sql as 'select 1';
create function public.next_u() returns integer language sql begin atomic select 1; end;
create table public.u (id integer default public.next_u(), note text generated always as ('x') stored);
