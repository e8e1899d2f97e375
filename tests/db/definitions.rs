//! Definitions that queries write themselves, all at once, are the very words of the server's own functions.
//!
//! Every case's schemas are held to it too, where they are built.

use pgward::kinds;
use tokio_postgres::Client;

use crate::introspect_rich::rich;
use crate::support::TestDb;

/// What is not as the server says it, with what it is.
///
/// Storage parameters that were set in another order than by name are in another order there, and a check that is
/// inherited from one that is not valid is said to be valid.
pub async fn differing(client: &Client) -> Vec<String> {
    let query = |kind: &str| kinds::by_name(kind).unwrap().query;
    let indexes = format!(
        "select q.name::text, q.definition || coalesce(' WHERE ' || q.predicate, ''),
            regexp_replace(pg_get_indexdef(q.oid), '^CREATE .*?INDEX .*? ON ', '')
        from (\n{}\n) q
        where q.options_order is null
            and pg_get_indexdef(q.oid) <> (
                select format('CREATE %sINDEX %I ON %s%I.%I USING ', case when q.unique then 'UNIQUE ' end, q.name,
                    case when i.relkind = 'I' then 'ONLY ' end, n.nspname, c.relname)
                from pg_class i, pg_class c join pg_namespace n on n.oid = c.relnamespace
                where i.oid = q.oid and c.oid = q.parent) || q.definition || coalesce(' WHERE ' || q.predicate, '')",
        query("index")
    );
    let constraints = format!(
        "select q.name::text, q.definition, pg_get_constraintdef(q.oid)
        from (\n{}\n) q
        where q.options_order is null
            and q.definition <> pg_get_constraintdef(q.oid) || case
                when not q.validated and pg_get_constraintdef(q.oid) !~ ' NOT (VALID|ENFORCED)$' then ' NOT VALID' else '' end",
        query("constraint")
    );
    client.batch_execute("begin; set local search_path = pg_catalog, pg_temp").await.unwrap();
    let mut found = Vec::new();
    for sql in [indexes, constraints] {
        for row in client.query(&sql, &[]).await.unwrap() {
            let [name, ours, theirs]: [Option<String>; 3] = std::array::from_fn(|column| row.get(column));
            found.push(format!("{name:?}: {ours:?} is not {theirs:?}"));
        }
    }
    client.batch_execute("rollback").await.unwrap();
    found
}

#[tokio::test]
async fn of_the_rich_schema_are_the_servers() {
    let db = rich().await;
    assert_eq!(differing(&db.connect().await).await, <[String; 0]>::default());
}

#[tokio::test]
async fn of_every_sort_of_key_are_the_servers() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    client.batch_execute(KEYS).await.unwrap();
    assert_eq!(differing(&client).await, <[String; 0]>::default());
}

#[tokio::test]
async fn of_types_with_casts_and_classes_of_their_own_are_the_servers() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    client.batch_execute(KEYS).await.unwrap();
    client.batch_execute(OWN).await.unwrap();
    assert_eq!(differing(&client).await, <[String; 0]>::default());
}

const KEYS: &str = r#"
    create schema "S x";
    set search_path = "S x";
    create type state as enum ('a', 'b');
    create domain label as text;
    create domain labels as text[];
    create domain of_state as state;
    create type pair as (a int, b int);
    create collation german (provider = icu, locale = 'de');
    create table "T ""x" (
        a int, "b c" text, v varchar(10), f char(3), n name, s state, l label, ls labels, os of_state, p pair, r int4range,
        mr int4multirange, ts tsvector, j jsonb, t text[], ss state[], o oid, i inet, c text collate "C", g text collate german,
        d date, pt point, b bit(3), vb varbit(3), u uuid, x xid, "select" bool, lv varchar collate "C", i2v int2vector,
        q "char", va varchar[], iv interval);
    create index on "T ""x" (a);
    create index "I "" y" on "T ""x" (a desc, "b c" asc nulls first, v desc nulls last, "select" nulls last);
    create index on "T ""x" (v);
    create index on "T ""x" (f);
    create index on "T ""x" (n);
    create index on "T ""x" (s, l, os);
    create index on "T ""x" (ls);
    create index on "T ""x" (p);
    create index on "T ""x" (r, mr);
    create index on "T ""x" (ts);
    create index on "T ""x" (j, t, ss, va);
    create index on "T ""x" (o, i, d, b, vb, u, q, iv);
    create index on "T ""x" using hash (x);
    create index on "T ""x" (i2v);
    create index on "T ""x" (c, g, lv);
    create index on "T ""x" (c collate "POSIX", "b c" collate german, g collate "C");
    create index on "T ""x" ("b c" collate "default");
    create index on "T ""x" ("b c" text_pattern_ops, v varchar_pattern_ops, f bpchar_pattern_ops, v text_pattern_ops);
    create index on "T ""x" (v varchar_ops, l varchar_ops, j jsonb_ops);
    create index on "T ""x" (i cidr_ops);
    create index on "T ""x" using hash (v);
    create index on "T ""x" using hash (s);
    create index on "T ""x" using gin (t);
    create index on "T ""x" using gin (ls);
    create index on "T ""x" using gin (ss, va, ts);
    create index on "T ""x" using gin (j jsonb_path_ops);
    create index on "T ""x" using gin (j) with (fastupdate = off);
    create index on "T ""x" using gist (ts tsvector_ops (siglen = 50));
    create index on "T ""x" using gist (ts);
    create index on "T ""x" using gist (i inet_ops, r);
    create index on "T ""x" using gist (pt) include (a, "b c");
    create index on "T ""x" using spgist (r);
    create index on "T ""x" using spgist (v);
    create index on "T ""x" using spgist (pt kd_point_ops);
    create index on "T ""x" using brin (a, d);
    create index on "T ""x" using brin (a int4_minmax_multi_ops (values_per_range = 16), d date_bloom_ops);
    create index on "T ""x" using brin (a) with (pages_per_range = 4, autosummarize = true);
    create unique index on "T ""x" (a, "b c") nulls not distinct;
    create unique index on "T ""x" (a) include ("b c", v) with (fillfactor = 70);
    create unique index on "T ""x" (a desc) include ("b c") where a > 0 and "b c" <> ' WHERE ';
    create index on "T ""x" (lower("b c"), a);
    create index on "T ""x" ((a + 1) desc, (("b c" || v)) collate "C" text_pattern_ops);
    create index on "T ""x" ((l::text), (s));
    create materialized view mv as select a, "b c" from "T ""x";
    create unique index on mv (a, "b c" desc);
    create table parts (a int, b text, primary key (a)) partition by range (a);
    create table part partition of parts for values from (1) to (2);
    create index on parts (b, a);
    create index on only parts (b desc);

    create table keys (
        a int, "b c" int, c int, d text, r int4range,
        primary key (a, "b c") include (c),
        constraint "u ""q" unique nulls not distinct (c, a) include (d),
        constraint later unique (d) deferrable initially deferred,
        unique (a) with (fillfactor = 70),
        exclude using gist (r with &&) where (a > 0) deferrable,
        check (a > 0),
        constraint own_alone check (c > 0) no inherit,
        check ((a > 0) or ("b c" is null and d <> ' NOT VALID')));
    alter table keys add constraint loose check (c < 100) not valid;
    create table child () inherits (keys);
    create table refers (
        a int, "b c" int, z int unique,
        foreign key (a, "b c") references keys match full on update cascade on delete set null,
        foreign key (a) references parts,
        constraint several foreign key (a, "b c") references keys (a, "b c") on delete set default ("b c")
            deferrable initially deferred,
        foreign key (z) references refers (z) on update restrict on delete restrict deferrable);
    alter table refers add constraint loose foreign key (a) references parts (a) on update set default not valid;
    alter domain label add constraint short check (length(value) < 10);
    alter domain label add constraint loose check (value <> '') not valid;
"#;

/// A cast and classes that make the server look for more than the type itself.
const OWN: &str = r#"
    create domain plain as int;
    create type wrapped;
    create function wrapped_in(cstring) returns wrapped language internal immutable strict as 'textin';
    create function wrapped_out(wrapped) returns cstring language internal immutable strict as 'textout';
    create type wrapped (input = wrapped_in, output = wrapped_out, like = text, collatable = true);
    create cast (wrapped as text) without function as implicit;
    create operator class varchar_own default for type varchar using btree as
        operator 1 < (text, text), operator 2 <= (text, text), operator 3 = (text, text), operator 4 >= (text, text),
        operator 5 > (text, text), function 1 (varchar, varchar) bttextcmp(text, text);
    create operator class int_own for type int using btree as
        operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
    create table own (a plain, w wrapped, v varchar, s state, t text[], ss state[], i int);
    create index on own (a);
    create index on own (w);
    create index on own (v, s, t, ss);
    create index on own (v text_ops, i int_own);
    create index on own (v varchar_own, a int_own);
    create index on own using gin (ss, t);
    create index on own using hash (v);
"#;
