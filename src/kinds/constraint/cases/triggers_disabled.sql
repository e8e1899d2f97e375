-- old
create table public.t (a int primary key);
create table public.r (x int constraint fk references public.t, y int constraint fk2 references public.t);
-- new
create table public.t (a int primary key);
create table public.r (x int constraint fk references public.t, y int constraint fk2 references public.t);
alter table public.r disable trigger all;
create table public.n (x int constraint fk references public.t);
alter table public.n disable trigger all;
