-- old
create table public.t (a int primary key, b int, c int, constraint u unique (b), constraint d unique (c) deferrable, constraint x exclude using btree (b with =) deferrable);
create table public.r (a int constraint fk references public.t deferrable initially deferred not null, b int);
alter table public.r add constraint nv foreign key (b) references public.t not valid;
create table public.p (a int, k int, constraint pfk foreign key (a) references public.t) partition by list (k);
create table public.p1 partition of public.p for values in (1);
-- new
create table public.t (a int primary key, b int, c int, constraint u unique (b) deferrable initially deferred, constraint d unique (c) deferrable initially deferred, constraint x exclude using btree (b with =));
create table public.r (a int constraint fk references public.t not null, b int);
alter table public.r add constraint nv foreign key (b) references public.t on delete cascade deferrable;
create table public.p (a int, k int, constraint pfk foreign key (a) references public.t deferrable initially deferred) partition by list (k);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
