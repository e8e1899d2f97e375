//! What must hold of every text, and the cases that other tools get wrong.

use proptest::prelude::*;

use super::*;
use crate::base::ErrorKind;

fn texts(sql: &str) -> Vec<&str> {
    Script::parse("f.sql", sql).unwrap().statements.into_iter().map(|statement| statement.text).collect()
}

fn only(sql: &str) -> Statement<'_> {
    let mut statements = Script::parse("f.sql", sql).unwrap().statements;
    assert_eq!(statements.len(), 1, "{sql}");
    statements.remove(0)
}

#[test]
fn semicolons_that_end_nothing() {
    for sql in [
        "select 'a;b'",
        "select E'a\\';b'",
        "select 'a' -- c;\n 'b;c'",
        "select E'a'\n'\\';b'",
        "select E'a' -- it's; \n 'b'\n '\\';c'",
        "select U&'a;b', U&\"a;b\" UESCAPE '!', N'a;', B'1;', X'f;'",
        "select $$a;b$$, $x$a;$$;$y$;$x$, $é$;$é$",
        "select 1 /* ; /* ; */ ; */ + 1",
        "select \"a;\"\"b;\"",
        "create rule r as on insert to t do also (insert into a values (1); insert into b values (2))",
        "create function f() returns int begin atomic select 1; select 2; end",
        "create or replace procedure p() begin atomic select case when true then 1 else 2 end; insert into t select 1; end",
        "create function f() returns int language sql begin atomic select (case 1 when 1 then 2 end); select 1; END",
        "create function f() returns int as $$ begin; return 1; end $$ language plpgsql",
        "do $$ begin commit; end $$",
    ] {
        assert_eq!(texts(&format!("{sql};\nselect 2")), [sql, "select 2"], "{sql}");
    }
}

#[test]
fn semicolons_that_end() {
    assert_eq!(texts("\u{feff}select 1;\r\n;;-- end;\r\nselect 2 ; "), ["select 1", "select 2"]);
    assert_eq!(
        texts("select a$b$; select c$b$"),
        ["select a$b$", "select c$b$"],
        "a dollar inside a name quotes nothing"
    );
    assert_eq!(texts("select '\\'; select 1"), ["select '\\'", "select 1"], "no escapes in a standard string");
    assert_eq!(texts("select E'a' 'b\\'; select 1").len(), 2, "no continuation on the same line");
    assert_eq!(
        texts("begin; select case when true then 1 end; end"),
        ["begin", "select case when true then 1 end", "end"]
    );
    assert_eq!(texts("create function begin() returns int return 1; select 2").len(), 2);
    assert_eq!(texts("create table \"create function\" (a int); select 1").len(), 2);
    assert!(texts(" -- nothing\n /* at all */ ;").is_empty());
}

#[test]
fn what_no_server_can_be_sent() {
    for (sql, place, says) in [
        ("select 1;\n  select 'a", "f.sql:2:10", "string has no end"),
        ("select 1;\n/* /* */", "f.sql:2:1", "comment has no end"),
        ("select é, \"a", "f.sql:1:11", "quoted name has no end"),
        ("do $x$ begin $$ end", "f.sql:1:4", "dollar-quoted string has no end"),
        ("select E'a'\n'\\'", "f.sql:2:1", "string has no end"),
        ("select 1;\r\n\\restrict abc", "f.sql:2:1", "\\restrict is a command of psql"),
        ("select 1 \\gset", "f.sql:1:10", "\\gset is a command of psql"),
        ("copy t (a, b) from stdin;\n1\t2\n\\.\n", "f.sql:1:15", "COPY FROM STDIN"),
        ("copy (select 1 from stdin) to stdout", "f.sql:1:28", "COPY TO STDOUT"),
    ] {
        let error = Script::parse("f.sql", sql).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.message().contains(says), "{error}");
        assert_eq!(error.excerpt().unwrap().location().to_string(), place);
    }
    assert_eq!(texts("copy t from '/tmp/x'; copy (select 1) to program 'cat'").len(), 2);
}

#[test]
fn transaction_control_in_all_spellings() {
    for sql in [
        "begin",
        "BEGIN WORK",
        "start transaction isolation level serializable",
        "commit",
        "end",
        "END WORK",
        "rollback",
        "rollback work",
        "abort",
        "prepare transaction 'x'",
        "commit prepared 'x'",
        "rollback prepared 'x'",
        "/* a */ Commit -- x",
    ] {
        assert!(control(&only(sql)).is_some(), "{sql}");
    }
    for sql in [
        "savepoint a",
        "release a",
        "rollback to a",
        "rollback to savepoint a",
        "rollback work to a",
        "prepare p as select 1",
        "set transaction read only",
        "\"begin\"",
        "do $$ begin commit; end $$",
        "start_x",
    ] {
        assert!(control(&only(sql)).is_none(), "{sql}");
    }
}

#[test]
fn steps_keep_blocks_together() {
    let sql = "select 0; begin; select 1; select 2; commit; select 3";
    let script = Script::parse("f", sql).unwrap();
    let got: Vec<_> = steps(&script).unwrap().into_iter().map(|step| &sql[step.span]).collect();
    assert_eq!(got, ["select 0", "begin; select 1; select 2; commit", "select 3"]);
    for (sql, wrong) in [
        ("begin; select 1", 0),
        ("select 1; commit", 1),
        ("begin; begin; commit", 1),
        ("rollback", 0),
        ("begin; rollback", 1),
        ("begin; prepare transaction 'a'", 1),
    ] {
        assert_eq!(steps(&Script::parse("f", sql).unwrap()), Err(wrong), "{sql}");
    }
}

#[test]
fn what_cannot_run_in_a_transaction() {
    for sql in [
        "create index concurrently on t (a)",
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
        "drop index concurrently if exists i",
        "reindex index concurrently i",
        "reindex (verbose) table concurrently t",
        "reindex (concurrently) table t",
        "vacuum",
        "vacuum (analyze) t",
        "create database d",
        "drop database d",
        "alter system set a = 1",
        "create tablespace t location '/x'",
        "reindex schema s",
        "alter table t detach partition p concurrently",
        "alter database d set tablespace x",
        "cluster",
        "discard all",
    ] {
        assert!(no_transaction_reason(&only(sql)).is_some(), "{sql}");
    }
    for sql in [
        "create index concurrently_i on t (a)",
        "create index i on t (concurrently)",
        "drop index i",
        "analyze",
        "alter table t detach partition p",
        "alter table t detach partition p finalize",
        "reindex table t",
        "cluster t",
        "alter database d set search_path to a",
        "create index \"concurrently\" on t (a)",
        "discard temp",
        "alter table t add column concurrently int",
    ] {
        assert!(no_transaction_reason(&only(sql)).is_none(), "{sql}");
    }
}

#[test]
fn what_may_lose_data() {
    for sql in [
        "drop table a",
        "drop schema s cascade",
        "truncate a",
        "delete from a",
        "alter table a drop column b",
        "alter table a drop b",
        "alter table a add c int, drop if exists b",
        "with x as (delete from a returning 1) select 1",
        "alter table only s.a drop b",
        "alter table \"a\" drop \"b\"",
        "drop type x cascade",
        "drop extension x",
        "merge into a using b on true when matched then delete",
    ] {
        assert!(matches!(loss(&only(sql)), Some(Loss::Certain(_))), "{sql}");
    }
    for sql in ["do $$ begin end $$", "call p()", "execute x"] {
        assert!(matches!(loss(&only(sql)), Some(Loss::Opaque(_))), "{sql}");
    }
    for sql in [
        "alter table a drop constraint b",
        "alter table a alter b drop default",
        "alter table a alter b drop not null",
        "drop index i",
        "drop function f()",
        "drop view v",
        "create policy p on t for delete using (true)",
        "alter table a add foreign key (b) references c on delete cascade",
        "drop type x",
        "select 'drop table a'",
        "alter table a alter column b drop identity if exists",
        "drop trigger t on a",
    ] {
        assert_eq!(loss(&only(sql)), None, "{sql}");
    }
}

#[test]
fn the_index_that_is_built() {
    let index = |sql| index_built_concurrently(&only(sql));
    let made = |name: Option<&str>, table: &[&str]| {
        Some(ConcurrentIndex {
            name: name.map(str::to_owned),
            table: table.iter().map(|part| (*part).to_owned()).collect(),
        })
    };
    assert_eq!(index("create index concurrently i on t (a)"), made(Some("i"), &["t"]));
    assert_eq!(
        index("create unique index concurrently if not exists \"I\"\"x\" on only S.\"T\" using btree (a)"),
        made(Some("I\"x"), &["s", "T"])
    );
    assert_eq!(index("create index concurrently on t (a)"), made(None, &["t"]));
    assert_eq!(index("create index i on t (a)"), None);
}

#[test]
fn directives_count_before_the_first_statement_only() {
    let read = |sql| directives(&Script::parse("f.sql", sql).unwrap());
    for sql in [
        "-- pgward:no-transaction\nselect 1",
        "\u{feff}-- about\r\n--  PGWARD:no-transaction \r\nselect 1",
        "-- +goose NO TRANSACTION\nvacuum",
        "--! no-transaction\nvacuum",
        "-- no-transaction\nvacuum",
        "-- atlas:txmode none\n\nvacuum",
    ] {
        assert!(read(sql).unwrap().no_transaction, "{sql}");
    }
    for sql in
        ["-- no-transaction please\nselect 1", "select 1; -- no-transaction", "select '-- pgward:no-transaction'"]
    {
        assert!(!read(sql).unwrap().no_transaction, "{sql}");
    }
    let error = read("-- pgward:no-transction\nselect 1").unwrap_err();
    assert_eq!(error.message(), "there is no directive \"pgward:no-transction\"");
    assert_eq!(error.hints(), ["directives are: no-transaction", "lint's waivers are `-- pgward:allow CODE REASON`"]);
    assert_eq!(
        read("select 1; -- pgward:allow LN001 small").unwrap(),
        super::Directives::default(),
        "the runner passes waivers over"
    );
    assert!(read("select 1;\n-- pgward:no-transaction").unwrap_err().message().contains("comes too late"));
}

#[test]
fn session_settings_are_told_from_local_ones() {
    for sql in
        ["set search_path to a", "set session x = 1", "reset all", "select set_config('a', 'b', false)", "set role r"]
    {
        assert!(sets_session(&only(sql)), "{sql}");
    }
    for sql in ["set local x = 1", "set constraints all deferred", "set transaction read only", "select 1"] {
        assert!(!sets_session(&only(sql)), "{sql}");
    }
}

/// Pieces of SQL that hold semicolons which end nothing, each complete in itself.
fn piece() -> impl Strategy<Value = String> {
    let inner = "[a-z;éß \\n\\r]{0,8}";
    prop_oneof![
        "[a-z_]{1,8}",
        inner.prop_map(|s| format!("'{s}''{s}'")),
        inner.prop_map(|s| format!("E'{s}\\'{s}\\\\'")),
        inner.prop_map(|s| format!("\"{s}\"\"{s}\"")),
        inner.prop_map(|s| format!("U&\"{s}\"")),
        inner.prop_map(|s| format!("$${s};$x{s}$$")),
        (inner, "[a-z]{1,3}").prop_map(|(s, tag)| format!("${tag}${s}$${s}${tag}$")),
        inner.prop_map(|s| format!("/*{s}/*{s}*/{s}*/")),
        inner.prop_map(|s| format!("--{}\n", s.replace(['\n', '\r'], ";"))),
        inner.prop_map(|s| format!("({})", s.replace(['\n', '\r'], ";"))),
        Just("+ 1.5 :: int [1:2]".to_owned()),
    ]
}

proptest! {
    #[test]
    fn spans_and_gaps_are_the_text(sql in "(?s).{0,60}") {
        check(&sql);
    }

    #[test]
    fn punctuation_soup(sql in "[;'\"$a()Ee/*\\-\\\\ \n]{0,40}") {
        check(&sql);
    }

    #[test]
    fn statements_come_back_as_they_were(parts in prop::collection::vec(prop::collection::vec(piece(), 1..6), 0..5)) {
        let statements: Vec<String> = parts.iter().map(|pieces| format!("select {}", pieces.join(" "))).collect();
        let text = statements.join("\n;\n");
        let script = Script::parse("f", &text).unwrap();
        prop_assert_eq!(script.statements.len(), statements.len(), "{}", text);
        for (statement, written) in script.statements.iter().zip(&statements) {
            prop_assert!(written.starts_with(statement.text));
            // A statement by itself is one statement.
            prop_assert_eq!(texts(statement.text), [statement.text]);
        }
        check(&text);
    }
}

fn check(sql: &str) {
    let Ok(script) = Script::parse("f", sql) else { return };
    let mut at = 0;
    for statement in &script.statements {
        assert!(statement.span.start >= at && !statement.text.is_empty());
        assert_eq!(statement.text, &sql[statement.span.clone()]);
        assert!(is_blank(&sql[at..statement.span.start]), "{sql:?}");
        at = statement.span.end;
    }
    assert!(is_blank(&sql[at..]), "{sql:?}");
    for offset in (0..=sql.len()).filter(|at| sql.is_char_boundary(*at)) {
        let span = token_span(sql, offset);
        assert!(sql.get(span).is_some());
    }
}
