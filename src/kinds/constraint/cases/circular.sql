-- old
create table public.lone (a int primary key, b int references public.lone);
-- new
create table public.a (id int primary key, b int);
create table public.b (id int primary key, a int references public.a);
alter table public.a add foreign key (b) references public.b;
