//! Each kind's attributes as they are read: tables, columns, constraints, indexes, views, triggers, policies.

use serde_json::json;

use crate::introspect_kinds::Probe;

#[tokio::test]
async fn tables() {
    let probe = Probe::new(
        "create table s.plain (); create unlogged table s.u (a int) with (fillfactor = 50);
         alter table s.u enable row level security; comment on table s.u is 'u';
         create access method heap2 type table handler heap_tableam_handler; create table s.am () using heap2;
         create table s.p (a int, b text not null) partition by list (lower(b));
         create table s.p1 partition of s.p for values in ('x', null) partition by hash (a);
         create table s.p2 partition of s.p1 for values with (modulus 2, remainder 1);
         create table s.two (c int) inherits (s.plain, s.u);
         create table s.ri (a int not null unique); alter table s.ri replica identity using index ri_a_key;
         alter table s.ri drop constraint ri_a_key",
    )
    .await;
    assert_eq!(probe.attrs("table", ["s", "plain"]), json!({}));
    assert_eq!(
        probe.attrs("table", ["s", "u"]),
        json!({"unlogged": true, "options": {"fillfactor": "50"}, "row_level_security": true, "comment": "u"})
    );
    assert_eq!(probe.attrs("table", ["s", "am"]), json!({"access_method": "heap2"}));
    assert_eq!(probe.attrs("table", ["s", "p"]), json!({"partition_by": "LIST (lower(b))"}));
    assert_eq!(
        probe.attrs("table", ["s", "p1"]),
        json!({"partition_of": "s.p", "partition_bound": "FOR VALUES IN ('x', NULL)", "partition_by": "HASH (a)"})
    );
    let expected = json!({"partition_of": "s.p1", "partition_bound": "FOR VALUES WITH (modulus 2, remainder 1)"});
    assert_eq!(probe.attrs("table", ["s", "p2"]), expected);
    assert_eq!(probe.attrs("table", ["s", "two"]), json!({"inherits": ["s.plain", "s.u"]}));
    assert_eq!(probe.attrs("table", ["s", "ri"]), json!({"replica_identity": "using index (dropped)"}));
}

#[tokio::test]
async fn a_detach_that_was_cut_short_is_seen() {
    let mut probe = Probe::new(
        "create table s.p (a int) partition by list (a); create table s.p1 partition of s.p for values in (1)",
    )
    .await;
    let reader = probe.db.connect().await;
    reader.batch_execute("begin; select * from s.p").await.unwrap();
    probe.client.batch_execute("set statement_timeout = '300ms'").await.unwrap();
    probe.client.batch_execute("alter table s.p detach partition s.p1 concurrently").await.unwrap_err();
    probe.run("reset statement_timeout").await;
    assert_eq!(
        probe.attrs("table", ["s", "p1"]),
        json!({"partition_of": "s.p", "partition_bound": "FOR VALUES IN (1)", "detach_pending": true})
    );
}

#[tokio::test]
async fn tablespaces_and_clustering() {
    let name = "pgward_test_space";
    let mut probe = Probe::new("set allow_in_place_tablespaces = on").await;
    // The tablespace is the server's and stays: two tests may make it at once.
    let _ = probe.client.batch_execute(&format!("create tablespace {name} location ''")).await;
    probe
        .run(&format!(
            "create table s.t (a int primary key using index tablespace {name}, b int) tablespace {name};
             create index i on s.t (b) tablespace {name}; alter table s.t cluster on t_pkey;
             create materialized view s.m tablespace {name} as select 1 as a; create index mi on s.m (a);
             alter materialized view s.m cluster on mi"
        ))
        .await;
    assert_eq!(probe.attrs("table", ["s", "t"]), json!({"tablespace": name, "cluster_on": "t_pkey"}));
    assert_eq!(probe.attrs("constraint", ["s", "t", "t_pkey"])["tablespace"], name);
    assert_eq!(probe.attrs("index", ["s", "t", "i"])["tablespace"], name);
    let expected = json!({"definition": "SELECT 1 AS a", "tablespace": name, "cluster_on": "mi"});
    assert_eq!(probe.attrs("materialized view", ["s", "m"]), expected);
}

#[tokio::test]
async fn columns() {
    let mut probe = Probe::new(
        "create domain s.d as text; create table s.t (gone int, a int default 1 + 1, b s.d collate \"C\" default null,
            c timestamptz(3)[] not null, d int generated always as (a * 2) stored, e bpchar, f text);
         alter table s.t drop column gone; alter table s.t alter column a set statistics 0, alter column f set storage main;
         create table s.kid (a int) inherits (s.t)",
    )
    .await;
    let expected = json!({"position": 1, "type": "integer", "default": "(1 + 1)", "statistics": 0});
    assert_eq!(probe.attrs("column", ["s", "t", "a"]), expected);
    assert_eq!(probe.attrs("column", ["s", "t", "b"])["collation"], "\"C\"");
    let expected = json!({"position": 3, "type": "timestamp(3) with time zone[]", "not_null": true});
    assert_eq!(probe.attrs("column", ["s", "t", "c"]), expected);
    let expected = json!({"position": 4, "type": "integer", "generated": "stored", "generation_expression": "(a * 2)"});
    assert_eq!(probe.attrs("column", ["s", "t", "d"]), expected);
    assert_eq!(probe.attrs("column", ["s", "t", "e"]), json!({"position": 5, "type": "bpchar"}));
    assert_eq!(probe.attrs("column", ["s", "kid", "a"])["inherited"], json!(null));
    assert_eq!(probe.attrs("column", ["s", "kid", "e"])["inherited"], true);
    assert_eq!(probe.attrs("column", ["s", "t", "f"])["storage"], "main");
    // Not null, and null again: no trace is left.
    let before = probe.catalog.clone();
    probe.run("alter table s.t alter column a set not null; alter table s.t alter column a drop not null").await;
    assert_eq!(probe.catalog, before);
}

#[tokio::test]
async fn constraints() {
    let probe = Probe::new(
        "create table s.r (a int, b int, c text, primary key (a, b) include (c) with (fillfactor = 55));
         create table s.t (a int, b int, during int4range,
            constraint u unique nulls not distinct (b) deferrable,
            constraint ck check (a > b) no inherit,
            constraint fk foreign key (a, b) references s.r match full on update set default on delete set null (b)
                deferrable initially deferred not valid,
            constraint x exclude using gist (during with &&) where (a > 0) deferrable);
         comment on constraint fk on s.t is 'key'; alter table s.t disable trigger all",
    )
    .await;
    assert_eq!(
        probe.attrs("constraint", ["s", "r", "r_pkey"]),
        json!({
            "type": "primary key", "columns": ["a", "b"], "include": ["c"], "options": {"fillfactor": "55"},
            "definition": "PRIMARY KEY (a, b) INCLUDE (c)",
        })
    );
    assert_eq!(
        probe.attrs("constraint", ["s", "t", "u"]),
        json!({
            "type": "unique", "columns": ["b"], "nulls_not_distinct": true, "deferrable": true,
            "definition": "UNIQUE NULLS NOT DISTINCT (b) DEFERRABLE", "triggers_disabled": true,
        })
    );
    assert_eq!(
        probe.attrs("constraint", ["s", "t", "ck"]),
        json!({
            "type": "check", "expression": "(a > b)", "no_inherit": true,
            "definition": "CHECK ((a > b)) NO INHERIT",
        })
    );
    assert_eq!(
        probe.attrs("constraint", ["s", "t", "fk"]),
        json!({
            "type": "foreign key", "columns": ["a", "b"], "references": "s.r", "referenced_columns": ["a", "b"],
            "match": "full", "on_update": "set default", "on_delete": "set null", "on_delete_columns": ["b"],
            "deferrable": true, "initially_deferred": true, "comment": "key", "triggers_disabled": true,
            "definition": "FOREIGN KEY (a, b) REFERENCES s.r(a, b) MATCH FULL ON UPDATE SET DEFAULT \
                           ON DELETE SET NULL (b) DEFERRABLE INITIALLY DEFERRED",
        })
    );
    assert_eq!(
        probe.attrs("constraint", ["s", "t", "x"]),
        json!({
            "type": "exclusion", "columns": ["during"], "deferrable": true, "triggers_disabled": true,
            "exclusion": "USING gist (during WITH &&) WHERE ((a > 0))",
            "definition": "EXCLUDE USING gist (during WITH &&) WHERE ((a > 0)) DEFERRABLE",
        })
    );
}

#[tokio::test]
async fn constraints_of_partitions() {
    let probe = Probe::new(
        "create table s.r (a int primary key) partition by list (a); create table s.r1 partition of s.r for values in (1);
         create table s.p (a int references s.r, check (a > 0)) partition by list (a);
         create table s.p1 partition of s.p for values in (1); alter table only s.p add unique (a)",
    )
    .await;
    let found: Vec<_> = probe.catalog.objects.keys().filter(|id| id.kind == "constraint").collect();
    let found: Vec<_> = found.iter().map(|id| id.path[1..].join(".")).collect();
    assert_eq!(found, ["p.p_a_check", "p.p_a_fkey", "p.p_a_key", "p1.p_a_check", "r.r_pkey", "r1.r1_pkey"]);
    assert_eq!(probe.attrs("constraint", ["s", "p1", "p_a_check"])["inherited"], true);
    assert_eq!(probe.attrs("constraint", ["s", "p", "p_a_key"])["index_valid"], false);
}

#[tokio::test]
async fn indexes() {
    let probe = Probe::new(
        "create table s.t (a int, b text, c int);
         insert into s.t values (1, 'x', 1), (1, 'x', 1);
         create index plain on s.t (a);
         create unique index full_of on s.t using btree ((a + 1) desc, b collate \"C\" text_pattern_ops nulls first)
            include (c) nulls not distinct with (fillfactor = 66) where c > 2 and b <> ' WHERE ';
         create index h on s.t using hash (b); comment on index s.h is 'hash'; alter index s.full_of alter column 1
            set statistics 44; create table s.p (a int) partition by list (a); create index only_ on only s.p (a)",
    )
    .await;
    let _ = probe.client.batch_execute("create unique index concurrently broken on s.t (a)").await;
    let mut probe = probe;
    probe.run("select 1").await;
    assert_eq!(probe.attrs("index", ["s", "t", "plain"]), json!({"definition": "btree (a)", "columns": ["a"]}));
    assert_eq!(
        probe.attrs("index", ["s", "t", "full_of"]),
        json!({
            "definition": "btree (((a + 1)) DESC, b COLLATE \"C\" text_pattern_ops NULLS FIRST) INCLUDE (c) \
                           NULLS NOT DISTINCT WITH (fillfactor='66')",
            "columns": ["((a + 1))", "b"], "include": ["c"], "unique": true, "nulls_not_distinct": true,
            "options": {"fillfactor": "66"}, "predicate": "((c > 2) AND (b <> ' WHERE '::text))", "statistics": {"1": 44},
        })
    );
    assert_eq!(
        probe.attrs("index", ["s", "t", "h"]),
        json!({"definition": "hash (b)", "columns": ["b"], "method": "hash", "comment": "hash"})
    );
    assert_eq!(
        probe.attrs("index", ["s", "t", "broken"]),
        json!({"definition": "btree (a)", "columns": ["a"], "unique": true, "valid": false})
    );
    assert_eq!(probe.attrs("index", ["s", "p", "only_"]), json!({"definition": "btree (a)", "columns": ["a"]}));
}

#[tokio::test]
async fn views() {
    let probe = Probe::new(
        "create table s.t (a int); create view s.plain as select 1 as one;
         create view s.v (x) with (security_invoker, security_barrier = 1, check_option = cascaded) as select a from s.t;
         create view s.w with (security_invoker = off) as select a from s.t with local check option;
         create access method heap3 type table handler heap_tableam_handler;
         create materialized view s.m using heap3 with (fillfactor = 70) as select ';' as semicolon with no data;
         comment on materialized view s.m is 'm'",
    )
    .await;
    assert_eq!(probe.attrs("view", ["s", "plain"]), json!({"definition": "SELECT 1 AS one"}));
    let view = probe.attrs("view", ["s", "v"]);
    assert_eq!((&view["security_invoker"], &view["security_barrier"]), (&json!(true), &json!(true)));
    assert_eq!(view["check_option"], "cascaded");
    let view = probe.attrs("view", ["s", "w"]);
    assert_eq!((&view["security_invoker"], &view["check_option"]), (&json!(null), &json!("local")));
    assert_eq!(
        probe.attrs("materialized view", ["s", "m"]),
        json!({
            "definition": "SELECT ';'::text AS semicolon", "access_method": "heap3", "options": {"fillfactor": "70"},
            "populated": false, "comment": "m",
        })
    );
}

#[tokio::test]
async fn policies() {
    let probe = Probe::new(
        "create table s.t (a int); create policy p on s.t; create policy q on s.t as restrictive for insert
         to rich_reader, current_user with check (a > 0)",
    )
    .await;
    assert_eq!(probe.attrs("policy", ["s", "t", "p"]), json!({"command": "ALL", "roles": ["public"]}));
    assert_eq!(
        probe.attrs("policy", ["s", "t", "q"]),
        json!({
            "permissive": false, "command": "INSERT", "roles": ["postgres", "rich_reader"], "with_check": "(a > 0)",
        })
    );
}
