-- old
create collation public."c ""oll" from "C";
create table public.t (a int, b text, c text, d int4range, e int[]);
create index cols on public.t (a, b);
create index class on public.t (b text_pattern_ops, c);
create index coll on public.t (b collate "C");
create index expr on public.t (lower(b), (a + 1));
create index incl on public.t (a) include (b);
create index ops on public.t using gin (e) with (fastupdate = off, gin_pending_list_limit = 128);
create index brin on public.t using brin (a int4_minmax_multi_ops (values_per_range = 16)) with (pages_per_range = 16, autosummarize = on);
create index gist on public.t using gist (d) with (buffering = off, fillfactor = 60);
create unique index partial on public.t (a) where b <> 'x)' and c is not null;
-- new
create collation public."c ""oll" from "C";
create table public.t (a int, b text, c text, d int4range, e int[]);
create index cols on public.t (b, a);
create index class on public.t (b, c text_pattern_ops desc nulls last);
create index coll on public.t (b collate public."c ""oll");
create index expr on public.t (upper(b), (a + 2));
create index incl on public.t (a) include (c, b);
create index ops on public.t using gin (e) with (gin_pending_list_limit = 256, fastupdate = on);
create index brin on public.t using brin (a int4_minmax_multi_ops (values_per_range = 32)) with (autosummarize = off, pages_per_range = 32);
create index gist on public.t using gist (d) with (fillfactor = 70, buffering = on);
create unique index partial on public.t (a) where b <> 'y ('' WHERE ' and c is null;
