//! Each rule's examples: the bad one gives exactly that finding, the good one none.

use globset::{Glob, GlobSet};
use regex::Regex;

use super::RULES;
use crate::base::Code;
use crate::lint::{Conventions, File, Options, Owner, Rule, RunBy, lint};

/// What is found in a text with the rules that are on by default, and one more.
fn found(text: &str, more: &Code) -> Vec<&'static str> {
    let enabled = |rule: &Rule, _: &str| !rule.off || rule.code == *more;
    let conventions = conventions(more);
    let options = Options {
        run_by: RunBy::Pgward,
        today: "2026-11-25",
        enabled: &enabled,
        before: None,
        conventions: &conventions,
    };
    let file = File { name: "x.sql", text, wanted: true };
    match lint(&[file], &options) {
        Ok(linted) => {
            linted.findings.iter().filter(|finding| finding.waiver.is_none()).map(|finding| finding.code).collect()
        }
        Err(error) => panic!("{error} in {text}"),
    }
}

/// What the examples of the rules about conventions need.
fn conventions(of: &Code) -> Conventions {
    let globs = |glob: &str| GlobSet::builder().add(Glob::new(glob).unwrap()).build().unwrap();
    let mut conventions = Conventions::default();
    match of.name {
        "name-pattern" => {
            conventions.names.insert("index".to_owned(), Regex::new("_(idx|key)$").unwrap());
        }
        "other-teams-object" => conventions.owners.push(Owner {
            team: "billing".to_owned(),
            objects: globs("billing.*"),
            paths: globs("billing/**"),
            paths_written: vec!["billing/**".to_owned()],
        }),
        _ => {}
    }
    conventions
}

#[test]
fn bad_examples_give_that_finding_and_good_ones_none() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let code = &rule.code;
        let (bad, good) = (found(code.bad, code), found(code.good, code));
        if bad != [code.code] || !good.is_empty() {
            wrong.push(format!("{} {}: bad gives {bad:?}, good gives {good:?}", code.code, code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn waivers_examples_do_what_they_say() {
    for code in crate::lint::waiver::CODES {
        assert_eq!(found(code.bad, code), [code.code], "{}", code.bad);
        assert_eq!(found(code.good, code), [""; 0], "{}", code.good);
    }
}

#[test]
fn codes_and_names_are_used_once() {
    let codes: Vec<_> = crate::lint::codes().collect();
    for (n, code) in codes.iter().enumerate() {
        let before = &codes[..n];
        assert!(before.iter().all(|other| other.code != code.code && other.name != code.name), "{}", code.code);
    }
    assert!(RULES.is_sorted_by_key(|rule| rule.code.code));
}

#[test]
fn what_is_new_is_told_from_what_has_its_name() {
    let none = &RULES[0].code;
    for (text, expected) in [
        ("create table a.t (n text);\nalter table t add column x text not null;", &["LN011"][..]),
        ("create table a.t (n text);\nset search_path = a, public;\nalter table t add column x text not null;", &[]),
        ("create table t (n text);\nalter table public.t add column x text not null;", &[]),
        ("create temp table t (n text);\nalter table t add column x text not null;", &[]),
        ("alter table t add constraint c check (n > 0) not valid, validate constraint c;", &["LN009"]),
        ("do $$ begin if true then execute 'drop table t'; end if; end $$;", &["LN060"]),
        ("create function f() returns void language plpgsql as $$ begin drop table t; end $$;", &[]),
        (
            "create function f() returns void language plpgsql as $$ begin drop table t; end $$;\nselect f();",
            &["LN060"],
        ),
        ("alter table t add constraint c not null n;", &["LN010"]),
        ("create index on only t (n);", &[]),
    ] {
        assert_eq!(found(text, none), expected, "{text}");
    }
}
