-- old
create table public.p (a int, b text, gone int);
create table public.kid (d int) inherits (public.p);
create table public.grandkid () inherits (public.kid);
alter table public.p add constraint ck check (a > 0);
alter table public.p alter b set not null;
-- new
create table public.p (a bigint, b text, new int default 4);
create table public.kid (d int) inherits (public.p);
create table public.grandkid () inherits (public.kid);
alter table public.p add constraint ck2 check (a > -1);
alter table public.kid alter b set default 'kid';
alter table public.kid alter new set default 5;
alter table public.grandkid alter b set not null;
