//! What a person writes for an expression: other words for the same are accepted, anything else never is.
//!
//! Each pair is a policy that the server has and what a manifest says of it. All are verified at once.

use pgward::model::SchemaFilter;
use pgward::verify::{Manifest, Verdict, verify};
use pgward::{introspect, kinds};

use crate::support::TestDb;

const SCHEMA: &str = r#"
    create schema app;
    create table app.members (
        id integer, role text, name text collate "C", "Role" text, active boolean not null, amount numeric, at timestamptz,
        tags text[], owner uuid, data jsonb, big bigint, code varchar(10));
    create table app.other (id integer, member integer, a integer, b integer);
    create table app.parts (k text, l text) partition by list (k);
    create table app.parts_x partition of app.parts for values in ('x');
    create function app.is_admin(id integer) returns boolean language sql stable as 'select id > 10';
    create function app.is_owner(id integer) returns boolean language sql stable as 'select id > 10';
    create schema evil;
    create function evil.is_admin(id integer) returns boolean language sql stable as 'select id > 10';
    create function app."Is_Admin"(id integer) returns boolean language sql stable as 'select id > 10';
    create function app.allowed(what text) returns boolean language sql immutable as 'select true';
    create function evil.eq(integer, integer) returns boolean language sql immutable as 'select $1 = $2';
    create operator evil.= (leftarg = integer, rightarg = integer, function = evil.eq);
"#;

/// What the server has, and the same in other words.
const SAME: &[(&str, &str)] = &[
    ("role in ('owner', 'admin')", "role in ('owner', 'admin')"),
    ("role in ('owner', 'admin')", "ROLE = any (array['owner', 'admin'])"),
    ("role in ('owner', 'admin')", "((  role\n in ('owner' , 'admin') ))"),
    ("role not in ('owner', 'admin')", "not (role in ('owner', 'admin'))"),
    ("not (id = 1 and role = 'x')", "not (id = 1 and role = 'x')"),
    ("not (id = 1 and role = 'x')", "id <> 1 or role <> 'x'"),
    ("role is distinct from 'x'", "role is distinct from 'x'::text"),
    ("role is not distinct from 'x'", "not (role is distinct from 'x')"),
    ("id between 1 and 5", "id between 1 and 5"),
    ("id between 1 and 5", "id >= 1 and id <= 5"),
    ("role = 'x'::text", "role = 'x'"),
    ("coalesce(role, 'none') = 'x'", "coalesce(role, 'none') = 'x'"),
    ("owner = current_setting('app.user', true)::uuid", "owner = cast(current_setting('app.user', true) as uuid)"),
    ("owner = current_setting('app.user', true)::uuid", "owner = pg_catalog.current_setting('app.user', true)::uuid"),
    ("active", "active = true"),
    ("active", "(active)"),
    ("not active", "active = false"),
    ("active is true", "active is true"),
    ("true", "TRUE"),
    ("true", "(((true))) -- everybody"),
    ("role = 'x'", "role = 'x' -- a comment"),
    ("role = 'x'", "/* who? */ role = /* :) */ 'x'"),
    ("role = 'it''s'", "role = 'it''s'"),
    ("role = 'it''s'", "role = $$it's$$"),
    ("role = 'it''s'", "role = $q$it's$q$"),
    (r"role = 'a\b'", r"role = 'a\b'"),
    (r"role = 'a\b'", r"role = E'a\\b'"),
    ("id > -1", "id > -1"),
    ("amount > -1.50", "amount > -1.50"),
    ("amount > 1e3", "amount > 1e3"),
    ("amount > 1e3", "amount > 1000::numeric"),
    ("big < 3000000000", "big < 3000000000"),
    ("at > now() - interval '5 minutes'", "at > now() - interval '5 minutes'"),
    ("at > now() - interval '5 minutes'", "at > now() - '00:05:00'::interval"),
    ("at > '2020-01-01'", "at > '2020-01-01'"),
    ("name like 'a%'", "name like 'a%'"),
    ("role = 'x' collate \"C\"", "role = 'x' collate pg_catalog.\"C\""),
    ("'a' = any (tags)", "'a' = any (tags)"),
    ("tags @> array['a']", "tags @> array['a']::text[]"),
    ("id = 1 or id = 2 or id = 3", "(id = 1 or id = 2) or id = 3"),
    ("case when active then role = 'x' else false end", "CASE WHEN active THEN role = 'x' ELSE false END"),
    ("\"Role\" = 'x'", "\"Role\" = 'x'"),
    ("role = 'x'", "\"role\" = 'x'"),
    ("role = 'x'", "members.role = 'x'"),
    ("code = 'x'", "code = 'x'"),
    ("app.is_admin(id)", "app.is_admin(id)"),
    ("app.is_admin(id)", "app.is_admin(members.id)"),
    ("data ->> 'a' = 'b'", "(data->>'a') = 'b'"),
    ("extract(year from at) = 2020", "extract(year from at) = 2020"),
    ("at at time zone 'UTC' > '2020-01-01'", "(at at time zone 'UTC') > '2020-01-01'"),
    ("substring(role from 1 for 2) = 'ab'", "substring(role from 1 for 2) = 'ab'"),
    ("trim(role) = 'x'", "trim(role) = 'x'"),
    ("role = current_user", "role = current_user"),
    ("id operator(evil.=) 1", "id operator(evil.=) 1"),
    ("id = 1", "id operator(pg_catalog.=) 1"),
    (
        "exists (select 1 from app.other o where o.member = members.id)",
        "exists (select 1 from app.other as o where (o.member) = members.id)",
    ),
    ("id in (select member from app.other)", "id in (select member from app.other)"),
    (
        "id = (select member from app.other order by a limit 1)",
        "id = (select member from app.other order by a limit 1)",
    ),
    ("(select app.is_admin(1))", "(select app.is_admin(1))"),
    ("(id, role) = (1, 'x')", "(id, role) = (1, 'x')"),
];

/// What the server has, and something else that looks like it or plans like it.
const OTHER: &[(&str, &str)] = &[
    ("role in ('owner', 'admin')", "role in ('owner', 'viewer')"),
    ("role in ('owner', 'admin')", "role in ('owner')"),
    ("role in ('owner', 'admin')", "role not in ('owner', 'admin')"),
    ("id = 1 and active", "id = 1 or active"),
    ("id = 1 and active or id = 2", "id = 1 and (active or id = 2)"),
    ("id = 1", "not (id = 1)"),
    ("id = 1", "id <> 1"),
    ("id > 1", "id >= 1"),
    ("id > 1", "id > -1"),
    ("id > 1", "id > 10"),
    ("id > 1", "id > 1.5"),
    ("amount > 1000", "amount > 1e4"),
    ("amount > 0.1", "amount > 0.01"),
    ("id between 1 and 5", "id between 5 and 1"),
    ("id between 1 and 5", "id not between 1 and 5"),
    ("role = 'x'", "name = 'x'"),
    ("role = 'x'", "\"Role\" = 'x'"),
    ("role = 'x'", "role = 'X'"),
    ("role = 'x'", "role = 'x' collate \"C\""),
    ("role = 'x' collate \"C\"", "role = 'x' collate \"POSIX\""),
    ("role = 'x' collate \"C\"", "role = 'x'"),
    ("role is distinct from 'x'", "role <> 'x'"),
    ("role = 'x'", "role is not distinct from 'x'"),
    ("coalesce(active, false)", "coalesce(active, true)"),
    ("app.is_admin(id)", "app.is_owner(id)"),
    ("app.is_admin(id)", "evil.is_admin(id)"),
    ("app.is_admin(id)", "app.\"Is_Admin\"(id)"),
    ("app.is_admin(id)", "id > 10"),
    ("app.allowed('admin')", "app.allowed('viewer')"),
    ("app.allowed('admin')", "true"),
    ("true", "app.allowed('admin')"),
    ("id = 1", "id operator(evil.=) 1"),
    ("1 = 1", "1 operator(evil.=) 1"),
    ("at < '2020-01-01'", "at < 'now'"),
    ("at < '2020-01-01'", "at < 'today'::timestamptz"),
    ("at < '2020-01-01'", "at < '2020-01-02'"),
    ("at < now()", "at < clock_timestamp()"),
    ("at > now() - interval '5 minutes'", "at > now() - interval '5 hours'"),
    ("current_setting('a.b', true) = 'x'", "current_setting('a.b') = 'x'"),
    ("role = 'x'", "role like 'x'"),
    ("role like 'a%'", "role ilike 'a%'"),
    ("code = 'x'", "code::varchar(1) = 'x'"),
    ("role = current_user", "role = session_user"),
    // What would break out of the parentheses.
    ("true", "true) or (false"),
    ("true", "true) --"),
    ("id = 1", "id = 1) from (select 1) as members (id) where (true"),
    ("id = 1", "id = 1) /*"),
    ("id = 1", "id = 1; select 1"),
    ("id = 1", "id = 1 /* open"),
    ("id = 1", "id = 1, true"),
    ("true", "bool_and(true)"),
    ("true", "generate_series(1, 2) > 0"),
    ("true", ""),
    ("id = 1", "(select id = 1 limit 1)"),
    // What no plan shows.
    (
        "id = (select member from app.other order by a limit 1)",
        "id = (select member from app.other order by a limit 2)",
    ),
    (
        "id = (select member from app.other order by a limit 1 offset 2)",
        "id = (select member from app.other order by a limit 2 offset 1)",
    ),
    (
        "id in (select sum(member) over (partition by a order by b) from app.other)",
        "id in (select sum(member) over (order by a, b) from app.other)",
    ),
    (
        "id in (select sum(member) over (order by a rows 1 preceding) from app.other)",
        "id in (select sum(member) over (order by a groups 1 preceding) from app.other)",
    ),
    (
        "id in (select distinct on (a) a from app.other order by a, b)",
        "id in (select distinct on (a, b) a from app.other order by a, b)",
    ),
    (
        "exists (select from app.parts where k = 'nowhere')",
        "exists (select from app.parts where k = 'nowhere' and l = 'nowhere')",
    ),
    (
        "exists (select from app.other where member = members.id)",
        "exists (select from app.other where member = members.id and a = b)",
    ),
    ("data = (select to_jsonb(x) from (select 1 as a) x)", "data = (select to_jsonb(x) from (select 1 as b) x)"),
    (
        "data in (select to_jsonb(x) from (select a as c from app.other) x)",
        "data in (select to_jsonb(x) from (select a as d from app.other) x)",
    ),
    (
        "exists (select from app.other o where o.member = members.id)",
        "exists (select from app.other o where o.member = id)",
    ),
    ("id in (select a from app.other)", "id in (select b from app.other)"),
    (
        "id in (select a from app.other union select b from app.other)",
        "id in (select a from app.other union all select b from app.other)",
    ),
];

#[tokio::test]
async fn the_same_in_other_words_is_accepted_and_nothing_else_is() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let mut sql = SCHEMA.to_owned();
    let mut manifest = "format_version = 1\n[tables.\"app.members\"]\npartial = true\n".to_owned();
    for (n, (actual, expected)) in SAME.iter().chain(OTHER).enumerate() {
        sql += &format!("create policy p{n} on app.members using ({actual});\n");
        let expected = toml::Value::String((*expected).to_owned());
        manifest += &format!(
            "[tables.\"app.members\".policies.p{n}]\ncommand = \"ALL\"\nroles = [\"public\"]\nusing = {expected}\n"
        );
    }
    client.batch_execute(&sql).await.unwrap();
    let shapes: Vec<_> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    let manifest = Manifest::parse("test.toml", &manifest, &shapes).unwrap();
    let catalog = introspect::read(&mut client, &SchemaFilter::all()).await.unwrap();
    let outcome = verify(&mut client, &manifest, &catalog, &shapes).await.unwrap();

    let mut wrong = Vec::new();
    for (n, (actual, expected)) in SAME.iter().chain(OTHER).enumerate() {
        let check = outcome.checks.iter().find(|check| check.id.path.last() == Some(&format!("p{n}"))).unwrap();
        if (check.verdict == Verdict::Pass) != (n < SAME.len()) {
            let findings: Vec<_> = check.findings.iter().map(|finding| (&finding.message, &finding.actual)).collect();
            wrong.push(format!("{:?}: {actual} / {expected}\n   {findings:?}", check.verdict));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
