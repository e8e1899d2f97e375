-- old
create table public.t (a int, b text, c int);
create index o on public.t (a) with (fillfactor = 50);
create index d on public.t (a);
create index p on public.t (a) where a > 0;
create index m on public.t (a);
create index s on public.t ((a + 1));
create unique index u on public.t (a);
create unique index n on public.t (b);
create index i on public.t (b) include (a);
create index k on public.t using hash (b) with (fillfactor = 40);
comment on index public.d is 'x';
-- new
create table public.t (a int, b text, c int);
create index o on public.t (a) with (fillfactor = 60, deduplicate_items = off);
create index d on public.t (a desc);
create index p on public.t (a) where a > 1;
create index m on public.t using hash (a);
create index s on public.t ((a + 1));
alter index public.s alter column 1 set statistics 100;
create index u on public.t (a);
create unique index n on public.t (b) nulls not distinct;
create index i on public.t (b) include (c);
create index k on public.t using hash (b);
comment on index public.d is 'y';
