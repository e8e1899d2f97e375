-- old
create table public.p (a int);
create table public.kid (d int) inherits (public.p);
-- new
create table public.p (a int);
create table public.kid (a int, d int) inherits (public.p);
