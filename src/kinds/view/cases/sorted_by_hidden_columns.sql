-- What a view is sorted by, or kept apart by, is the table's column where something else has its name in the result.
-- old
create table public.t (a int, b int, d int);
create view public.stays as select b as a, a as c, d from public.t order by t.a, t.d;
create view public.changes as select distinct on (t.a) (a + 1) as a, d from public.t order by t.a, d;
-- new
create table public.t (a int, b int, d int);
create view public.stays as select b as a, a as c, d from public.t order by t.a, t.d;
create view public.changes as select distinct on (t.a) (a + 2) as a, d from public.t order by t.a, d;
create view public.made as select b as a, count(*) as d from public.t group by t.a, t.b order by t.a, count(*);
