-- old
create table public.p (a int not null, b text default 'x' collate "C");
create table public.q (c int, constraint positive check (c > 0));
create table public.kid (d int) inherits (public.p, public.q);
create table public.own (a int not null, b text collate "C") inherits (public.p);
create table public.free (a int not null, b text collate "C", e int);
create table public.leaves () inherits (public.q);
-- new
create table public.p (a int not null, b text default 'x' collate "C");
create table public.q (c int, constraint positive check (c > 0));
create table public.kid (d int) inherits (public.p, public.q);
create table public.own (a int not null, b text collate "C") inherits (public.p);
create table public.free (a int not null, b text collate "C", e int) inherits (public.p);
create table public.leaves (c int, constraint positive check (c > 0));
create table public.grandkid (z int) inherits (public.kid);
alter table public.grandkid alter b set default 'grand';
