-- from 18
-- old
create table public.t (a int, b int generated always as (a + 1) virtual, c int generated always as (a * 2) stored, d int);
-- new
create table public.t (a int, b int generated always as (a + 1) stored, c int generated always as (a * 2) virtual, d int generated always as (a) virtual);
