-- every attribute, made and changed

-- old
create function public.sf(bigint, integer) returns bigint language sql immutable as 'select $1 + $2';
create function public.inv(bigint, integer) returns bigint language sql immutable as 'select $1 - $2';
create function public.fin(bigint) returns bigint language sql immutable as 'select $1';
create function public.fin_extra(bigint, integer) returns bigint language sql immutable as 'select $1';
create function public.comb(bigint, bigint) returns bigint language sql immutable as 'select $1 + $2';
create aggregate public.total(integer) (sfunc = public.sf, stype = bigint);
create aggregate public.other(a integer) (sfunc = public.sf, stype = bigint, finalfunc = public.fin, initcond = '0');
create aggregate public.largest(integer) (sfunc = int4larger, stype = integer);
create aggregate public.av(bigint) (sfunc = int8_avg_accum, stype = internal, sspace = 48, finalfunc = numeric_poly_avg);
create aggregate public.named(a integer) (sfunc = public.sf, stype = bigint);
-- new
create function public.sf(bigint, integer) returns bigint language sql immutable as 'select $1 + $2';
create function public.inv(bigint, integer) returns bigint language sql immutable as 'select $1 - $2';
create function public.fin(bigint) returns bigint language sql immutable as 'select $1';
create function public.fin_extra(bigint, integer) returns bigint language sql immutable as 'select $1';
create function public.comb(bigint, bigint) returns bigint language sql immutable as 'select $1 + $2';
create aggregate public.total(integer) (sfunc = public.inv, stype = bigint, sspace = 16, initcond = '1', combinefunc = public.comb,
    finalfunc = public.fin_extra, finalfunc_extra, finalfunc_modify = shareable, parallel = safe,
    msfunc = public.sf, minvfunc = public.inv, mstype = bigint, msspace = 32, mfinalfunc = public.fin_extra, mfinalfunc_extra,
    mfinalfunc_modify = read_write, minitcond = '2');
create aggregate public.other(a integer) (sfunc = public.sf, stype = bigint, finalfunc = public.fin, initcond = '0',
    finalfunc_modify = shareable, parallel = restricted);
create aggregate public.largest(integer) (sfunc = int4larger, stype = integer, sortop = >);
create aggregate public.named(b integer) (sfunc = public.sf, stype = bigint);
create aggregate public."made ""x"(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create aggregate public.made(integer) (sfunc = public.sf, stype = bigint, sspace = 16, initcond = '1', combinefunc = public.comb,
    finalfunc = public.fin_extra, finalfunc_extra, finalfunc_modify = shareable, parallel = safe,
    msfunc = public.sf, minvfunc = public.inv, mstype = bigint, msspace = 32, mfinalfunc = public.fin_extra, mfinalfunc_extra,
    mfinalfunc_modify = read_write, minitcond = '2');
create aggregate public.largest(bigint) (sfunc = int8larger, stype = bigint, sortop = >);
alter aggregate public.made(integer) owner to alice;
alter aggregate public.total(integer) owner to alice;
comment on aggregate public.made(integer) is 'made';
comment on aggregate public.named(integer) is 'named';
