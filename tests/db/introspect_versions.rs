//! What servers of different majors read or write differently, each with the version that brought it.

use serde_json::json;

use crate::introspect_kinds::Probe;

#[tokio::test]
async fn columns_of_a_single_relation_are_written_as_since_16() {
    let probe = Probe::new(
        "create table s.t (a int, b int); create view s.v as select a from s.t;
         create materialized view s.m as
            select x.a, count(*) filter (where x.b > 1) from s.t x where exists (select from s.t y where y.a = x.a)
            group by x.a order by x.a",
    )
    .await;
    assert_eq!(probe.attrs("view", ["s", "v"]), json!({"definition": "SELECT a\n   FROM s.t"}));
    let expected = "SELECT a,\n    count(*) FILTER (WHERE (b > 1)) AS count\n   FROM s.t x\n  WHERE (EXISTS ( SELECT\n           \
                    FROM s.t y\n          WHERE (y.a = x.a)))\n  GROUP BY a\n  ORDER BY a";
    assert_eq!(probe.attrs("materialized view", ["s", "m"])["definition"], expected);
}

#[tokio::test]
async fn since_17_all_privileges_hold_maintain() {
    let probe = Probe::new("create table s.t (); grant all on s.t to rich_reader").await;
    let mut expected = vec!["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"];
    if probe.version().await >= 17 {
        expected.insert(2, "MAINTAIN");
    }
    assert_eq!(probe.attrs("grant", ["s", "t", "rich_reader"]), json!({"privileges": expected}));
}

#[tokio::test]
async fn since_18_not_null_is_a_constraint_and_is_still_read_as_the_columns() {
    let mut probe = Probe::new(
        "create table s.t (a int not null, b int, c int primary key); create table s.kid () inherits (s.t);
         create domain s.d as int not null",
    )
    .await;
    let constraints = |probe: &Probe| -> Vec<String> {
        let found = probe.catalog.objects.keys().filter(|id| id.kind == "constraint");
        found.map(|id| id.path[1..].join(".")).collect()
    };
    assert_eq!(constraints(&probe), ["t.t_pkey"]);
    assert_eq!(probe.attrs("column", ["s", "kid", "a"])["not_null"], true);
    if probe.version().await < 18 {
        return;
    }
    // What not_null can't say is a constraint of its own.
    probe
        .run(
            "create table s.u (a int, b int not null no inherit, c int not null);
             alter table s.u add constraint later not null a not valid;
             comment on constraint u_c_not_null on s.u is 'why'",
        )
        .await;
    assert_eq!(constraints(&probe), ["t.t_pkey", "u.later", "u.u_b_not_null", "u.u_c_not_null"]);
    assert_eq!(
        probe.attrs("constraint", ["s", "u", "later"]),
        json!({"type": "not null", "columns": ["a"], "validated": false, "definition": "NOT NULL a NOT VALID"})
    );
    assert_eq!(probe.attrs("constraint", ["s", "u", "u_b_not_null"])["no_inherit"], true);
    assert_eq!(
        probe.attrs("constraint", ["s", "u", "u_c_not_null"]),
        json!({"type": "not null", "columns": ["c"], "comment": "why", "definition": "NOT NULL c"})
    );
}

#[tokio::test]
async fn since_18_there_is_more_to_say_of_columns_and_constraints() {
    let mut probe = Probe::new("create extension btree_gist").await;
    if probe.version().await < 18 {
        return;
    }
    probe
        .run(
            "create table s.t (a int, b int generated always as (a + 1), at tstzrange,
                constraint ck check (a > 0) not enforced, constraint pk primary key (a, at without overlaps));
             create table s.r (a int, at tstzrange,
                constraint fk foreign key (a, period at) references s.t (a, period at) not enforced)",
        )
        .await;
    assert_eq!(
        probe.attrs("column", ["s", "t", "b"]),
        json!({"position": 2, "type": "integer", "generated": "virtual", "generation_expression": "(a + 1)"})
    );
    let check = probe.attrs("constraint", ["s", "t", "ck"]);
    assert_eq!((&check["enforced"], &check["validated"]), (&json!(false), &json!(false)));
    let key = probe.attrs("constraint", ["s", "t", "pk"]);
    assert_eq!((&key["period"], &key["columns"]), (&json!(true), &json!(["a", "at"])));
    let key = probe.attrs("constraint", ["s", "r", "fk"]);
    assert_eq!((&key["period"], &key["enforced"]), (&json!(true), &json!(false)));
}
