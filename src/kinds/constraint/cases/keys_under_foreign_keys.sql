-- old
create table public.t (id int, code text, n int, constraint t_pk primary key (id), constraint t_code unique (code));
create table public.r (t int, c text, constraint r_t foreign key (t) references public.t, constraint r_c foreign key (c) references public.t (code) on delete cascade);
create table public.tree (id int primary key, up int references public.tree);
create table public.parted (id int, k int, primary key (id, k)) partition by list (k);
create table public.parted1 partition of public.parted for values in (1);
create table public.to_parted (id int, k int, constraint tp foreign key (id, k) references public.parted);
create unique index t_n on public.t (n);
create table public.by_index (n int references public.t (n));
-- new
create table public.t (id int, code text, n int, constraint t_pk primary key (id, code), constraint t_id unique (id), constraint t_code unique (code) include (id));
create table public.r (t int, c text, constraint r_t foreign key (t) references public.t (id), constraint r_c foreign key (t, c) references public.t on delete set null);
create table public.tree (id bigint, up bigint, constraint other_name primary key (id), foreign key (up) references public.tree);
create table public.parted (id bigint, k int, primary key (k, id)) partition by list (k);
create table public.parted1 partition of public.parted for values in (1);
create table public.to_parted (id bigint, k int, constraint tp foreign key (k, id) references public.parted deferrable);
create unique index t_n on public.t (n) include (id);
create table public.by_index (n int references public.t (n));
