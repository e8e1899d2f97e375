//! `pgward dev`: the development server.

use serde_json::json;

use super::context::Context;
use crate::base::{Exit, Result};
use crate::pg::{DevConfig, DevServer, Options, RunningIn};
use crate::report::{Line, Report, Table, Tone};

/// The private PostgreSQL that commands use when no database is named
///
/// It lives in .pgward/ of the working directory, listens on a unix socket and on loopback with a password, and keeps
/// its data until `dev reset`. Needs PostgreSQL's server programs, or Docker.
#[derive(Debug, clap::Args)]
pub(super) struct Dev {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Start it, making it the first time
    Start,
    /// Stop it; its data stays
    Stop,
    /// Say whether it runs, and where
    Status,
    /// Print its URL, with its password, for other programs
    Url,
    /// Throw its databases away and start it empty
    Reset,
}

impl Dev {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let server = context.locate_development_server().await?;
        match self.action {
            Action::Start => said(context, &server.start().await?.to_string())?,
            Action::Stop => {
                let stopped = server.stop().await?;
                said(
                    context,
                    if stopped { "stopped the development server" } else { "the development server does not run" },
                )?;
            }
            Action::Status => status(context, &server).await?,
            Action::Url => context.output.data(&format!("{}\n", server.url().await?))?,
            Action::Reset => said(context, &server.reset().await?.to_string())?,
        }
        Ok(Exit::Clean)
    }
}

fn said(context: &Context, sentence: &str) -> Result<()> {
    let data = [("message".to_owned(), json!(sentence))].into_iter().collect();
    context.output.report(Report { command: "dev", summary: sentence.into(), data, ..Report::default() })
}

async fn status(context: &Context, server: &DevServer) -> Result<()> {
    let status = server.status().await?;
    let mut rows: Vec<Vec<Line>> = vec![vec!["folder".into(), status.dir.display().to_string().into()]];
    if let Some(log) = &status.log {
        rows.push(vec!["log".into(), log.display().to_string().into()]);
    }
    if let Some(version) = &status.version {
        rows.push(vec!["version".into(), format!("PostgreSQL {version}").into()]);
    }
    let mut running = json!(null);
    let summary = match &status.running {
        Some(server) => {
            rows.push(vec!["port".into(), format!("{} on 127.0.0.1", server.port).into()]);
            running = match &server.place {
                RunningIn::Process { pid, socket_dir } => {
                    rows.push(vec!["socket".into(), socket_dir.display().to_string().into()]);
                    rows.push(vec!["process".into(), pid.to_string().into()]);
                    json!({ "port": server.port, "pid": pid, "socket_directory": socket_dir })
                }
                RunningIn::Container { name } => {
                    rows.push(vec!["container".into(), name.as_str().into()]);
                    json!({ "port": server.port, "container": name })
                }
            };
            Line::new(Tone::Good, "it runs")
        }
        None if status.version.is_some() => "it does not run; any command that needs it starts it".into(),
        None => "there is none yet; any command that needs it makes it".into(),
    };
    let data = json!({ "directory": status.dir, "log": status.log, "version": status.version, "running": running });
    context.output.report(Report {
        command: "dev",
        tables: vec![Table { title: String::new(), rows }],
        summary,
        data: data.as_object().cloned().unwrap_or_default(),
        ..Report::default()
    })
}

impl Context {
    /// Finds the development server of the working directory, and says what a person should know of it.
    async fn locate_development_server(&self) -> Result<DevServer> {
        let server = DevServer::locate(&DevConfig::new(".", &self.env), &self.env).await?;
        for note in server.notes() {
            self.output.note(note);
        }
        Ok(server)
    }

    /// The folder of the development server.
    pub(super) async fn development_server_dir(&self) -> Result<std::path::PathBuf> {
        let server = DevServer::locate(&DevConfig::new(".", &self.env), &self.env).await?;
        Ok(server.dir().to_owned())
    }

    /// Starts the development server where it does not run, and says so in one line.
    pub(super) async fn development_server(&self) -> Result<Options> {
        let server = self.locate_development_server().await?;
        let started = server.start().await?;
        self.output.note(started.to_string());
        Ok(started.options)
    }
}
