-- a key that changes has its index built beside the old one
-- old
create table public.t (a int not null, b int not null, c text, d int);
alter table public.t add constraint k unique (c) with (fillfactor = 80);
comment on constraint k on public.t is 'kept';
comment on index public.k is 'of the index';
alter table public.t add constraint p primary key (a);
create table public.r (a int not null, b int, constraint u unique (b));
create table public.s (b int references public.r (b));
-- new
create table public.t (a int not null, b int not null, c text, d int);
alter table public.t add constraint k unique nulls not distinct (c, d) deferrable initially deferred;
comment on constraint k on public.t is 'kept';
comment on index public.k is 'of the index';
alter table public.t add constraint p primary key (a, b) include (c);
create table public.r (a int not null, b int, constraint u unique (b) include (a));
create table public.s (b int references public.r (b));
