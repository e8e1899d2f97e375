//! Compares two committed snapshots without a database: `cargo run --example diff_snapshots OLD NEW`.

use std::process::ExitCode;

use pgward::base::{Error, Result};
use pgward::diff::{Change, diff};
use pgward::model::{Catalog, read_snapshot};

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
    let changes = diff(&read(&old)?, &read(&new)?);
    for change in &changes {
        match change {
            Change::Added(id) => println!("+ {id}"),
            Change::Removed(id) => println!("- {id}"),
            Change::Altered { id, attributes } => {
                println!("~ {id}: {}", attributes.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", "))
            }
            Change::Uncovered { object, added } => println!("{} {object:?}", if *added { '+' } else { '-' }),
        }
    }
    Ok(changes.len())
}

fn read(file: &str) -> Result<Catalog> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::input(format!("cannot read {file}")).with_source(error))?;
    read_snapshot(&text)
}
