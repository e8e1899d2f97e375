//! What a run will do, or why not: chosen from a [`Status`], without a database.

use super::status::{Entry, State, Status};
use crate::base::{Error, ErrorKind, Result};
use crate::source::{Migration, Migrations};

/// How far to go up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Target {
    /// Everything.
    #[default]
    Latest,
    /// Up to a version, and with it.
    Version(i64),
    /// This many migrations.
    Steps(usize),
}

/// How far to go down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// This many migrations.
    Steps(usize),
    /// Everything after a version, which stays.
    To(i64),
    /// Everything.
    All,
}

/// Which disagreements a run overlooks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tolerance {
    pub(super) out_of_order: bool,
    pub(super) changed: bool,
    pub(super) missing: bool,
}

/// The migrations that going up would apply.
pub(super) fn choose_up<'m>(
    status: &Status,
    migrations: &'m Migrations,
    target: Target,
    tolerance: Tolerance,
) -> Result<Vec<&'m Migration>> {
    if let Target::Version(version) = target
        && !status.entries.iter().any(|entry| entry.version == version)
    {
        return Err(no_version(version, migrations));
    }
    let refused = |state| match state {
        State::Changed | State::Renamed => !tolerance.changed,
        State::Missing => !tolerance.missing,
        _ => false,
    };
    if status.entries.iter().any(|entry| refused(entry.state)) {
        return Err(disagreement(status.entries.iter().filter(|entry| refused(entry.state))));
    }
    let pending = status.entries.iter().filter(|entry| !entry.state.is_applied());
    let chosen: Vec<_> = match target {
        Target::Latest => pending.collect(),
        Target::Version(version) => pending.filter(|entry| entry.version <= version).collect(),
        Target::Steps(steps) => pending.take(steps).collect(),
    };
    if !tolerance.out_of_order && chosen.iter().any(|entry| entry.state == State::OutOfOrder) {
        let late = chosen.iter().copied().filter(|entry| entry.state == State::OutOfOrder);
        return Err(out_of_order(late, status.current()));
    }
    Ok(chosen.iter().filter_map(|entry| migrations.get(entry.version)).collect())
}

/// The migrations that going down would undo, newest first, all of which can be undone.
pub(super) fn choose_down<'m>(status: &Status, migrations: &'m Migrations, undo: Undo) -> Result<Vec<&'m Migration>> {
    let applied = status.entries.iter().rev().filter(|entry| entry.state.is_applied());
    let chosen: Vec<&Entry> = match undo {
        Undo::Steps(steps) => applied.take(steps).collect(),
        Undo::All => applied.collect(),
        Undo::To(version) => {
            // A version that was mistyped would undo everything.
            if !applied.clone().any(|entry| entry.version == version) {
                return Err(Error::input(format!("version {version} is not applied, so there is no way down to it"))
                    .with_hint("--all undoes everything"));
            }
            applied.filter(|entry| entry.version > version).collect()
        }
    };
    chosen
        .into_iter()
        .map(|entry| match migrations.get(entry.version) {
            Some(migration) if migration.down().is_some() => Ok(migration),
            Some(migration) => Err(Error::input(format!("{} can't be undone: it has no down", migration.id()))
                .with_note(format!("it was applied from {}", migration.up().file))
                .with_hint(
                    "write the file that undoes it, with .down.sql at the end of its name; one without \
                            statements if there is nothing to do",
                )),
            None => Err(Error::new(
                ErrorKind::History,
                format!("{} can't be undone: the history has it, but there is no file", entry.id()),
            )
            .with_hint("bring the files back, for instance by checking out the version that was deployed")),
        })
        .collect()
}

fn no_version(version: i64, migrations: &Migrations) -> Error {
    let error = Error::input(format!("there is no migration of version {version}"));
    match migrations.iter().last() {
        Some(last) => error.with_hint(format!("the last is {}", last.id())),
        None => error,
    }
}

fn disagreement<'e>(entries: impl Iterator<Item = &'e Entry>) -> Error {
    let entries: Vec<_> = entries.collect();
    let message = match entries.as_slice() {
        [one] => format!("the history and the migrations disagree about {}", one.id()),
        many => format!("the history and the migrations disagree about {} versions", many.len()),
    };
    let mut error = Error::new(ErrorKind::History, message);
    for entry in &entries {
        error = error.with_note(match (entry.state, &entry.recorded) {
            (State::Renamed, Some(row)) => format!("{} was applied under the name {}", entry.id(), row.name),
            (State::Missing, _) => format!("{} was applied, but its file is gone", entry.id()),
            (_, Some(row)) => format!("{} was changed after it was applied on {}", entry.id(), row.applied_on),
            (_, None) => entry.id(),
        });
    }
    if entries.iter().any(|entry| entry.state == State::Missing) {
        error = error.with_hint("a missing file may be on another branch: bring it back");
    }
    if entries.iter().any(|entry| entry.state != State::Missing) {
        error = error.with_hint("bring back the text that was applied, and put the change into a new migration");
    }
    error.with_hint("where the change is known to be harmless: --allow-changed")
}

fn out_of_order<'e>(late: impl Iterator<Item = &'e Entry>, current: Option<i64>) -> Error {
    let late: Vec<_> = late.map(Entry::id).collect();
    let newest = current.map_or_else(String::new, |version| format!(", version {version}"));
    let message = match late.as_slice() {
        [one] => format!("{one} is not applied, but comes before the newest that is{newest}"),
        many => format!("{} migrations are not applied, but come before the newest that is{newest}", many.len()),
    };
    late.iter()
        .fold(Error::new(ErrorKind::History, message), |error, id| error.with_note(id))
        .with_hint("give it a version after that one, or apply it all the same with --allow-out-of-order")
}

#[cfg(test)]
mod tests {
    use super::super::history::Row;
    use super::*;
    use crate::source::Width;

    fn migrations(stems: &[&str]) -> Migrations {
        let list: Vec<_> =
            stems.iter().map(|stem| refinery_core::Migration::unapplied(stem, "select 1").unwrap()).collect();
        Migrations::from_refinery(&list).unwrap()
    }

    fn applied(migrations: &Migrations, versions: &[i64]) -> Vec<Row> {
        let row = |version: &i64| {
            let migration = migrations.get(*version).unwrap();
            Row {
                version: *version,
                name: migration.name().to_owned(),
                applied_on: "2026-01-01T00:00:00Z".to_owned(),
                checksum: migration.checksum(Width::Int8).unwrap(),
            }
        };
        versions.iter().map(row).collect()
    }

    fn chosen(status: &Status, migrations: &Migrations, target: Target, tolerance: Tolerance) -> Result<Vec<i64>> {
        Ok(choose_up(status, migrations, target, tolerance)?.into_iter().map(Migration::version).collect())
    }

    #[test]
    fn late_ones_are_refused_unless_their_order_is_no_matter() {
        let all = migrations(&["V1__a", "V2__b", "U3__u", "V4__c", "V5__d"]);
        let status = Status::new(Some(&applied(&all, &[1, 4])), &[], &all);
        let states: Vec<_> = status.entries.iter().map(|entry| entry.state).collect();
        use State::{Applied, OutOfOrder, Pending};
        assert_eq!(states, [Applied, OutOfOrder, Pending, Applied, Pending]);
        let strict = Tolerance::default();
        assert!(chosen(&status, &all, Target::Latest, strict).is_err());
        assert_eq!(chosen(&status, &all, Target::Version(1), strict).unwrap(), [0_i64; 0]);
        let loose = Tolerance { out_of_order: true, ..strict };
        assert_eq!(chosen(&status, &all, Target::Latest, loose).unwrap(), [2, 3, 5]);
        assert_eq!(chosen(&status, &all, Target::Steps(2), loose).unwrap(), [2, 3]);
        assert_eq!(chosen(&status, &all, Target::Version(3), loose).unwrap(), [2, 3]);
        assert!(chosen(&status, &all, Target::Version(6), loose).is_err(), "no such version");
    }

    #[test]
    fn no_history_is_nothing_applied() {
        let all = migrations(&["V0__zero", "V1__a"]);
        let status = Status::new(None, &[], &all);
        assert!(!status.has_history && status.current().is_none());
        assert_eq!(chosen(&status, &all, Target::Latest, Tolerance::default()).unwrap(), [0, 1]);
        assert!(choose_down(&status, &all, Undo::All).unwrap().is_empty());
        assert!(choose_down(&status, &all, Undo::To(0)).is_err());
    }

    #[test]
    fn what_is_missing_can_be_overlooked_going_up() {
        let all = migrations(&["V1__a", "V2__b", "V3__c"]);
        let some = migrations(&["V1__a", "V3__c"]);
        let status = Status::new(Some(&applied(&all, &[1, 2])), &[], &some);
        assert_eq!(
            status.problems().map(|entry| (entry.version, entry.state)).collect::<Vec<_>>(),
            [(2, State::Missing)]
        );
        assert!(chosen(&status, &some, Target::Latest, Tolerance::default()).is_err());
        let loose = Tolerance { missing: true, ..Tolerance::default() };
        assert_eq!(chosen(&status, &some, Target::Latest, loose).unwrap(), [3]);
    }
}
