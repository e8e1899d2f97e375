-- old
create table public.t (a int, b int, g int generated always as (a + b) stored, h text generated always as (upper(b::text)) stored, plain int);
create index tg on public.t (g);
create view public.v as select g from public.t;
create table public.p (a int, g int generated always as (a * 2) stored) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.kid (z int) inherits (public.t);
-- new
create table public.t (a bigint, b int, g bigint generated always as (a + b) stored, h text generated always as (upper(b::text)) stored, plain int);
create index tg on public.t (g);
create view public.v as select g from public.t;
create table public.p (a int, g bigint generated always as (a * 3) stored) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.kid (z int) inherits (public.t);
