-- old
create table public.t (a int not null, b int not null);
create unique index ta on public.t (a);
create unique index tb on public.t (b);
alter table public.t cluster on ta;
alter table public.t replica identity using index ta;
create table public.u (a int primary key);
alter table public.u cluster on u_pkey;
alter table public.u replica identity full;
create table public.w (a int primary key);
alter table public.w replica identity nothing;
-- new
create table public.t (a int not null, b int not null);
create unique index ta on public.t (a);
create unique index tb on public.t (b);
alter table public.t cluster on tb;
alter table public.t replica identity using index tb;
create table public.u (a int primary key);
alter table public.u replica identity using index u_pkey;
create table public.v (a int constraint "v ""key" primary key);
alter table public.v cluster on "v ""key";
alter table public.v replica identity using index "v ""key";
create table public.w (a int primary key);
alter table public.w cluster on w_pkey;
