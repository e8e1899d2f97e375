-- old
create table public.t (a int, b int, c int);
-- new
create table public.t (a int, c int, d int, b int);
