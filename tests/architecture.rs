//! Holds the rooms to the table in ARCHITECTURE.md: who may import whom, and what only one room may name.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may import. `cli` may import all of them and is imported by nobody.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("model", &["base"]),
    ("sql", &["base"]),
    ("source", &["base", "sql"]),
    ("pg", &["base"]),
    ("kinds", &["base", "model"]),
    ("introspect", &["base", "model", "kinds", "pg"]),
    ("diff", &["base", "model", "sql"]),
    ("plan", &["base", "model", "diff", "kinds"]),
    ("verify", &["base", "model", "sql", "diff", "pg"]),
    ("runner", &["base", "sql", "source", "pg"]),
    ("prove", &["base", "model", "pg", "kinds", "diff", "plan", "introspect", "runner"]),
    ("docs", &["base", "model"]),
    ("lint", &["base", "model", "sql"]),
    ("trace", &["base", "model", "sql", "pg", "prove"]),
    ("advise", &["base", "model", "pg"]),
    ("rls", &["base", "model", "pg"]),
    ("ops", &["base", "pg"]),
    ("report", &["base", "model", "diff"]),
    ("gate", &["base", "model", "sql", "source", "diff", "verify", "lint", "trace", "advise", "rls", "report"]),
    (
        "cli",
        &[
            "base",
            "model",
            "sql",
            "source",
            "pg",
            "kinds",
            "introspect",
            "diff",
            "plan",
            "verify",
            "runner",
            "prove",
            "docs",
            "lint",
            "trace",
            "advise",
            "rls",
            "ops",
            "report",
            "gate",
        ],
    ),
];

/// Crates and modules that only one place may name, with the reason.
const ONE_PLACE: &[(&str, &str, &str)] = &[
    ("squawk_", "src/sql", "the parser can be replaced in one room"),
    ("std::process::exit", "src/cli", "only the command line ends the process"),
    ("println!", "src/cli", "data goes to standard output through the command line alone"),
    ("testcontainers::", "src/pg", "containers are one way of having a server"),
    ("rustls", "src/pg", "encryption is part of connecting"),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&root.join("src"), &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The part of a file before its unit tests, without comment lines.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The rooms named by `crate::room` or `crate::{room::…, room}` in a file.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                let end = group
                    .find(|c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        depth < 0
                    })
                    .unwrap_or(group.len());
                let mut depth = 0;
                let split = |c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    c == ',' && depth == 0
                };
                group[..end].split(split).collect()
            }
            None => vec![rest],
        };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            found.insert(name);
        }
    }
    found
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (file, text) in all_sources() {
        let Some((room, _)) = file["src/".len()..].split_once('/') else { continue };
        let allowed = ROOMS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            wrong.push(format!("{file}: room {room} is not in the table"));
            continue;
        };
        for import in imports(&code(&text)) {
            let is_room = ROOMS.iter().any(|(name, _)| *name == import);
            if is_room && import != room && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{file}: {room} may not import {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_import_reader_reads_groups() {
    let text = "use crate::{base::{Error, Result}, model::Catalog, pg};\nuse crate::diff::diff;\ncrate::sql::split()";
    let found: Vec<_> = imports(text).into_iter().collect();
    assert_eq!(found, ["base", "diff", "model", "pg", "sql"]);
}

#[test]
fn what_one_place_may_name_is_named_there_alone() {
    let mut wrong = Vec::new();
    for (file, text) in all_sources() {
        for (name, place, why) in ONE_PLACE {
            if code(&text).contains(name) && !file.starts_with(place) {
                wrong.push(format!("{file}: names {name}, which belongs to {place}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn diff_names_no_kind() {
    let mut wrong = Vec::new();
    for (file, text) in all_sources().iter().filter(|(file, _)| file.starts_with("src/diff/")) {
        for kind in pgward::kinds::ALL {
            let name = kind.shape.name;
            if code(text).contains(&format!("\"{name}\"")) {
                wrong.push(format!("{file}: names the kind {name:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let without: Vec<_> =
        all_sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(file, _)| file).collect();
    assert!(without.is_empty(), "no header in {without:?}");
}

/// Past this a file is split, or its header says why not.
const LONGEST: usize = 600;

#[test]
fn files_stay_short() {
    let long: Vec<_> = all_sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .collect();
    assert!(long.is_empty(), "over {LONGEST} lines: {long:?}");
}
