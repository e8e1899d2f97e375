-- old
create table public.t (a int, b int not null);
create unique index t_a on public.t (a);
create table public.u (a int not null, b int);
alter table public.u add constraint u_a unique (a);
alter table public.u replica identity using index u_a;
create table public.v (a int);
-- new
create table public.t (a int not null, b int not null);
create unique index t_a on public.t (a);
alter table public.t replica identity using index t_a;
create table public.u (a int, b int not null);
alter table public.u add constraint u_a unique (a);
create unique index u_b on public.u (b);
alter table public.u replica identity using index u_b;
create table public.v (a int not null);
create unique index v_a on public.v (a);
alter table public.v replica identity using index v_a;
alter table public.v cluster on v_a;
