//! An application that embeds its migrations with refinery and brings its database up to date when it starts.
//!
//! ```sh
//! cargo run --example embedded -- "host=localhost user=postgres dbname=app"
//! ```
//!
//! Any number of copies may start at once: one applies, the others wait for it or find nothing to do.

use std::process::ExitCode;

use pgward::runner::{Event, Runner};
use pgward::source::Migrations;
use tokio_postgres::NoTls;

mod embedded {
    refinery::embed_migrations!("examples/migrations");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(url) = std::env::args().nth(1) else {
        say("usage: embedded URL");
        return ExitCode::from(2);
    };
    match start(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

async fn start(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);

    let migrations = Migrations::from_refinery(embedded::migrations::runner().get_migrations())?;
    let runner = Runner::new(migrations).on_event(|event| {
        if let Event::Finished { migration, elapsed, .. } = event {
            say(&format!("applied {migration} in {elapsed:.1?}"));
        }
    });
    runner.up(&mut client).await?;

    // The application goes on from here.
    Ok(())
}

#[expect(clippy::print_stderr, reason = "an example of an application, which may print")]
fn say(line: &str) {
    eprintln!("{line}");
}
