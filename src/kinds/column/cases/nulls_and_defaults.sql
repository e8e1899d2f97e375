-- old
create function public.f() returns int language sql as 'select 1';
create table public.t (a int not null, b int, c int default 1, d int, e int default 2, h int default public.f());
-- new
create function public.f() returns int language sql as 'select 1';
create function public.g() returns int language sql as 'select 2';
create table public.t (a int, b int not null, c int, d int default 3, e int default (4 + 1), h int default public.g());
