-- old
create table public.t (a int, b int, c int, constraint pk primary key (a), constraint u unique (b), constraint du unique (c) deferrable initially deferred, constraint fill unique (a, b) with (fillfactor = 50));
comment on index public.pk is 'the index';
comment on constraint pk on public.t is 'the key';
create table public.r (x int constraint fk references public.t (a));
-- new
create table public.t (a int, b int, c int, constraint pk primary key (a) include (b), constraint u unique nulls not distinct (b), constraint du unique (c), constraint fill unique (a, b) with (fillfactor = 60), constraint "n ""ew" unique (c, a) include (b) with (fillfactor = 70) deferrable);
comment on index public.pk is 'the index now';
comment on index public."n ""ew" is 'new';
create table public.r (x int constraint fk references public.t (a));
