-- every attribute that ALTER FUNCTION has a word for, body and signature unchanged

-- old
create function public.f(a integer) returns integer language sql as 'select a';
create function public.many() returns setof integer language sql as 'select 1';
create function public.s() returns integer language plpgsql security definer
    set search_path = "$user", public, "we ird, ""x""" set work_mem = '1MB' set app.my_key = 'it''s, "so"' as 'begin return 1; end';
-- new
create function public.f(a integer) returns integer language sql immutable strict leakproof parallel safe cost 7 security definer
    support pg_catalog.generate_series_int4_support as 'select a';
create function public.many() returns setof integer language sql stable parallel restricted rows 12 cost 0.5 as 'select 1';
create function public.s() returns integer language plpgsql security definer
    set search_path = '' set statement_timeout = '5s' set datestyle = 'ISO, DMY' set app.my_key = 'a\b' as 'begin return 1; end';
