//! Each kind's attributes as they are read: functions, procedures, triggers.

use serde_json::json;

use crate::introspect_kinds::Probe;

#[tokio::test]
async fn functions() {
    let probe = Probe::new(
        "create function s.f(a int, out b text, inout c numeric(4, 1) default 1, variadic d int[] default '{}')
            language sql as $$ select 'x', 1 $$;
         create function s.none() returns void language plpgsql strict parallel restricted stable
            set search_path = '' set statement_timeout = '5s' as 'begin end';
         create function s.rows() returns table (a int, \"B b\" text) language sql immutable cost 0.5 rows 12.5
            return row(1, 'x');
         create function s.w() returns bigint language internal window immutable as 'window_row_number';
         create function s.c(text) returns bool language internal immutable parallel safe leakproof
            support textlike_support as 'textlike';
         create function s.setof() returns setof int language sql rows 1000 as 'select 1'; create function s.f()
            returns trigger language plpgsql security definer as 'begin end'",
    )
    .await;
    assert_eq!(
        probe.attrs("function", ["s", "f", "(integer, numeric, integer[])"]),
        json!({
            "arguments": "a integer, OUT b text, INOUT c numeric DEFAULT 1, VARIADIC d integer[] DEFAULT '{}'::integer[]",
            "returns": "record", "language": "sql", "body": " select 'x', 1 ",
        })
    );
    assert_eq!(
        probe.attrs("function", ["s", "none", "()"]),
        json!({
            "returns": "void", "language": "plpgsql", "strict": true, "parallel": "restricted", "volatility": "stable",
            "settings": {"search_path": "\"\"", "statement_timeout": "5s"}, "body": "begin end",
        })
    );
    assert_eq!(
        probe.attrs("function", ["s", "rows", "()"]),
        json!({
            "returns": "TABLE(a integer, \"B b\" text)", "language": "sql", "volatility": "immutable", "cost": 0.5,
            "rows": 12.5, "sql_body": "RETURN ROW(1, 'x')",
        })
    );
    assert_eq!(
        probe.attrs("function", ["s", "w", "()"]),
        json!({
            "returns": "bigint", "language": "internal", "window": true, "volatility": "immutable",
            "body": "window_row_number",
        })
    );
    assert_eq!(
        probe.attrs("function", ["s", "c", "(text)"]),
        json!({
            "arguments": "text", "returns": "boolean", "language": "internal", "volatility": "immutable",
            "parallel": "safe", "leakproof": true, "support": "textlike_support", "body": "textlike",
        })
    );
    let expected = json!({"returns": "SETOF integer", "language": "sql", "body": "select 1"});
    assert_eq!(probe.attrs("function", ["s", "setof", "()"]), expected);
    assert_eq!(probe.attrs("function", ["s", "f", "()"])["security_definer"], true);
}

#[tokio::test]
async fn libraries_and_transforms() {
    let probe = Probe::new(
        "create function s.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
         create procedure s.validator(oid) language c as '$libdir/plpgsql', 'plpgsql_validator';
         create function s.from_sql(internal) returns internal language internal strict immutable as 'prsd_lextype';
         create transform for int language plpgsql (from sql with function s.from_sql(internal));
         create function s.f() returns int transform for type int language plpgsql as 'begin end';
         create procedure s.p() transform for type int language plpgsql as 'begin end'",
    )
    .await;
    let library = json!("$libdir/plpgsql");
    let function = probe.attrs("function", ["s", "handler", "()"]);
    assert_eq!((&function["library"], &function["body"]), (&library, &json!("plpgsql_call_handler")));
    assert_eq!(probe.attrs("procedure", ["s", "validator", "(oid)"])["library"], library);
    assert_eq!(probe.attrs("function", ["s", "f", "()"])["transforms"], json!(["integer"]));
    assert_eq!(probe.attrs("procedure", ["s", "p", "()"])["transforms"], json!(["integer"]));
}

#[tokio::test]
async fn what_a_type_brings_along_is_not_listed() {
    let probe = Probe::new("create type s.r as range (subtype = int); create table s.t (a int)").await;
    let found: Vec<_> = probe.catalog.objects.keys().filter(|id| id.path[0] == "s").map(|id| id.to_string()).collect();
    let expected = ["schema s", "range type s.r", "grant to public on s.r", "table s.t", "column s.t.a"];
    assert_eq!(found, expected, "no multirange type, no array types, no constructors");
    assert_eq!(probe.catalog.uncovered, []);
}

#[tokio::test]
async fn procedures() {
    let probe = Probe::new(
        "create procedure s.p(in a int, out b text, inout c int default 2) language plpgsql security definer
            set search_path = s as 'begin end';
         create procedure s.a(a int) begin atomic delete from pg_class where false; end",
    )
    .await;
    assert_eq!(
        probe.attrs("procedure", ["s", "p", "(integer, integer)"]),
        json!({
            "arguments": "IN a integer, OUT b text, INOUT c integer DEFAULT 2", "language": "plpgsql",
            "security_definer": true, "settings": {"search_path": "s"}, "body": "begin end",
        })
    );
    assert_eq!(
        probe.attrs("procedure", ["s", "a", "(integer)"])["sql_body"],
        json!("BEGIN ATOMIC\n DELETE FROM pg_class\n   WHERE false;\nEND")
    );
}

#[tokio::test]
async fn triggers() {
    let mut probe = Probe::new(
        r#"create function s.f() returns trigger language plpgsql as 'begin return new; end';
         create table s.t (a int, "B ON" int, tv tsvector, x text); create view s.v as select a from s.t;
         create trigger a before insert on s.t for each row execute function s.f();
         create trigger b after delete or truncate on s.t execute function s.f('FOR EACH ROW WHEN (', ') EXECUTE');
         create trigger c after update of a, "B ON" on s.t for each row
            when (old.a is distinct from new.a and new.x <> ' WHEN (') execute function s.f('x', '', '\''', '00');
         create trigger d instead of insert or update or delete on s.v for each row execute function s.f();
         create trigger e before update on s.t for each row when (old.* is distinct from new.*)
            execute function tsvector_update_trigger('tv', 'pg_catalog.english', 'x');
         create trigger f after insert on s.t referencing new table as "N w" for each statement
            when (pg_trigger_depth() = 0) execute function s.f();
         create constraint trigger g after update of a on s.t from s.t not deferrable for each row
            when (new.a > 0) execute function s.f();
         alter table s.t disable trigger a; alter table s.t enable replica trigger b"#,
    )
    .await;
    let base =
        json!({"timing": "before", "events": ["INSERT"], "level": "row", "function": "s.f", "enabled": "disabled"});
    assert_eq!(probe.attrs("trigger", ["s", "t", "a"]), base);
    assert_eq!(
        probe.attrs("trigger", ["s", "t", "b"]),
        json!({
            "timing": "after", "events": ["DELETE", "TRUNCATE"], "level": "statement", "function": "s.f",
            "arguments": ["FOR EACH ROW WHEN (", ") EXECUTE"], "enabled": "replica",
        })
    );
    assert_eq!(
        probe.attrs("trigger", ["s", "t", "c"]),
        json!({
            "timing": "after", "events": ["UPDATE"], "columns": ["a", "B ON"], "level": "row", "function": "s.f",
            "when": "((old.a IS DISTINCT FROM new.a) AND (new.x <> ' WHEN ('::text))",
            "arguments": ["x", "", "\\'", "00"],
        })
    );
    assert_eq!(
        probe.attrs("trigger", ["s", "v", "d"]),
        json!({"timing": "instead of", "events": ["DELETE", "INSERT", "UPDATE"], "level": "row", "function": "s.f"})
    );
    assert_eq!(
        probe.attrs("trigger", ["s", "t", "e"]),
        json!({
            "timing": "before", "events": ["UPDATE"], "level": "row", "when": "(old.* IS DISTINCT FROM new.*)",
            "function": "pg_catalog.tsvector_update_trigger", "arguments": ["tv", "pg_catalog.english", "x"],
        })
    );
    assert_eq!(
        probe.attrs("trigger", ["s", "t", "f"]),
        json!({
            "timing": "after", "events": ["INSERT"], "level": "statement", "new_table": "N w", "function": "s.f",
            "when": "(pg_trigger_depth() = 0)",
        })
    );
    assert_eq!(
        probe.attrs("trigger", ["s", "t", "g"]),
        json!({
            "timing": "after", "events": ["UPDATE"], "columns": ["a"], "level": "row", "function": "s.f",
            "constraint": true, "references": "s.t", "when": "(new.a > 0)",
        })
    );
    probe.run("alter table s.t enable always trigger a; comment on trigger a on s.t is 'first'").await;
    let trigger = probe.attrs("trigger", ["s", "t", "a"]);
    assert_eq!((&trigger["enabled"], &trigger["comment"]), (&json!("always"), &json!("first")));
    let constraints: Vec<_> = probe.catalog.objects.keys().filter(|id| id.kind == "constraint").collect();
    assert!(constraints.is_empty(), "a constraint trigger is a trigger alone: {constraints:?}");
}
