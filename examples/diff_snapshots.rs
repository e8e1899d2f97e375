//! Compares two committed snapshots without a database: `cargo run --example diff_snapshots OLD NEW`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example is a program of its own")]

use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;

use pgward::base::{Error, Result};
use pgward::diff::{Change, diff};
use pgward::model::{Snapshot, read_differing};
use pgward::plan::TIES;

fn main() -> ExitCode {
    match compare() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Prints each change and returns how many there are.
fn compare() -> Result<usize> {
    let mut files = std::env::args().skip(1);
    let (Some(old), Some(new)) = (files.next(), files.next()) else {
        return Err(Error::input("two snapshots are needed"));
    };
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| open(&old));
        let new = open(&new)?;
        Ok::<_, Error>((old.join().unwrap_or_else(|panic| resume_unwind(panic))?, new))
    })?;
    let (old, new) = read_differing(&old, &new, &TIES)?;
    let changes = diff(&old, &new);
    for change in &changes {
        match change {
            Change::Added(id) => println!("+ {id}"),
            Change::Removed(id) => println!("- {id}"),
            Change::Renamed { from, to } => println!("{from} -> {to}"),
            Change::Altered { id, attributes } => {
                println!("~ {id}: {}", attributes.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", "))
            }
            Change::Uncovered { object, added } => println!("{} {object:?}", if *added { '+' } else { '-' }),
        }
    }
    Ok(changes.len())
}

/// Reads a file and checks that it is as it was written.
fn open(file: &str) -> Result<Snapshot> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::input(format!("cannot read {file}")).with_source(error))?;
    Snapshot::open(text).map_err(|error| error.with_note(format!("the file is {file}")))
}
