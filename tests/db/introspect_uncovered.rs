//! What no kind models is reported by name, and no catalog of the server is forgotten.

use pgward::introspect::NOT_SCHEMA;
use pgward::kinds;

use crate::introspect_kinds::Probe;

#[tokio::test]
async fn every_catalog_is_claimed() {
    let probe = Probe::new("").await;
    let sql =
        "select relname::text from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'p')";
    let uncovered = include_str!("../../src/introspect/uncovered.sql");
    let queries: Vec<&str> = kinds::ALL.iter().map(|kind| kind.query).chain([uncovered]).collect();
    let reads = |catalog: &str| {
        let name = format!("pg_catalog.{catalog}");
        queries.iter().any(|query| {
            query.match_indices(&name).any(|(at, _)| {
                !query[at + name.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
            })
        })
    };
    let mut forgotten = Vec::new();
    for row in probe.client.query(sql, &[]).await.unwrap() {
        let catalog: String = row.get(0);
        let set_aside = NOT_SCHEMA.iter().any(|(name, _)| *name == catalog);
        if reads(&catalog) == set_aside {
            forgotten.push(catalog);
        }
    }
    assert!(forgotten.is_empty(), "read by nobody, or read and on the list of what holds no schema: {forgotten:?}");
}

const EVERYTHING: &str = "
    create type s.rng as range (subtype = int); create type s.shell;
    create type s.base; create function s.base_in(cstring) returns s.base language internal strict immutable as 'int4in';
    create function s.base_out(s.base) returns cstring language internal strict immutable as 'int4out';
    create type s.base (input = s.base_in, output = s.base_out, like = int4);
    create aggregate s.agg(int) (sfunc = int4pl, stype = int);
    create cast (s.base as int) without function;
    create operator s.=== (leftarg = int, rightarg = int, function = int4eq);
    create operator family s.fam using btree;
    create operator class s.cls for type s.base using hash as operator 1 s.== (s.base, s.base);
    create function s.lt(int, numeric) returns bool language sql immutable as 'select $1 < $2';
    create operator s.<<< (leftarg = int, rightarg = numeric, function = s.lt);
    alter operator family pg_catalog.integer_ops using btree add operator 1 s.<<< (int4, numeric);
    create access method am type index handler bthandler;
    create text search parser s.tsp (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
    create text search template s.tst (lexize = dsimple_lexize);
    create text search dictionary s.tsd (template = simple);
    create text search configuration s.tsc (parser = default);
    create collation s.coll from \"C\"; create conversion s.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
    create function s.evt() returns event_trigger language plpgsql as 'begin end';
    create event trigger evt on ddl_command_end execute function s.evt(); alter event trigger evt disable;
    create foreign data wrapper fdw; create server srv foreign data wrapper fdw;
    create user mapping for rich_reader server srv options (password 'secret');
    create foreign table s.ft (a int) server srv;
    create table s.t (a int, b int); create statistics s.stat on a, b from s.t;
    create rule rul as on insert to s.t do also nothing; create publication pub for table s.t;
    create subscription sub connection 'dbname=none' publication pub with (connect = false, slot_name = none, enabled = false);
    create language lang handler plpgsql_call_handler;
    create function s.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
    create transform for int language lang (from sql with function s.from_sql(internal));
    grant select (tableoid) on s.t to rich_reader;
    create function pg_catalog.smuggled() returns int language sql as 'select 1';
    grant usage on type s.t to rich_reader;
    create extension hstore with schema s; revoke execute on function s.hstore(text, text) from public;
    do $$ begin execute format('alter database %I set work_mem = ''5MB''', current_database());
        execute format('alter role rich_reader in database %I set work_mem = ''6MB''', current_database());
        execute format('comment on database %I is ''ours''', current_database());
        execute format('grant connect on database %I to rich_reader', current_database()); end $$";

#[tokio::test]
async fn nothing_is_skipped() {
    let operator = "create operator s.== (leftarg = s.base, rightarg = s.base, function = s.base_eq)";
    let (before, after) = EVERYTHING.split_once("create operator class").unwrap();
    let base_eq = "create function s.base_eq(s.base, s.base) returns bool language internal immutable as 'int4eq'";
    let probe = Probe::new(&format!("{before} {base_eq}; {operator}; create operator class{after}")).await;
    let database: String = probe.client.query_one("select current_database()", &[]).await.unwrap().get(0);
    let found = probe.catalog.uncovered.iter();
    let found: Vec<_> = found
        .map(|object| {
            let schema = object.schema.as_deref().map(|schema| format!("[{schema}] ")).unwrap_or_default();
            format!("{schema}{} {}", object.kind, object.name)
                .replace(&database, "DB")
                // Since PostgreSQL 16 without the word.
                .replace("integer on language", "integer language")
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[tokio::test]
async fn an_ordinary_database_has_nothing_uncovered() {
    let probe = Probe::new(
        "create temporary table tmp (a int primary key); create temporary view tv as select * from tmp;
         create function pg_temp.f() returns int language sql as 'select 1'; create table s.t (a serial primary key)",
    )
    .await;
    assert_eq!(probe.catalog.uncovered, []);
    assert!(probe.catalog.objects.keys().all(|id| !id.path[0].starts_with("pg_temp")));
}

#[tokio::test]
async fn two_grants_of_one_identity_are_not_one() {
    let probe =
        Probe::new("create sequence s.x; create type s.x as enum (); grant usage on sequence s.x to public").await;
    assert_eq!(probe.catalog.uncovered, []);
    let usage = serde_json::json!({"privileges": ["USAGE"]});
    assert_eq!(probe.attrs("grant", ["s", "x", "public"]), usage);
    assert_eq!(probe.attrs("grant", ["s", "x", "public on sequence"]), usage);
}

/// Names that are kept for the server, which a superuser can give all the same.
#[tokio::test]
async fn what_hides_behind_a_name_of_the_servers_is_found() {
    let probe = Probe::new(
        "set allow_system_table_mods = on; create schema pg_hidden; reset allow_system_table_mods;
         create table pg_hidden.t (id int primary key); create function pg_hidden.f() returns int language sql as 'select 1';
         create type pg_hidden.e as enum (); create view pg_hidden.v as select 1 as a",
    )
    .await;
    let found: Vec<_> = probe.catalog.uncovered.iter().map(|o| format!("{} {}", o.kind, o.name)).collect();
    let expected =
        ["function pg_hidden.f()", "schema pg_hidden", "table pg_hidden.t", "type pg_hidden.e", "view pg_hidden.v"];
    for object in expected {
        assert!(found.iter().any(|found| found == object), "{object}: {found:?}");
    }
}

/// A role without any right reads everything but secrets, and is told what it could not see.
#[tokio::test]
async fn what_a_role_may_not_see_is_said() {
    let probe = Probe::new(
        "create foreign data wrapper w; create server v foreign data wrapper w;
         create user mapping for rich_owner server v options (\"user\" 'x', password 'secret');
         create subscription sub connection 'dbname=none password=secret' publication p
             with (connect = false, slot_name = none)",
    )
    .await;
    assert_eq!(probe.catalog.uncovered, []);
    assert_eq!(
        probe.attrs("user mapping", ["v", "rich_owner"]),
        serde_json::json!({"options": {"user": "x", "password": "(hidden)"}})
    );
    assert_eq!(probe.attrs("subscription", ["sub"])["connection"], "dbname=none password=(hidden)");

    let mut client = probe.db.connect().await;
    client.batch_execute("set session authorization rich_reader").await.unwrap();
    let catalog = pgward::introspect::read(&mut client, &pgward::model::SchemaFilter::all()).await.unwrap();
    let found: Vec<_> = catalog.uncovered.iter().map(|o| format!("{} {}", o.kind, o.name)).collect();
    assert_eq!(
        found,
        ["hidden connection of subscription sub", "hidden options of user mapping rich_owner on server v"]
    );
    // It would hold the database.
    probe.client.batch_execute("drop subscription sub").await.unwrap();
}

/// What is in an extension's schema, or granted on an extension's member, is the user's.
#[tokio::test]
async fn what_users_have_in_and_on_an_extension_is_seen() {
    let probe = Probe::new(
        "create extension hstore with schema public;
         grant execute on function public.hstore(text, text) to rich_reader; alter extension hstore add schema s; create table s.mine (a int)",
    )
    .await;
    assert!(probe.has("table", ["s", "mine"]));
    assert!(probe.has("column", ["s", "mine", "a"]));
    assert_eq!(
        probe.attrs("grant", ["public", "hstore", "(text, text)", "rich_reader"]),
        serde_json::json!({"privileges": ["EXECUTE"]})
    );
    assert_eq!(probe.catalog.uncovered, []);
    let only = pgward::model::SchemaFilter::only(["s"]).apply(probe.catalog.clone());
    assert!(only.objects.keys().any(|id| id.kind == "table"));
}
