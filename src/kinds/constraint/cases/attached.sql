-- old
create table public.p (a int not null, b int not null, c int) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
alter table only public.p add constraint pending primary key (a, b);
alter table public.p1 add constraint p1_own primary key (a, b);
alter table public.p2 add constraint p2_own primary key (b, a);
alter table public.p add constraint whole unique (a, c);
alter table public.p add constraint gone unique (c, a);
-- new
create table public.p (a int not null, b int not null, c int) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
alter table only public.p add constraint pending primary key (a, b);
alter table public.p1 add constraint p1_own primary key (a, b);
alter table public.p2 add constraint p2_own primary key (a, b);
alter index public.pending attach partition public.p1_own;
alter index public.pending attach partition public.p2_own;
alter table only public.p add constraint whole unique (a, c);
alter table public.p1 add constraint other_name unique (a, c);
alter index public.whole attach partition public.other_name;
alter table public.p2 add constraint alone unique (a, c);
create table public.n (a int not null, b int) partition by list (a);
alter table public.n add constraint n_key primary key (a);
create table public.n1 partition of public.n for values in (1);
alter table only public.n add constraint n_lone unique (a, b);
