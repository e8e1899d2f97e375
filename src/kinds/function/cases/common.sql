-- made with everything, owners, comments, extensions; nasty names

-- old
create schema "s ""x";
create function "s ""x"."f ""(ü" ("a ""b" integer default 1, "select" text default '(') returns integer language sql as 'select 1';
create function public.owned() returns integer language plpgsql as 'begin return 1; end';
alter function public.owned() owner to alice;
comment on function public.owned() is 'old';
alter function public.owned() depends on extension plpgsql;
-- new
create schema "s ""x";
create function "s ""x"."f ""(ü" ("a ""b" integer default 1, "select" text default ')') returns integer language sql stable as 'select 2';
create function "s ""x"."table"(double precision, character varying) returns integer language sql as 'select 2';
create function public.owned() returns integer language plpgsql as 'begin return 1; end';
alter function public.owned() owner to bob;
comment on function public.owned() is 'new';
create function public.made(a integer) returns setof integer language sql immutable strict leakproof parallel safe cost 7 rows 3
    security definer support pg_catalog.generate_series_int4_support set search_path = pg_catalog as 'select a';
alter function public.made(integer) owner to alice;
alter function public.made(integer) depends on extension plpgsql;
comment on function public.made(integer) is 'it''s \ made';
create function public.winning() returns bigint language internal as 'window_row_number' window;
create function public.clib(internal) returns internal language c as '$libdir/utf8_and_win', 'win_to_utf8';
create function public.standard(a integer) returns integer language sql return a;
