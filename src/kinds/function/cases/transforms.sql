-- the types that are transformed

-- old
create function public.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
create transform for integer language plpgsql (from sql with function public.from_sql(internal));
create transform for text language plpgsql (from sql with function public.from_sql(internal));
create function public.f(integer, text) returns integer language plpgsql transform for type integer as 'begin return 1; end';
create procedure public.p(integer, text) language plpgsql transform for type integer as 'begin end';
-- new
create function public.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
create transform for integer language plpgsql (from sql with function public.from_sql(internal));
create transform for text language plpgsql (from sql with function public.from_sql(internal));
create function public.f(integer, text) returns integer language plpgsql transform for type integer, for type text as 'begin return 1; end';
create function public.g(integer, text) returns integer language plpgsql transform for type integer, for type text as 'begin return 1; end';
create procedure public.p(integer, text) language plpgsql transform for type text as 'begin end';
create procedure public.q(integer, text) language plpgsql transform for type text as 'begin end';
