//! Renames over catalogs of kinds that do not exist: the rules know none.

use serde_json::{Value, json};

use super::{Change, Hint, Rename, Renaming, compare, renames};
use crate::model::{Attribute, Catalog, Object, ObjectId, Shape};

static SHAPES: [&Shape; 2] = [
    &Shape { name: "box", plural: "boxes", attributes: &[Attribute::query("text", "T.")], shorthand: None },
    &Shape { name: "thing", plural: "things", attributes: &[Attribute::text("body", "B.")], shorthand: None },
];

/// Objects as `kind path`, each in what its path is without the last part.
fn catalog(objects: &[(&str, Value)]) -> Catalog {
    let mut catalog = Catalog::default();
    for (name, attrs) in objects {
        let (kind, path) = name.split_once(' ').unwrap();
        let path: Vec<_> = path.split('.').collect();
        let above = &path[..path.len() - 1];
        let parent = catalog.objects.keys().find(|id: &&ObjectId| id.path == above).cloned();
        let object = Object { parent, attrs: attrs.as_object().unwrap().clone().into(), needs: Vec::new() };
        catalog.objects.insert(ObjectId::new(kind, path), object);
    }
    catalog
}

fn renaming<'a>(hints: &'a [Hint]) -> Renaming<'a> {
    Renaming { hints, shapes: &SHAPES, nameless: &["right"] }
}

fn found(before: &Catalog, after: &Catalog) -> Vec<String> {
    let shown = |Rename { from, to }: &Rename| format!("{from} -> {to}");
    renames(before, after, &renaming(&[])).unwrap().iter().map(shown).collect()
}

#[test]
fn equal_content_under_one_other_name_is_a_rename() {
    let before = catalog(&[("box a", json!({})), ("thing a.x", json!({"n": 1})), ("thing a.y", json!({"n": 2}))]);
    let after = catalog(&[("box a", json!({})), ("thing a.x", json!({"n": 1})), ("thing a.z", json!({"n": 2}))]);
    assert_eq!(found(&before, &after), ["thing a.y -> thing a.z"]);
    assert_eq!(found(&before, &before), [""; 0]);
    // With what is in it, and again one level further in.
    let after = catalog(&[("box b", json!({})), ("thing b.x", json!({"n": 1})), ("thing b.y", json!({"n": 2}))]);
    assert_eq!(found(&before, &after), ["box a -> box b"]);
    let comparison = compare(&before, &after, &renaming(&[])).unwrap();
    assert_eq!(comparison.changes.len(), 1);
}

#[test]
fn what_could_be_two_is_none() {
    let same = json!({"n": 1});
    let one = catalog(&[("thing a", same.clone())]);
    let two = catalog(&[("thing b", same.clone()), ("thing c", same.clone())]);
    assert_eq!(found(&one, &two), [""; 0]);
    assert_eq!(found(&two, &one), [""; 0]);
    let hint = [Hint::parse("a=c").unwrap()];
    let told = renames(&one, &two, &renaming(&hint)).unwrap();
    assert_eq!(told[0].to, ObjectId::new("thing", ["c"]));
    // What has no name of its own is not renamed.
    let (one, two) = (catalog(&[("right a", same.clone())]), catalog(&[("right b", same)]));
    assert_eq!(found(&one, &two), [""; 0]);
}

#[test]
fn another_place_among_siblings_is_another_object() {
    let before = catalog(&[
        ("box t", json!({})),
        ("thing t.a", json!({"position": 1})),
        ("thing t.b", json!({"position": 2, "n": 1})),
    ]);
    let at = |place: i64, n: i64| {
        let (a, c) = (json!({"position": 3 - place}), json!({"position": place, "n": n}));
        catalog(&[("box t", json!({})), ("thing t.a", a), ("thing t.c", c)])
    };
    assert_eq!(found(&before, &at(2, 1)), ["thing t.b -> thing t.c"]);
    assert_eq!(found(&before, &at(1, 1)), [""; 0]);
    assert_eq!(found(&before, &at(2, 2)), [""; 0]);
}

#[test]
fn texts_follow_and_bodies_do_not() {
    let with = |name: &str, text: &str| {
        catalog(&[
            ("thing a", json!({"n": 7, "body": "uses old_one"})),
            (&format!("thing {name}"), json!({"n": 1})),
            ("box view", json!({"text": text})),
        ])
    };
    let before = with("old_one", "SELECT old_one.x, 'old_one' FROM old_one");
    let after = with("\"New\"", "SELECT \"New\".x, 'old_one' FROM \"New\"");
    // In the catalog the name is as it is; only in texts it is quoted.
    let mut after_named = after.clone();
    let object = after_named.objects.remove(&ObjectId::new("thing", ["\"New\""])).unwrap();
    after_named.objects.insert(ObjectId::new("thing", ["New"]), object);
    let comparison = compare(&before, &after_named, &renaming(&[])).unwrap();
    assert!(matches!(comparison.changes.as_slice(), [Change::Renamed { .. }]), "{:?}", comparison.changes);
    // A body that says the new name was written anew.
    let mut body = after_named.clone();
    let attrs = &mut body.objects.get_mut(&ObjectId::new("thing", ["a"])).unwrap().attrs;
    attrs.insert("body".to_owned(), "uses \"New\"".into());
    assert_eq!(compare(&before, &body, &renaming(&[])).unwrap().changes.len(), 2);
    // A string is no name.
    let other = with("New", "SELECT \"New\".x, 'New' FROM \"New\"");
    assert_eq!(compare(&before, &other, &renaming(&[])).unwrap().changes.len(), 2);
}

#[test]
fn a_word_may_be_another_things_name() {
    let with = |column: &str, key: &str| {
        catalog(&[
            ("box kept", json!({})),
            ("box t", json!({})),
            (&format!("thing t.{column}"), json!({"n": 1})),
            (&format!("box t.{key}"), json!({"text": format!("({column}) REFERENCES kept(id)"), "columns": [column]})),
        ])
    };
    let renamed = found(&with("kept", "t_kept"), &with("kept_id", "t_kept_id"));
    assert_eq!(renamed, ["thing t.kept -> thing t.kept_id", "box t.t_kept -> box t.t_kept_id"]);
}

#[test]
fn a_lasting_hint_holds_only_where_it_fits() {
    let (a, b) = (catalog(&[("thing a", json!({"n": 1}))]), catalog(&[("thing b", json!({"n": 2}))]));
    let lasting = [Hint::of("a", "b").unwrap()];
    assert_eq!(renames(&a, &b, &renaming(&lasting)).unwrap().len(), 1);
    for (before, after) in [(&a, &a), (&b, &b), (&b, &a), (&Catalog::default(), &b)] {
        assert_eq!(renames(before, after, &renaming(&lasting)).unwrap(), []);
    }
    let given = [Hint::parse("a=b").unwrap()];
    assert!(renames(&b, &b, &renaming(&given)).is_err());
    assert!(renames(&a, &a, &renaming(&given)).is_err());
    for wrong in ["a", "=b", "a=", "a.=b"] {
        assert!(Hint::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_inherited_is_renamed_with_its_parents_alone() {
    let above = |text: &str| json!({ "text": text });
    let state = |name: &str, text: &str| {
        catalog(&[
            ("box a", json!({})),
            (&format!("thing a.{name}"), above(text)),
            ("box b", json!({"inherits": ["a"]})),
            (&format!("thing b.{name}"), json!({"inherited": true})),
        ])
    };
    let (before, renamed) = (state("x", "one"), state("y", "one"));
    assert_eq!(found(&before, &renamed), ["thing a.x -> thing a.y", "thing b.x -> thing b.y"]);
    // Its parent's is another one, so this one is too.
    assert_eq!(found(&before, &state("y", "two")), [""; 0]);
}

#[test]
fn what_is_in_it_may_keep_names_that_were_made_of_its_own() {
    let state = |name: &str, sequence: Value| {
        catalog(&[
            ("box s", json!({})),
            (&format!("box s.{name}"), json!({"text": format!("s.{name}")})),
            (&format!("thing s.{name}.id"), sequence),
            (&format!("thing s.{name}.runs_pkey"), json!({})),
        ])
    };
    let before = state("runs", json!({"identity": "always"}));
    let after = state("jobs", json!({"identity": "always", "identity_sequence": {"name": "runs_id_seq"}}));
    assert_eq!(found(&before, &after), ["box s.runs -> box s.jobs"]);
    assert_eq!(compare(&before, &after, &renaming(&[])).unwrap().changes.len(), 1);
    assert_eq!(found(&after, &before), ["box s.jobs -> box s.runs"]);
}

#[test]
fn a_query_gives_the_old_name_unless_that_has_changed_too() {
    let state = |read: &str, given: [&str; 2]| {
        catalog(&[
            ("box t", json!({})),
            (&format!("thing t.{read}"), json!({"position": 1, "n": 1})),
            ("box v", json!({"text": format!("SELECT t.{read}, 2 FROM t")})),
            (&format!("thing v.{}", given[0]), json!({"position": 1})),
            (&format!("thing v.{}", given[1]), json!({"position": 1})),
        ])
    };
    let changes = |after: &Catalog| {
        let comparison = compare(&state("a", ["a", "b"]), after, &renaming(&[])).unwrap();
        comparison.changes.iter().filter(|change| matches!(change, Change::Altered { .. })).count()
    };
    assert_eq!(changes(&state("x", ["a", "b"])), 0);
    // Which of the two has which new name is not known, so neither is renamed.
    assert_eq!(changes(&state("x", ["x", "y"])), 1);
}
