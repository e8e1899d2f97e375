//! Reads a database's catalog, and then N times again, which is little work while nothing changes:
//! `cargo run --example reread URL N`.

#![expect(clippy::print_stderr, reason = "an example is a program of its own")]

use std::process::ExitCode;

use pgward::base::{Error, Result};
use pgward::introspect;
use pgward::model::SchemaFilter;
use pgward::pg::{Environment, Options, connect};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match reread().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn reread() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(times)) = (arguments.next(), arguments.next().and_then(|times| times.parse::<u32>().ok()))
    else {
        return Err(Error::input("a URL and a number of times are needed"));
    };
    let mut session = connect(&Options::parse(&url, &Environment::empty())?).await?;
    let (filter, mut last) = (SchemaFilter::all(), None);
    for time in 0..=times {
        let catalog = introspect::read_if_changed(session.client_mut(), &filter, &mut last).await?;
        if catalog.is_some() != (time == 0) {
            return Err(Error::input("the schema changed meanwhile"));
        }
    }
    session.close().await;
    Ok(())
}
