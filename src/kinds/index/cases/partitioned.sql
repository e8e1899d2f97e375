-- old
create table public.p (a int, b int) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
create index pa on public.p (a);
create index gone on public.p (b);
create index p1b on public.p1 (b desc);
create index pc on only public.p (b, a);
-- new
create table public.p (a int, b int) partition by list (a);
create table public.p1 partition of public.p for values in (1);
create table public.p2 partition of public.p for values in (2);
create index pa on public.p (a);
create index pb on only public.p (b desc);
create index p1b on public.p1 (b desc);
alter index public.pb attach partition public.p1b;
create index pc on only public.p (b, a);
create index pc1 on public.p1 (b, a);
create index pc2 on public.p2 (b, a);
alter index public.pc attach partition public.pc1;
alter index public.pc attach partition public.pc2;
