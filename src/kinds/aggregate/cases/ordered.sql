-- ordered-set and hypothetical-set aggregates, states that go to other processes

-- old

create aggregate public.was(integer) (sfunc = int4pl, stype = integer);
create aggregate public.far(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg);
create aggregate public.pct(double precision order by anyelement) (sfunc = ordered_set_transition, stype = internal,
    finalfunc = percentile_disc_final, finalfunc_extra);
-- new

create aggregate public.far(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg,
    combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize, parallel = safe);
create aggregate public.made(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg,
    combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize);
create aggregate public.was(order by anyelement) (sfunc = ordered_set_transition, stype = internal,
    finalfunc = mode_final, finalfunc_extra, finalfunc_modify = read_only);
create aggregate public.pct(double precision order by anyelement) (sfunc = ordered_set_transition, stype = internal,
    finalfunc = percentile_disc_final, finalfunc_extra, finalfunc_modify = read_only);
create aggregate public.ranked(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi, stype = internal,
    finalfunc = rank_final, finalfunc_extra, hypothetical);
comment on aggregate public.ranked(variadic "any" order by variadic "any") is 'ranked';
