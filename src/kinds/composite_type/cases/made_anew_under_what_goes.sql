-- a type made anew under tables that go

-- old
create type public.c as (a integer, b integer);
create table public.goes (c public.c, e public.c[]);
create table public.goes_too of public.c;
create view public.v as select null::public.c as c;
-- new
create type public.c as (b integer, a integer);
create view public.v as select null::public.c as c;
create table public.comes (c public.c, e public.c[]);
create table public.comes_too of public.c;
