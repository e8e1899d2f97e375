-- the type of the state, which CREATE OR REPLACE changes unless there is a result to keep

-- old
create aggregate public.hidden(integer) (sfunc = int4_sum, stype = bigint, finalfunc = int4);
create aggregate public.shown(integer) (sfunc = int4pl, stype = integer);
create view public.uses as select public.shown(a) as s, public.hidden(a) as h from generate_series(1, 2) a;
-- new
create aggregate public.hidden(integer) (sfunc = int4pl, stype = integer);
create aggregate public.shown(integer) (sfunc = int4_sum, stype = bigint);
create view public.uses as select public.shown(a) as s, public.hidden(a) as h from generate_series(1, 2) a;
