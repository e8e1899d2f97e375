-- functions of one name: what comes and goes beside each other, and becomes another kind of routine

-- old
create function public.f(a integer) returns integer language sql as 'select a';
create function public.f(a text) returns text language sql as 'select a';
create function public.f(a integer, b integer default 1) returns integer language sql as 'select a';
create function public.kind(a integer) returns integer language sql as 'select a';
create procedure public.kind2(a integer) language sql as 'select a';
create function public.kind3(integer) returns integer language sql as 'select $1';
create function public.takes(a integer) returns integer language sql as 'select a';
-- new
create function public.f(a bigint) returns bigint language sql as 'select a';
create function public.f(a text) returns setof text language sql as 'select a';
create function public.f(a integer, b integer) returns integer language sql as 'select a';
create procedure public.kind(a integer) language sql as 'select a';
create function public.kind2(a integer) returns integer language sql as 'select a';
create aggregate public.kind3(integer) (sfunc = int4pl, stype = integer);
create function public.takes(a bigint) returns integer language sql as 'select 1';
