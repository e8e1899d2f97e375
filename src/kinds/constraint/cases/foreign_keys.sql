-- old
create table public.t (a int, b int, primary key (a, b), unique (b, a));
create table public.r (x int, y int, z int,
  constraint same foreign key (x, y) references public.t,
  constraint act foreign key (x, y) references public.t on delete cascade,
  constraint def foreign key (x, y) references public.t deferrable initially deferred,
  constraint mat foreign key (x, y) references public.t match full,
  constraint gone foreign key (x, y) references public.t,
  constraint own foreign key (x, y) references public.t (b, a));
alter table public.r add constraint nv foreign key (x, y) references public.t not valid;
-- new
create table public.t (a int, b int, primary key (a, b), unique (b, a));
create table public.r (x int, y int, z int,
  constraint same foreign key (x, y) references public.t,
  constraint act foreign key (x, y) references public.t on delete set null (y) on update restrict,
  constraint def foreign key (x, y) references public.t deferrable,
  constraint mat foreign key (x, y) references public.t,
  constraint nv foreign key (x, y) references public.t,
  constraint own foreign key (x, y) references public.t (a, b),
  constraint "n ""ew" foreign key (z, y) references public.t match full on update cascade on delete set default deferrable initially deferred);
alter table public.r add constraint nv2 foreign key (x, y) references public.t not valid;
create table public.new (x int, y int, constraint f foreign key (x, y) references public.t on delete set default (x));
