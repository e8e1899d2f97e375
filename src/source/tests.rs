//! Directories as people have them.

use std::fs;
use std::path::Path;

use tempfile::{TempDir, tempdir};
use time::macros::datetime;

use super::*;
use crate::base::ErrorKind;

fn dir(files: &[(&str, &str)]) -> TempDir {
    let dir = tempdir().unwrap();
    for (file, text) in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn error(files: &[(&str, &str)]) -> String {
    let dir = dir(files);
    let error = Migrations::from_dir(dir.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    error.message().replace(&dir.path().display().to_string(), "D")
}

#[test]
fn sorted_by_version_across_directories() {
    let dir = dir(&[
        ("V10__c.sql", "c"),
        ("V9__b.sql", "b"),
        ("2020/V0001__a.sql", "a"),
        ("2020/V0001__a.down.sql", "not a"),
        ("U5__x.sql", "x"),
        ("README.md", ""),
        ("mod.rs", ""),
        (".hidden.sql", ""),
    ]);
    let migrations = Migrations::from_dir(dir.path()).unwrap();
    let ids: Vec<_> = migrations.iter().map(Migration::id).collect();
    assert_eq!(ids, ["V1__a", "U5__x", "V9__b", "V10__c"]);
    assert_eq!(migrations.get(1).unwrap().down().unwrap().text, "not a");
    assert!(migrations.get(5).unwrap().is_unordered() && migrations.get(9).unwrap().down().is_none());
    assert_eq!(migrations.get(2).map(Migration::id), None);

    // The same set, checksums and all, as refinery reads.
    let theirs = refinery_core::load_sql_migrations(dir.path()).unwrap();
    assert_eq!(migrations.iter().map(Migration::as_refinery).collect::<Vec<_>>(), theirs.iter().collect::<Vec<_>>());
}

#[test]
fn nothing_is_skipped_in_silence() {
    let good = ("V1__a.sql", "");
    assert_eq!(error(&[good, ("V2__add-c.sql", "")]), "the name of D/V2__add-c.sql fits no migration");
    assert_eq!(
        error(&[good, ("V1.2__x.sql", ""), ("v3__d.sql", "")]),
        "the names of 2 files fit no migration, first D/V1.2__x.sql"
    );
    assert_eq!(error(&[good, ("V2__b.SQL", "")]), "the name of D/V2__b.SQL fits no migration");
    assert_eq!(error(&[good, ("sub/V01__b.sql", "")]), "D/V1__a.sql and D/sub/V01__b.sql have the same version, 1");
    assert_eq!(error(&[good, ("V2__b.down.sql", "")]), "D/V2__b.down.sql undoes a migration that is not there");
    assert_eq!(
        error(&[good, ("V1__b.down.sql", "")]),
        "D/V1__a.sql and D/V1__b.down.sql have the same version but different names"
    );
    assert_eq!(
        error(&[good, ("V1__a.down.sql", ""), ("V01__a.down.sql", "")]),
        "D/V01__a.down.sql and D/V1__a.down.sql have the same version, 1"
    );
    assert_eq!(error(&[good, ("V2__b.rs", "")]), "D/V2__b.rs is a migration written in Rust, which pgward can't run");
    assert_eq!(error(&[("a.txt", "")]), "there are no migrations in D");
    assert_eq!(
        error(&[("V99999999999999999999__a.sql", "")]),
        "D/V99999999999999999999__a.sql: the version 99999999999999999999 is too large"
    );
}

#[test]
fn unreadable_files() {
    let dir = dir(&[("V1__a.sql", "select 'é'")]);
    fs::write(dir.path().join("V2__b.sql"), b"select '\xe9'").unwrap();
    let error = Migrations::from_dir(dir.path()).unwrap_err();
    assert!(error.message().ends_with("V2__b.sql is not UTF-8: byte 9 is wrong"), "{error}");

    let error = Migrations::from_dir("/nowhere/at/all").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Environment);
    assert_eq!(error.message(), "can't read /nowhere/at/all: No such file or directory (os error 2)");
}

#[test]
fn refinerys_migrations_and_downs_by_version() {
    let theirs = [
        refinery_core::Migration::unapplied("V2__b", "select 2").unwrap(),
        refinery_core::Migration::unapplied("V1__a", "select 1").unwrap(),
    ];
    let migrations = Migrations::from_refinery(&theirs).unwrap().with_downs([(2, "select -2")]).unwrap();
    assert_eq!(migrations.iter().map(Migration::id).collect::<Vec<_>>(), ["V1__a", "V2__b"]);
    assert_eq!(migrations.get(2).unwrap().down().unwrap().file, "V2__b.down");
    assert!(migrations.clone().with_downs([(3, "")]).is_err());
    assert!(Migrations::from_refinery(&[theirs[0].clone(), theirs[0].clone()]).is_err());
}

#[test]
fn new_files_are_later_and_never_overwrite() {
    let dir = tempdir().unwrap();
    let at = datetime!(2026-02-13 18:45:07 +1);
    let make = |name| new_files(&dir.path().join("new"), name, at);
    let first = make("Create runs, and: more!").unwrap();
    assert_eq!(first.version, 20_260_213_174_507);
    assert_eq!(file_name(&first.up), "V20260213174507__Create_runs_and_more.sql");
    assert_eq!(file_name(&first.down), "V20260213174507__Create_runs_and_more.down.sql");
    let second = make("again").unwrap();
    assert_eq!(second.version, first.version + 1);
    let migrations = Migrations::from_dir(dir.path().join("new")).unwrap();
    assert_eq!(migrations.len(), 2);
    assert!(make(" -!").is_err());
    fs::write(dir.path().join("new/other.sql"), "").unwrap();
    assert!(make("more").unwrap_err().message().contains("other.sql fits no migration"));
}

fn file_name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
