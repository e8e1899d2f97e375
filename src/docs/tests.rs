//! What each format makes of small catalogs, and what it may not lose.

use serde_json::json;

use super::testing::catalog;
use super::{FORMATS, by_name};
use crate::model::Catalog;

fn render(format: &str, catalog: &Catalog) -> String {
    (by_name(format).unwrap().render)(catalog)
}

/// A table that refers to another, with `attrs` of the key and nullability of its column.
fn referring(not_null: bool, unique: bool, identifying: bool) -> Catalog {
    let mut objects = vec![
        ("schema", &["s"][..], json!({})),
        ("table", &["s", "parent"], json!({})),
        ("column", &["s", "parent", "id"], json!({ "position": 1, "type": "integer", "not_null": true })),
        ("constraint", &["s", "parent", "parent_pkey"], json!({ "type": "primary key", "columns": ["id"] })),
        ("table", &["s", "child"], json!({})),
        ("column", &["s", "child", "id"], json!({ "position": 1, "type": "integer", "not_null": true })),
        ("column", &["s", "child", "p"], json!({ "position": 2, "type": "integer", "not_null": not_null })),
        (
            "constraint",
            &["s", "child", "fk"],
            json!({
                "type": "foreign key", "columns": ["p"], "references": "s.parent", "referenced_columns": ["id"],
                "comment": "why it refers",
            }),
        ),
    ];
    let key = if identifying { json!(["p", "id"]) } else { json!(["id"]) };
    objects.push(("constraint", &["s", "child", "child_pkey"], json!({ "type": "primary key", "columns": key })));
    if unique {
        objects.push(("constraint", &["s", "child", "u"], json!({ "type": "unique", "columns": ["p"] })));
    }
    catalog(&objects)
}

#[test]
fn mermaid_says_how_many() {
    for (not_null, unique, identifying, line) in [
        (false, false, false, "s_child }o..o| s_parent : \"p\""),
        (true, false, false, "s_child }o..|| s_parent : \"p\""),
        (true, true, false, "s_child |o..|| s_parent : \"p\""),
        (true, false, true, "s_child }o--|| s_parent : \"p\""),
    ] {
        let text = render("mermaid", &referring(not_null, unique, identifying));
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn prisma_has_relations_on_both_sides() {
    let text = render("prisma", &referring(false, true, false));
    assert!(text.contains("@relation(\"child_fk\", fields: [p], references: [id]"), "{text}");
    assert!(text.contains("child child? @relation(\"child_fk\")"), "{text}");
    let text = render("prisma", &referring(true, false, false));
    assert!(text.contains("child child[] @relation(\"child_fk\")"), "{text}");
}

#[test]
fn a_reference_out_of_the_catalog_is_said() {
    let mut catalog = referring(true, false, false);
    catalog.objects.retain(|id, _| id.path.get(1).is_none_or(|name| name != "parent"));
    for format in FORMATS {
        let text = (format.render)(&catalog);
        assert!(text.contains("parent"), "{}: {text}", format.name);
    }
}

/// Whatever a format has a word for or not: it is not lost in silence.
#[test]
fn nothing_of_a_table_is_lost() {
    let words = ["ordinary check", "the policy", "the exclusion", "the index", "the trigger", "the rule"];
    let catalog = catalog(&[
        ("schema", &["s"][..], json!({})),
        ("table", &["s", "t"], json!({ "row_level_security": true, "comment": "the table" })),
        ("column", &["s", "t", "a"], json!({ "position": 1, "type": "integer", "comment": "the column" })),
        (
            "constraint",
            &["s", "t", "c"],
            json!({ "type": "check", "expression": "a > 0", "comment": "ordinary check" }),
        ),
        (
            "constraint",
            &["s", "t", "x"],
            json!({ "type": "exclusion", "definition": "EXCLUDE (a WITH =)", "comment": "the exclusion" }),
        ),
        (
            "index",
            &["s", "t", "i"],
            json!({ "definition": "btree (a)", "columns": ["a"], "predicate": "a > 1", "comment": "the index" }),
        ),
        (
            "policy",
            &["s", "t", "p"],
            json!({ "command": "ALL", "roles": ["public"], "using": "true", "comment": "the policy" }),
        ),
        (
            "trigger",
            &["s", "t", "g"],
            json!({ "timing": "before", "events": ["INSERT"], "level": "row", "function": "s.f", "comment": "the trigger" }),
        ),
        ("rule", &["s", "t", "r"], json!({ "comment": "the rule" })),
        ("future kind", &["s", "thing"], json!({})),
    ]);
    for format in FORMATS {
        let text = (format.render)(&catalog);
        for word in ["the table", "the column", "thing"] {
            assert!(text.contains(word), "{} does not say {word}:\n{text}", format.name);
        }
        // Types say what a value may be; what reads and writes it is elsewhere.
        for word in words.iter().filter(|_| format.name != "typescript") {
            assert!(text.contains(word), "{} does not say {word}:\n{text}", format.name);
        }
    }
}

#[test]
fn names_that_collide_stay_apart() {
    let column = |position| json!({ "position": position, "type": "integer", "not_null": true });
    let catalog = catalog(&[
        ("schema", &["s"][..], json!({})),
        ("table", &["s", "a b"], json!({})),
        ("column", &["s", "a b", "x y"], column(1)),
        ("column", &["s", "a b", "x-y"], column(2)),
        ("column", &["s", "a b", "x_y"], column(3)),
        ("table", &["s", "a_b"], json!({})),
        ("column", &["s", "a_b", "id"], column(1)),
    ]);
    let prisma = render("prisma", &catalog);
    for line in ["model s_a_b {", "model s_a_b_2 {", "x_y ", "x_y_2 ", "x_y_3 ", "@@map(\"a b\")"] {
        assert!(prisma.contains(line), "{line}\n{prisma}");
    }
    let mermaid = render("mermaid", &catalog);
    assert!(mermaid.contains("s_a_b[\"a b\"]") && mermaid.contains("s_a_b_2[\"a_b\"]"), "{mermaid}");
}
