//! The command line: one file a subcommand, one line each in [`Command`].
//!
//! The only room that reads the process environment, prints, and decides exit codes. Nothing imports it but `main`.

mod access;
mod advise;
mod completions;
mod config;
mod context;
mod dev;
mod diff;
mod docs;
mod down;
mod drawing;
mod e2e;
mod effects;
mod env;
mod environment;
mod explain;
mod gate;
mod init;
mod lint;
mod new;
mod output;
mod plan;
mod progress;
mod project;
mod queue;
mod records;
mod redo;
mod rls;
mod run;
mod snapshot;
mod source;
mod status;
mod up;
mod verify;
mod worker;
mod workflow;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};

use crate::base::{Error, Exit, Result};
use context::Context;
use output::Output;

/// PostgreSQL migrations and schema checks: migrate, verify, review
///
/// Without a database named, commands use the development server: a private PostgreSQL that pgward starts on demand.
/// Without migrations named, they use the bundled `ops` schema.
#[derive(Debug, Parser)]
#[command(name = "pgward", version, max_term_width = 100, propagate_version = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// The database: a URL or a connection string [env: DATABASE_URL, then libpq's variables]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The server for throw-away databases [default: the development server]
    #[arg(long, global = true, value_name = "URL")]
    shadow_url: Option<String>,
    /// The directory of migrations [default: pgward.toml's, else the bundled ops schema]
    #[arg(long, global = true, value_name = "DIR")]
    migrations: Option<PathBuf>,
    /// A managed schema; may be repeated [default: pgward.toml's, else the bundle's, else all]
    #[arg(long = "schema", global = true, value_name = "NAME")]
    schemas: Vec<String>,
    /// The configuration file [default: pgward.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How results are printed
    #[arg(long, global = true, value_name = "FORMAT", default_value = "terminal",
          value_parser = clap::builder::PossibleValuesParser::new(crate::report::FORMATS.iter().map(|format| format.name)))]
    format: String,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: clap::ColorChoice,
    /// Say nothing but results and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what is being done
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Up(up::Up),
    Down(down::Down),
    Redo(redo::Redo),
    Status(status::Status),
    New(new::New),
    Verify(verify::Verify),
    Snapshot(snapshot::Snapshot),
    Diff(diff::Diff),
    Rls(rls::Rls),
    Advise(advise::Advise),
    Docs(docs::Docs),
    Lint(lint::Lint),
    Dev(dev::Dev),
    Gate(gate::Gate),
    Init(init::Init),
    Env(env::Env),
    Run(run::Run),
    Worker(worker::Worker),
    Queue(queue::Queue),
    Project(project::Project),
    Workflow(workflow::Workflow),
    Environment(environment::Environment),
    Ops(e2e::Ops),
    Explain(explain::Explain),
    Completions(completions::Completions),
    Man(completions::Man),
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Up(_) => "up",
            Self::Down(_) => "down",
            Self::Redo(_) => "redo",
            Self::Status(_) => "status",
            Self::New(_) => "new",
            Self::Verify(_) => "verify",
            Self::Snapshot(_) => "snapshot",
            Self::Diff(_) => "diff",
            Self::Rls(_) => "rls",
            Self::Advise(_) => "advise",
            Self::Docs(_) => "docs",
            Self::Lint(_) => "lint",
            Self::Dev(_) => "dev",
            Self::Gate(_) => "gate",
            Self::Init(_) => "init",
            Self::Env(_) => "env",
            Self::Run(_) => "run",
            Self::Worker(_) => "worker",
            Self::Queue(_) => "queue",
            Self::Project(_) => "project",
            Self::Workflow(_) => "workflow",
            Self::Environment(_) => "environment",
            Self::Ops(_) => "ops",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    async fn run(self, context: &Context) -> Result<Exit> {
        match self {
            Self::Up(command) => command.run(context).await,
            Self::Down(command) => command.run(context).await,
            Self::Redo(command) => command.run(context).await,
            Self::Status(command) => command.run(context).await,
            Self::New(command) => command.run(context).await,
            Self::Verify(command) => command.run(context).await,
            Self::Snapshot(command) => command.run(context).await,
            Self::Diff(command) => command.run(context).await,
            Self::Rls(command) => command.run(context).await,
            Self::Advise(command) => command.run(context).await,
            Self::Docs(command) => command.run(context).await,
            Self::Lint(command) => command.run(context).await,
            Self::Dev(command) => command.run(context).await,
            Self::Gate(command) => command.run(context).await,
            Self::Init(command) => command.run(context),
            Self::Env(command) => command.run(context).await,
            Self::Run(command) => command.run(context).await,
            Self::Worker(command) => command.run(context).await,
            Self::Queue(command) => command.run(context).await,
            Self::Project(command) => command.run(context).await,
            Self::Workflow(command) => command.run(context).await,
            Self::Environment(command) => command.run(context).await,
            Self::Ops(command) => command.run(context).await,
            Self::Explain(command) => command.run(context),
            Self::Completions(command) => command.run(context),
            Self::Man(command) => command.run(context),
        }
    }
}

/// Runs the program with the process's own arguments and environment, and returns its exit status.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { global, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = Output::new(&global.format, global.quiet, global.verbose, global.color);
    if output.is_verbose() {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_env_filter(tracing_subscriber::EnvFilter::new("pgward=debug"))
            .without_time()
            .with_ansi(anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never)
            // It would panic where standard error can't be written to, in the middle of a run.
            .log_internal_errors(false)
            .init();
    }
    let name = command.name();
    let exit = run(global, command, output).unwrap_or_else(|error| {
        output.error(name, &error);
        Exit::Failed
    });
    ExitCode::from(exit.code())
}

/// Prints help, or what is wrong with the command line: for a program that asked for a format as a document too.
fn usage(error: &clap::Error) -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let asked = args.windows(2).filter(|pair| pair[0] == "--format").filter_map(|pair| pair[1].to_str());
    let asked = asked.chain(args.iter().filter_map(|arg| arg.to_str()?.strip_prefix("--format=")));
    if let Some(format) = asked.last()
        && error.use_stderr()
    {
        let rendered = masked(&error.render().to_string());
        let message = match error.kind() {
            clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "a command is missing",
            _ => rendered.lines().next().unwrap_or_default().trim_start_matches("error: "),
        };
        let command = args
            .iter()
            .skip(1)
            .filter_map(|arg| arg.to_str())
            .find(|arg| Cli::command().get_subcommands().any(|command| command.get_name() == *arg));
        let output = Output::new(format, false, false, clap::ColorChoice::Auto);
        output.error_document(command, &Error::input(message));
    }
    let text = masked(&error.render().ansi().to_string());
    let _ = if error.use_stderr() {
        write!(anstream::stderr().lock(), "{text}")
    } else {
        write!(anstream::stdout().lock(), "{text}")
    };
    ExitCode::from(if error.use_stderr() { Exit::Failed } else { Exit::Clean }.code())
}

/// A text that repeats what somebody typed, without the passwords of URLs and connection strings in it.
fn masked(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '/' | '\u{1b}');
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        rest.find("://").map(|at| at + 3).into_iter().chain(rest.find("password=").map(|at| at + 9)).min()
    {
        let (before, after) = rest.split_at(at);
        shown.push_str(before);
        let word = &after[..after.find(ends).unwrap_or(after.len())];
        let secret = if before.ends_with("password=") {
            Some(0..word.len())
        } else {
            word.rfind('@').and_then(|at| Some(word[..at].find(':')? + 1..at))
        };
        let secret = secret.unwrap_or(0..0);
        shown.push_str(&word[..secret.start]);
        shown.push_str(if secret.is_empty() { "" } else { "***" });
        rest = &after[secret.end..];
    }
    shown + rest
}

fn run(global: Global, command: Command, output: Output) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::environment("the program can't start its event loop").with_source(error))?;
    runtime.block_on(async {
        let context = match command {
            Command::Init(_) => Context::without_config(global, output),
            _ => Context::new(global, output)?,
        };
        command.run(&context).await
    })
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn passwords_are_never_repeated() {
        for (text, shown) in [
            ("'postgres://u:geheim@h/x' for", "'postgres://u:***@h/x' for"),
            ("'dv:postgres://u:ge@heim@h/x?password=geheim'", "'dv:postgres://u:***@h/x?password=***'"),
            ("'host=h password=geheim user=x'", "'host=h password=*** user=x'"),
            (
                "see https://example.org/a:b@c and postgres://u@h/x",
                "see https://example.org/a:b@c and postgres://u@h/x",
            ),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
