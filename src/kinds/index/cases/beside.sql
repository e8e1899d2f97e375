-- an index that changes is built beside the old one
-- old
create table public.t (a int, b int, "c ""d" text);
create index "i ""x" on public.t (a);
comment on index public."i ""x" is 'kept';
create unique index u on public.t (a);
create index "i ""x_new" on public.t (b);
create index e on public.t (lower("c ""d"));
create index of_gone on public.t (a, b);
-- new
create table public.t (a int, b int, "c ""d" text);
create index "i ""x" on public.t (a) where b > 0;
comment on index public."i ""x" is 'kept';
create index u on public.t (a);
comment on index public.u is 'set';
create index "i ""x_new" on public.t (b);
create index e on public.t (upper("c ""d")) include (b) with (fillfactor = 70);
alter index e alter column 1 set statistics 50;
create index of_gone on public.t (a);
