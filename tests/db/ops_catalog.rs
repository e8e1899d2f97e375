//! What is in a database's schemas, line by line, read by plain queries: the tests' own opinion, next to pgward's.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use crate::ops_support::column;

/// Everything in schemas `ops` and `auth` with its definition, rights and comment.
pub async fn catalog(client: &Client) -> BTreeSet<String> {
    column(client, CATALOG).await.into_iter().collect()
}

/// Names of tables, and of what belongs to tables, in schema `ops`: the table, a space, the name.
pub async fn names(client: &Client) -> BTreeSet<String> {
    column(client, NAMES).await.into_iter().collect()
}

const NAMES: &str = "
    select k.conrelid::regclass || ' ' || k.conname
    from pg_constraint k where k.connamespace = 'ops'::regnamespace and k.conrelid <> 0
    union all
    select i.indrelid::regclass || ' ' || c.relname
    from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'ops'::regnamespace
    union all
    select d.refobjid::regclass || ' ' || c.relname
    from pg_class c join pg_depend d on d.objid = c.oid and d.deptype in ('a', 'i')
    where c.relkind = 'S' and c.relnamespace = 'ops'::regnamespace and d.refclassid = 'pg_class'::regclass
    union all
    select t.tgrelid::regclass || ' ' || t.tgname
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'ops'::regnamespace and not t.tgisinternal
    union all
    select p.polrelid::regclass || ' ' || p.polname
    from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'ops'::regnamespace";

const CATALOG: &str = "
    with
    managed as (select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('ops', 'auth')),
    -- Rights as they count: an empty list is the default, and the order says nothing.
    rights (class, object, part, rights) as (
      select class, object, part, string_agg(format('%s=%s%s', grantee::regrole, privilege_type,
               case when is_grantable then '*' else '' end), ' ' order by grantee::regrole::text, privilege_type)
      from (
        select 'pg_namespace'::regclass, oid, 0, coalesce(nspacl, acldefault('n', nspowner)) from managed
        union all
        select 'pg_class'::regclass, oid, 0,
               coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::\"char\", relowner))
        from pg_class where relnamespace in (select oid from managed)
        union all
        select 'pg_class'::regclass, attrelid, attnum, attacl
        from pg_attribute join pg_class c on c.oid = attrelid where relnamespace in (select oid from managed)
        union all
        select 'pg_proc'::regclass, oid, 0, coalesce(proacl, acldefault('f', proowner))
        from pg_proc where pronamespace in (select oid from managed)
      ) o (class, object, part, acl), aclexplode(acl)
      group by class, object, part
    ),
    objects (class, object, part, definition) as (
      select 'pg_namespace'::regclass, oid, 0, 'schema ' || nspname || ' of ' || nspowner::regrole from managed
      union all
      select 'pg_class'::regclass, oid, 0, format('relation %s kind %s of %s rls %s %s %s', oid::regclass, relkind,
             relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions)
             || case when relkind = 'v' then pg_get_viewdef(oid) when relkind = 'i' then pg_get_indexdef(oid) else '' end
      from pg_class where relnamespace in (select oid from managed)
      union all
      select 'pg_class'::regclass, a.attrelid, a.attnum, format('column %s.%s %s %s not null %s default %s identity %s',
             a.attrelid::regclass, a.attname, row_number() over (partition by a.attrelid order by a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull,
             pg_get_expr(d.adbin, d.adrelid), a.attidentity)
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'v')
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where c.relnamespace in (select oid from managed) and a.attnum > 0 and not a.attisdropped
      union all
      select 'pg_constraint'::regclass, oid, 0,
             format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
      from pg_constraint where connamespace in (select oid from managed)
      union all
      select 'pg_trigger'::regclass, t.oid, 0, format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
      from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where c.relnamespace in (select oid from managed) and not t.tgisinternal
      union all
      select 'pg_policy'::regclass, p.oid, 0, format('policy %s on %s %s permissive %s to %s using %s check %s', p.polname,
             p.polrelid::regclass, p.polcmd, p.polpermissive, p.polroles::regrole[],
             pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace in (select oid from managed)
      union all
      select 'pg_proc'::regclass, oid, 0, format('of %s %s', proowner::regrole, pg_get_functiondef(oid))
      from pg_proc where pronamespace in (select oid from managed)
    )
    select format('%s; rights %s; comment %s', o.definition, r.rights, d.description)
    from objects o
    left join rights r using (class, object, part)
    left join pg_description d on d.classoid = o.class and d.objoid = o.object and d.objsubid = o.part";
