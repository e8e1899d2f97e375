-- old
create table public.t (a int, b int);
create table public.u (a int, b int);
create statistics public.moves on a, b from public.t;
-- new
create table public.t (a int, b int);
create table public.u (a int, b int);
create statistics public.moves on a, b from public.u;
