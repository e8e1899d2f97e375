-- old
create type public.pair as (a int, b text);
create table public.t of public.pair (primary key (a));
create table public.u (a int, b text);
create table public.w of public.pair (a with options default 5);
-- new
create type public.pair as (a int, b text);
create table public.t (a int primary key, b text);
create table public.u of public.pair;
create table public.v of public.pair (b with options not null);
