-- what CREATE OR REPLACE can't do: names, defaults taken away, results, modes

-- old
create function public.renamed(a integer, b text) returns integer language sql as 'select 1';
create function public.named(integer) returns integer language sql as 'select $1';
create function public.defaults(a integer, b text default 'x, (y', c integer[] default '{1,2}') returns integer language sql as 'select 1';
create function public.result(a integer) returns integer language sql as 'select 1';
create function public.outs(a integer, out b integer, out c text) language sql as $$ select 1, 'x' $$;
create function public.tab(a integer) returns table (b integer, c text) language sql as $$ select 1, 'x' $$;
create function public.var(variadic a integer[]) returns integer language sql as 'select 1';
create view public.uses as select public.result(1) as r, public.renamed(1, 'x') as q;
-- new
create function public.renamed(z integer, b text) returns integer language sql as 'select 1';
create function public.named(n integer) returns integer language sql as 'select $1 + 1';
create function public.defaults(a integer default 3, b text default 'other', c integer[] default null) returns integer language sql as 'select 2';
create function public.result(a integer) returns bigint language sql as 'select 1::bigint';
create function public.outs(a integer, out b integer, out d text) language sql as $$ select 1, 'x' $$;
create function public.tab(a integer) returns table (b integer, c text, d date) language sql as $$ select 1, 'x', current_date $$;
create function public.var(a integer[]) returns integer language sql as 'select 1';
create view public.uses as select public.result(1) as r, public.renamed(1, 'x') as q;
