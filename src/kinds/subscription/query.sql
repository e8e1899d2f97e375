-- Most roles may read every column but the connection string, which may hold a password. Naming a column takes the
-- right to read it, so the string is asked for in a statement of its own, and only with that right; what is in it comes
-- as hexadecimal digits, because XML has escapes. Columns that an older server lacks are found in `missing`.
select
    s.oid,
    s.subname as name,
    case when has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'select') then
        regexp_replace(regexp_replace(regexp_replace(
            convert_from(decode((regexp_match(query_to_xml(format(
                'select encode(convert_to(subconninfo, ''UTF8''), ''hex'') as x from pg_catalog.pg_subscription where oid = %s',
                s.oid), false, false, '')::text, '<x>([0-9a-f]*)</x>'))[1], 'hex'), 'UTF8'),
            '\m((?:ssl)?password)\s*=\s*(''(?:[^''\\]|\\.)*''|(?:[^\s''\\&]|\\.)+)', '\1=(hidden)', 'gi'),
            '^(postgres(?:ql)?://[^:/@?]*):[^@/]*@', '\1:(hidden)@', 'i'),
            '([?&](?:ssl)?password)=[^&]*', '\1=(hidden)', 'gi') end as connection,
    s.subpublications as publications,
    case when s.subslotname is null then '-' else nullif(s.subslotname::text, s.subname::text) end as slot_name,
    s.subbinary as binary,
    case s.substream::text when 't' then 'on' when 'true' then 'on' when 'p' then 'parallel' else 'off' end as streaming,
    s.subtwophasestate <> 'd' as two_phase,
    s.subdisableonerr as disable_on_error,
    s.subsynccommit as synchronous_commit,
    (select subpasswordrequired from pg_catalog.pg_subscription v where v.oid = s.oid) as password_required,
    (select subrunasowner from pg_catalog.pg_subscription v where v.oid = s.oid) as run_as_owner,
    (select suborigin from pg_catalog.pg_subscription v where v.oid = s.oid) as origin,
    (select subfailover from pg_catalog.pg_subscription v where v.oid = s.oid) as failover,
    pg_get_userbyid(s.subowner) as owner
from pg_catalog.pg_subscription s
join pg_catalog.pg_database d on d.oid = s.subdbid and d.datname = current_database()
cross join (
    select true as subpasswordrequired, false as subrunasowner, 'any' as suborigin, false as subfailover
) missing
