-- old
create unlogged table public.parent (id int primary key);
create unlogged table public.child (id serial primary key, up int references public.parent, again int references public.child);
create table public.logged (id int primary key);
create table public.refers (id int generated always as identity, up int references public.logged);
create unlogged table public.many (id int generated always as identity, s bigserial, t text);
-- new
create table public.parent (id int primary key);
create table public.child (id serial primary key, up int references public.parent, again int references public.child);
create unlogged table public.logged (id int primary key);
create unlogged table public.refers (id int generated always as identity, up int references public.logged);
create table public.many (id int generated always as identity, s bigserial, t text);
