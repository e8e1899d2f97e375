-- old
create unlogged table public.parent (id int primary key);
create unlogged table public.child (id serial primary key, up int references public.parent, again int references public.child);
create table public.logged (id int primary key);
create table public.refers (id int generated always as identity, up int references public.logged);
create unlogged table public.many (id int generated always as identity, s bigserial, t text);
create unlogged table public.lock (id int primary key, mode int);
create unlogged table public.mode (id int primary key, lock int constraint mode_lock references public.lock);
alter table public.lock add constraint lock_mode foreign key (mode) references public.mode deferrable initially deferred;
-- new
create table public.parent (id int primary key);
create table public.child (id serial primary key, up int references public.parent, again int references public.child);
create unlogged table public.logged (id int primary key);
create unlogged table public.refers (id int generated always as identity, up int references public.logged);
create table public.many (id int generated always as identity, s bigserial, t text);
create table public.lock (id int primary key, mode int);
create table public.mode (id int primary key, lock int constraint mode_lock references public.lock);
alter table public.lock add constraint lock_mode foreign key (mode) references public.mode deferrable initially deferred;
