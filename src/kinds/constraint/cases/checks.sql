-- old
create table public.t (a int, b int, constraint ck check (a > 0), constraint nv check (b > 0) not valid, constraint ni check (a < 100) no inherit, constraint gone check (a <> 5));
alter table public.t add constraint nv2 check (b > 1) not valid;
comment on constraint ck on public.t is 'c';
-- new
create table public.t (a int, b int, constraint ck check (a > 1), constraint ni check (a < 100), constraint "n ""ew" check (a <> 7) no inherit);
alter table public.t add constraint nv check (b > 0) not valid;
alter table public.t add constraint nv2 check (b > 1);
comment on constraint "n ""ew" on public.t is 'it''s';
