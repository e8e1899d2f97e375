//! What the model says of statements, one of each sort: a new version of the parser that names things anew fails here.

use super::{Action, ConstraintKind, TableAction, TypeName, Verb, parse};
use crate::sql::Script;

fn read(text: &str) -> Vec<Action> {
    let script = Script::parse("x.sql", text).unwrap();
    parse(&script, &|_| false).unwrap().into_iter().map(|parsed| parsed.action).collect()
}

fn one(text: &str) -> Action {
    read(text).pop().unwrap()
}

#[test]
fn tables() {
    let text = "create table if not exists \"Ops\".T (id bigint generated always as identity primary key,
        a character varying(10) not null default lower('x') check (a <> ''), b int[] references u(id),
        c numeric(10,2) generated always as (1) stored, d timestamp(3) with time zone, unique (a, b),
        foreign key (b) references s.v)";
    let Action::CreateTable(table) = one(text) else { panic!() };
    assert_eq!(table.name, ["Ops", "t"]);
    assert!(table.if_not_exists);
    let types: Vec<_> = table.columns.iter().map(|column| column.data_type.clone().unwrap().to_string()).collect();
    assert_eq!(types, ["bigint", "varchar(10)", "integer[]", "numeric(10,2)", "timestamptz(3)"]);
    let [id, a, b, c, _] = table.columns.as_slice() else { panic!() };
    assert!(id.identity && id.not_null && a.not_null && c.stored);
    let default = a.default.clone().unwrap();
    assert_eq!((default.calls, default.names), (vec![vec!["lower".to_owned()]], vec![]));
    assert_eq!(b.constraints[0].references, Some(vec!["u".to_owned()]));
    assert_eq!(table.constraints[0].columns, ["a", "b"]);
    assert_eq!(table.constraints[1].references, Some(vec!["s".to_owned(), "v".to_owned()]));
}

#[test]
fn alterations_of_tables() {
    let text = "alter table only s.t add column c int default now() not null, add constraint k check (c is not null) not valid,
        alter column a type text using a::text, alter a set not null, drop column z cascade, validate constraint k,
        add unique using index i, rename_me, owner to bob";
    let Action::AlterTable(table) = one(&text.replace("rename_me", "set logged")) else { panic!() };
    assert_eq!(table.name, ["s", "t"]);
    let actions: Vec<_> = table.actions.into_iter().map(|(_, action)| action).collect();
    assert!(matches!(&actions[0], TableAction::AddColumn { column, .. } if column.not_null && column.name == "c"));
    let TableAction::AddConstraint(check) = &actions[1] else { panic!() };
    assert!(check.not_valid && check.kind == ConstraintKind::Check);
    assert_eq!(check.check.as_ref().unwrap().names, ["c"]);
    assert!(matches!(&actions[2], TableAction::SetType { using: true, .. }));
    assert_eq!(actions[3], TableAction::Column { column: "a".into(), what: "set not null".into() });
    assert_eq!(actions[4], TableAction::DropColumn { column: "z".into(), cascade: true });
    assert_eq!(actions[5], TableAction::Validate("k".into()));
    assert!(matches!(&actions[6], TableAction::AddConstraint(key) if key.using_index.as_deref() == Some("i")));
    assert_eq!(actions[7], TableAction::Other("set logged".into()));
    assert_eq!(actions[8], TableAction::Other("owner to".into()));
    assert!(
        matches!(one("alter table t rename a to b"), Action::AlterTable(t) if matches!(t.actions[0].1, TableAction::RenameColumn { .. }))
    );
    assert!(matches!(one("alter table t detach partition p concurrently"), Action::AlterTable(t)
        if matches!(t.actions[0].1, TableAction::Detach { concurrently: true, .. })));
}

#[test]
fn everything_else() {
    let Action::Drop(drop) = one("drop function if exists s.f(int, text), g cascade") else { panic!() };
    assert_eq!(drop.names, [vec!["s", "f"], vec!["g"]]);
    assert!(drop.cascade && drop.if_exists && drop.kind == "function");
    let Action::Drop(drop) = one("drop policy p on s.t") else { panic!() };
    assert_eq!((drop.names, drop.on), (vec![vec!["p".to_owned()]], Some(vec!["s".to_owned(), "t".to_owned()])));
    let Action::Create(create) =
        one("create or replace function s.f(a int, out b text) returns text language sql stable as 'select 1'")
    else {
        panic!()
    };
    assert_eq!((create.name, create.arguments), (vec!["s".to_owned(), "f".to_owned()], vec!["integer".to_owned()]));
    assert!(create.or_replace && !create.volatile && create.code.unwrap().span.is_some());
    for (text, kind, name) in [
        ("create view s.v as select 1", "view", "s.v"),
        ("create materialized view m as select 1", "materialized view", "m"),
        ("create schema if not exists s authorization x", "schema", "s"),
        ("create extension e", "extension", "e"),
        ("create sequence s.q", "sequence", "s.q"),
        ("create policy p on s.t using (true)", "policy", "p"),
        ("create trigger r after insert on t execute function f()", "trigger", "r"),
        ("create type e as enum ('a')", "type", "e"),
        ("create domain s.d as text not null", "domain", "s.d"),
        ("create procedure p() language sql as 'select 1'", "procedure", "p"),
        ("create aggregate a(int) (sfunc = f, stype = int)", "aggregate", "a"),
        ("create role r login", "role", "r"),
        ("create rule r as on insert to t do nothing", "rule", "r"),
        ("create publication p for table t", "publication", "p"),
        ("create event trigger e on ddl_command_start execute function f()", "event trigger", "e"),
    ] {
        let Action::Create(create) = one(text) else { panic!("{text}") };
        assert_eq!((create.kind.as_str(), create.name.join(".").as_str()), (kind, name), "{text}");
    }
    for (text, kind, name, what) in [
        ("alter type s.e add value 'x' before 'y'", "type", "s.e", "add value"),
        ("alter type e rename value 'a' to 'b'", "type", "e", "rename value"),
        ("alter type e drop attribute x", "type", "e", "drop attribute"),
        ("alter view v rename to w", "view", "v", "rename to"),
        ("alter schema s rename to t", "schema", "s", "rename to"),
        ("alter domain d add constraint c check (value > 0)", "domain", "d", "add constraint"),
        ("alter function s.f(int) security definer", "function", "s.f", "security definer func option"),
        ("alter policy p on t using (true)", "policy", "p", "using expr clause"),
        ("alter sequence q restart with 5", "sequence", "q", "option restart"),
        ("alter role r bypassrls", "role", "r", "role option generic"),
        ("alter system set a = 'b'", "system", "", "set config param"),
        ("alter extension e update to '2'", "extension", "e", "alter extension update"),
        ("alter default privileges in schema s grant select on tables to a", "default privileges", "", "in schemas"),
    ] {
        let Action::Alter(alter) = one(text) else { panic!("{text}") };
        assert_eq!((alter.kind.as_str(), alter.name.join(".").as_str()), (kind, name), "{text}");
        assert_eq!(alter.changes[0].what, what, "{text}");
    }
    let Action::Grant(grant) = one("grant select, insert (a) on table s.t, u to x, public") else { panic!() };
    assert_eq!((grant.privileges, grant.kind.as_str()), (vec!["select".to_owned(), "insert".to_owned()], "table"));
    assert_eq!((grant.objects.len(), grant.roles), (2, vec!["x".to_owned(), "public".to_owned()]));
    assert!(matches!(one("revoke r1 from r2"), Action::Grant(grant) if grant.revoke && grant.kind == "role"));
    assert!(
        matches!(one("select set_config('lock_timeout', '0', true)"), Action::Set(set) if set.local && set.value.as_deref() == Some("0"))
    );
    assert!(matches!(one("set lock_timeout to default"), Action::Set(set) if set.value.is_none()));
    assert_eq!(one("select s.f(1)"), Action::Call(vec![vec!["s".into(), "f".into()]]));
    assert!(matches!(one("vacuum (full, analyze) t"), Action::Rewrite { command: "VACUUM FULL", .. }));
    assert!(
        matches!(one("reindex (concurrently) table t"), Action::Reindex { concurrently: true, kind, .. } if kind == "table")
    );
    assert!(
        matches!(one("with x as (delete from t) select 1"), Action::Write(write) if write.verb == Verb::Delete && !write.filtered)
    );
    assert!(matches!(one("update t set a = 1, a = 2"), Action::Write(write) if write.columns == ["a", "a"]));
    assert!(matches!(one("lock table t in share mode"), Action::Lock { mode, .. } if mode == "share"));
    assert!(matches!(one("create unique index concurrently i on s.t (a, b)"), Action::CreateIndex(index)
        if index.unique && index.concurrently && index.keys == 2 && index.table == ["s", "t"]));
}

#[test]
fn types_that_need_no_rewrite() {
    for (from, to, free) in [
        ("character varying(10)", "varchar(20)", true),
        ("character varying(20)", "varchar(10)", false),
        ("varchar(10)", "text", true),
        ("text", "varchar(10)", false),
        ("integer", "bigint", false),
        ("numeric(10,2)", "numeric(12,2)", true),
        ("numeric(10,2)", "numeric(12,3)", false),
        ("numeric(10,2)", "numeric", true),
        ("timestamp(3) without time zone", "timestamp", true),
        ("text[]", "text[]", true),
    ] {
        assert_eq!(TypeName::of(from).changes_without_rewrite(&TypeName::of(to)), free, "{from} to {to}");
    }
}
