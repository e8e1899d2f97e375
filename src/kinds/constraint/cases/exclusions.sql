-- old
create table public.t (a int, during int4range, constraint x exclude using gist (during with &&), constraint w exclude using gist (during with &&) where (a > 0));
-- new
create table public.t (a int, during int4range, constraint x exclude using gist (during with &&) deferrable, constraint w exclude using gist (during with &&) with (fillfactor = 80) where (a > 1));
create table public.u (a int, during int4range, constraint "x ""e" exclude using gist ((int4range(a, a + 1)) with &&, during with -|-) include (a) with (fillfactor = 90) where (a > 1) deferrable initially deferred);
alter index public."x ""e" alter column 1 set statistics 55;
