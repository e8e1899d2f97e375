-- old
create table public.t (a int, b int generated always as (a + 1) stored, c int generated always as (a * 2) stored, d int, "e ""x" int);
create index ti on public.t (b);
-- new
create table public.t (a int, b int generated always as (a + 2) stored, c int, d int generated always as (a - 1) stored, "e ""x" int);
create index ti on public.t (b);
