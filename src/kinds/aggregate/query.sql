select
    p.oid,
    p.pronamespace as parent,
    array[p.proname, '(' || oidvectortypes(p.proargtypes) || ')']::text[] as name,
    pg_get_function_arguments(p.oid) as arguments,
    case a.aggkind when 'o' then 'ordered-set' when 'h' then 'hypothetical-set' end as sort,
    a.aggtransfn::text as state_function,
    format_type(a.aggtranstype, null) as state_type,
    nullif(a.aggtransspace, 0) as state_size,
    case when a.aggfinalfn <> 0 then a.aggfinalfn::text end as final,
    a.aggfinalextra as final_extra,
    case when a.aggfinalmodify <> usual.modify then
        case a.aggfinalmodify when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end
        end as final_modify,
    quote_literal(a.agginitval) as initial,
    case when a.aggcombinefn <> 0 then a.aggcombinefn::text end as combine,
    case when a.aggserialfn <> 0 then a.aggserialfn::text end as serialize,
    case when a.aggdeserialfn <> 0 then a.aggdeserialfn::text end as deserialize,
    case when a.aggmtransfn <> 0 then a.aggmtransfn::text end as moving_state_function,
    case when a.aggminvtransfn <> 0 then a.aggminvtransfn::text end as moving_inverse,
    case when a.aggmtranstype <> 0 then format_type(a.aggmtranstype, null) end as moving_state_type,
    nullif(a.aggmtransspace, 0) as moving_state_size,
    case when a.aggmfinalfn <> 0 then a.aggmfinalfn::text end as moving_final,
    a.aggmfinalextra as moving_final_extra,
    case when a.aggmfinalmodify <> usual.modify then
        case a.aggmfinalmodify when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end
        end as moving_final_modify,
    quote_literal(a.aggminitval) as moving_initial,
    case when o.oid is not null then format('OPERATOR(%I.%s)', s.nspname, o.oprname) end as sort_operator,
    case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end as parallel,
    pg_get_userbyid(p.proowner) as owner
from pg_catalog.pg_aggregate a
join pg_catalog.pg_proc p on p.oid = a.aggfnoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
cross join lateral (select case a.aggkind when 'n' then 'r' else 'w' end::"char" as modify) usual
left join pg_catalog.pg_operator o on o.oid = a.aggsortop
left join pg_catalog.pg_namespace s on s.oid = o.oprnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (
        select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
