-- What is read of a database and `fingerprint.sql` leaves out, as one text that is the same while nothing of it changes:
-- a number for each further catalog, made the same way, and what is read of the whole server. Where the server begins
-- anew, or so many transactions have been that their numbers come again, the text is another one.
with temporary as materialized (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relpersistence = 't' or n.nspname ~ '^pg_(toast_)?temp'
), ages (catalog, age) as (
    select 'pg_catalog.pg_attrdef'::regclass::oid, age(v.xmin)
    from pg_catalog.pg_attrdef v
    where v.adrelid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_description'::regclass::oid, age(d.xmin)
    from pg_catalog.pg_description d
    where d.objoid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_seclabel'::regclass::oid, age(l.xmin)
    from pg_catalog.pg_seclabel l
    where l.objoid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_policy'::regclass::oid, age(p.xmin)
    from pg_catalog.pg_policy p
    where p.polrelid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_sequence'::regclass::oid, age(s.xmin)
    from pg_catalog.pg_sequence s
    where s.seqrelid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_inherits'::regclass::oid, age(i.xmin)
    from pg_catalog.pg_inherits i
    where i.inhrelid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_statistic_ext'::regclass::oid, age(s.xmin)
    from pg_catalog.pg_statistic_ext s
    where s.stxrelid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_init_privs'::regclass::oid, age(p.xmin)
    from pg_catalog.pg_init_privs p
    where p.objoid not in (select t.oid from temporary t)
    union all
    select 'pg_catalog.pg_aggregate'::regclass::oid, age(x.xmin) from pg_catalog.pg_aggregate x
    union all
    select 'pg_catalog.pg_am'::regclass::oid, age(x.xmin) from pg_catalog.pg_am x
    union all
    select 'pg_catalog.pg_amop'::regclass::oid, age(x.xmin) from pg_catalog.pg_amop x
    union all
    select 'pg_catalog.pg_amproc'::regclass::oid, age(x.xmin) from pg_catalog.pg_amproc x
    union all
    select 'pg_catalog.pg_cast'::regclass::oid, age(x.xmin) from pg_catalog.pg_cast x
    union all
    select 'pg_catalog.pg_conversion'::regclass::oid, age(x.xmin) from pg_catalog.pg_conversion x
    union all
    select 'pg_catalog.pg_database'::regclass::oid, age(x.xmin) from pg_catalog.pg_database x where x.datname = current_database()
    union all
    select 'pg_catalog.pg_default_acl'::regclass::oid, age(x.xmin) from pg_catalog.pg_default_acl x
    union all
    select 'pg_catalog.pg_enum'::regclass::oid, age(x.xmin) from pg_catalog.pg_enum x
    union all
    select 'pg_catalog.pg_event_trigger'::regclass::oid, age(x.xmin) from pg_catalog.pg_event_trigger x
    union all
    select 'pg_catalog.pg_extension'::regclass::oid, age(x.xmin) from pg_catalog.pg_extension x
    union all
    select 'pg_catalog.pg_foreign_data_wrapper'::regclass::oid, age(x.xmin) from pg_catalog.pg_foreign_data_wrapper x
    union all
    select 'pg_catalog.pg_foreign_server'::regclass::oid, age(x.xmin) from pg_catalog.pg_foreign_server x
    union all
    select 'pg_catalog.pg_foreign_table'::regclass::oid, age(x.xmin) from pg_catalog.pg_foreign_table x
    union all
    select 'pg_catalog.pg_language'::regclass::oid, age(x.xmin) from pg_catalog.pg_language x
    union all
    select 'pg_catalog.pg_opfamily'::regclass::oid, age(x.xmin) from pg_catalog.pg_opfamily x
    union all
    select 'pg_catalog.pg_publication'::regclass::oid, age(x.xmin) from pg_catalog.pg_publication x
    union all
    select 'pg_catalog.pg_publication_namespace'::regclass::oid, age(x.xmin) from pg_catalog.pg_publication_namespace x
    union all
    select 'pg_catalog.pg_publication_rel'::regclass::oid, age(x.xmin) from pg_catalog.pg_publication_rel x
    union all
    select 'pg_catalog.pg_range'::regclass::oid, age(x.xmin) from pg_catalog.pg_range x
    union all
    select 'pg_catalog.pg_tablespace'::regclass::oid, age(x.xmin) from pg_catalog.pg_tablespace x
    union all
    select 'pg_catalog.pg_transform'::regclass::oid, age(x.xmin) from pg_catalog.pg_transform x
    union all
    select 'pg_catalog.pg_ts_config_map'::regclass::oid, age(x.xmin) from pg_catalog.pg_ts_config_map x
    union all
    select 'pg_catalog.pg_ts_parser'::regclass::oid, age(x.xmin) from pg_catalog.pg_ts_parser x
    union all
    select 'pg_catalog.pg_ts_template'::regclass::oid, age(x.xmin) from pg_catalog.pg_ts_template x
    union all
    select 'pg_catalog.pg_db_role_setting'::regclass::oid, age(x.xmin) from pg_catalog.pg_db_role_setting x
    where x.setdatabase = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
    union all
    select 'pg_catalog.pg_shdescription'::regclass::oid, age(x.xmin) from pg_catalog.pg_shdescription x
    where x.classoid = 'pg_catalog.pg_database'::regclass
    union all
    select 'pg_catalog.pg_shseclabel'::regclass::oid, age(x.xmin) from pg_catalog.pg_shseclabel x
    where x.classoid = 'pg_catalog.pg_database'::regclass
    union all
    select 'pg_catalog.pg_depend'::regclass::oid, age(x.xmin) from pg_catalog.pg_depend x
    where x.refclassid = 'pg_catalog.pg_extension'::regclass
), sums as (
    select
        catalog,
        count(*) as rows,
        count(*) filter (where age < 2147483647) * (select age('3'::xid)::bigint)
            - coalesce(sum(age) filter (where age < 2147483647), 0) as xmins
    from ages
    group by catalog
), texts (text) as (
    select concat_ws(' ', 'role', r.oid, r.rolname) from pg_catalog.pg_roles r
    union all
    select concat_ws(' ', 'reader', current_user, current_database(), version(), pg_postmaster_start_time(),
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 31,
        (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user))
)
select concat_ws(' ',
    (select string_agg(concat_ws(':', catalog, rows, xmins), ' ' order by catalog) from sums),
    (select md5(string_agg(text, ' ' order by text collate "C")) from texts)) as state
