-- from 18
-- old
create table public.t (a int primary key, b int, constraint ck check (b > 0) not enforced, constraint fk foreign key (b) references public.t not enforced, constraint fk2 foreign key (b) references public.t);
-- new
create table public.t (a int primary key, b int, constraint ck check (b > 0), constraint fk foreign key (b) references public.t, constraint fk2 foreign key (b) references public.t not enforced, constraint new check (a > 0) not enforced);
create table public.n (a int, constraint new check (a > 0) not enforced);
