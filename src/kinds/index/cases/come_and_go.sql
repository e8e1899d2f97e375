-- old
create table public.t (a int, b text, c int);
create index gone on public.t (a);
create unique index same on public.t (a);
-- new
create table public.t (a int, b text, c int);
create unique index same on public.t (a);
create unique index "n ""ew" on public.t using btree ((a + 1) desc, b collate "C" text_pattern_ops nulls first) include (c) nulls not distinct with (fillfactor = 66) where c > 2 and b <> ' WHERE ';
alter index public."n ""ew" alter column 1 set statistics 44;
comment on index public."n ""ew" is 'new';
create index h on public.t using hash (b);
create table public.u (a int);
create unique index ua on public.u (a) include (a) nulls not distinct with (fillfactor = 61) where a > 0;
create index uh on public.u using hash ((a + 1)) with (fillfactor = 61);
alter index public.uh alter column 1 set statistics 4;
