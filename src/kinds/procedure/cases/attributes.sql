-- every attribute; names that only modes tell apart

-- old
create procedure public.p(a integer) language sql as 'select a';
create procedure public.q(a integer, out b text) language plpgsql as 'begin end';
create procedure public.q(a integer, b text) language plpgsql as 'begin end';
create procedure public.renamed(a integer, inout b integer) language plpgsql as 'begin end';
create procedure public.standard() language sql begin atomic select 1; end;
create procedure public.clib() language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create procedure public.owned() language plpgsql as 'begin end';
comment on procedure public.owned() is 'old';
-- new
create procedure public.p(a integer default 2) language plpgsql security definer set search_path = pg_catalog, pg_temp as 'begin end';
create procedure public.q(a integer, out c text) language plpgsql as 'begin end';
create procedure public.q(a integer, b text) language plpgsql security definer set work_mem = '1MB' as 'begin end';
create procedure public.renamed(b integer, inout c integer) language plpgsql as 'begin end';
create procedure public.standard() language sql begin atomic select 2; end;
create procedure public.clib() language c as '$libdir/utf8_and_win', 'win_to_utf8';
create procedure public.owned() language plpgsql as 'begin end';
alter procedure public.owned() owner to alice;
alter procedure public.owned() depends on extension plpgsql;
comment on procedure public.owned() is 'new';
create procedure public.made(a integer, "b c" text) language plpgsql security definer set search_path = '' as 'begin end';
alter procedure public.made(integer, text) owner to alice;
alter procedure public.made(integer, text) depends on extension plpgsql;
comment on procedure public.made(integer, text) is 'made';
create procedure public.made_standard() language sql begin atomic select 1; end;
create procedure public.made_c() language c as '$libdir/utf8_and_win', 'win_to_utf8';
