-- configurations and dictionaries under generated columns, indexes and views

-- old
create text search dictionary public.d (template = simple);
create text search configuration public.c (parser = default);
alter text search configuration public.c add mapping for asciiword with public.d;
create table public.t (a text, v tsvector generated always as (to_tsvector('public.c', a)) stored);
create index i on public.t using gin (to_tsvector('public.c', a));
create view public.v as select to_tsvector('public.c', a) as v from public.t;
create function public.std(a text) returns tsvector language sql return to_tsvector('public.c', a);
-- new
create text search parser public.p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search dictionary public.d (template = simple, accept = false);
create text search configuration public.c (parser = public.p);
alter text search configuration public.c add mapping for asciiword, email with public.d, simple;
create table public.t (a text, v tsvector generated always as (to_tsvector('public.c', a)) stored);
create index i on public.t using gin (to_tsvector('public.c', a));
create view public.v as select to_tsvector('public.c', a) as v from public.t;
create function public.std(a text) returns tsvector language sql return to_tsvector('public.c', a);
