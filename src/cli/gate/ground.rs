//! What the checks share, each made when the first of them asks for it: the migrations, the throw-away server, a database
//! in which all migrations are applied with what was read of it, the target.

use std::cell::RefCell;

use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::checks::Trouble;
use crate::base::{Error, Result};
use crate::cli::context::Context;
use crate::cli::source::{SourceOptions, apply_all, throwaway_server};
use crate::introspect::{self, Fingerprint};
use crate::model::{Catalog, SchemaFilter};
use crate::pg::{self, Options, Scratch, Session};
use crate::prove::without_history;
use crate::runner::{HistoryTable, Runner, Status};
use crate::source::Migrations;

/// Whether something could be had; if not, the first who asked has the error, and the others wait in vain.
type Had<T> = Result<T, RefCell<Option<Error>>>;

/// All migrations applied to a throw-away database.
pub(super) struct Applied {
    /// Everything in it but pgward's own tables, with its owners.
    pub(super) catalog: Catalog,
    /// The role that applied them.
    pub(super) builder: String,
    session: Mutex<Session>,
    scratch: Scratch,
}

/// The database that is looked after.
pub(super) struct Target {
    /// What is called: its name.
    pub(super) name: String,
    /// How its history and the migrations stand.
    pub(super) status: Status,
    history: HistoryTable,
    session: Mutex<Session>,
}

/// What the checks share.
pub(super) struct Ground<'a> {
    context: &'a Context,
    migrations: OnceCell<Had<Migrations>>,
    server: OnceCell<Had<Options>>,
    applied: OnceCell<Had<Applied>>,
    target: OnceCell<Had<Target>>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self {
            context,
            migrations: OnceCell::new(),
            server: OnceCell::new(),
            applied: OnceCell::new(),
            target: OnceCell::new(),
        }
    }

    /// The migrations.
    pub(super) async fn migrations(&self) -> Result<&Migrations, Trouble> {
        let had = self.migrations.get_or_init(|| async { had(self.context.migrations()) }).await;
        share(had, "the migrations can't be read")
    }

    /// The server for throw-away databases, with the roles that migrations need.
    pub(super) async fn server(&self) -> Result<&Options, Trouble> {
        let make = async { had(throwaway_server(self.context, &SourceOptions::default()).await) };
        share(self.server.get_or_init(|| make).await, "there is no throw-away server")
    }

    /// The database with everything applied.
    pub(super) async fn applied(&self) -> Result<&Applied, Trouble> {
        let migrations = self.migrations().await?;
        let server = self.server().await?;
        let make = async { had(self.apply(migrations.clone(), server).await) };
        share(self.applied.get_or_init(|| make).await, "the migrations can't be applied")
    }

    async fn apply(&self, migrations: Migrations, server: &Options) -> Result<Applied> {
        let scratch = Scratch::create(server).await?;
        let made = async {
            let runner = Runner::new(migrations.on_throwaway_server()).history_table(self.context.history_table()?);
            apply_all(scratch.options(), &runner).await?;
            // Another session: what the files set for theirs is no matter to the reading.
            let mut session = pg::connect(scratch.options()).await?;
            let catalog = introspect::read(session.client_mut(), &SchemaFilter::all()).await?;
            Ok((without_history(catalog, runner.history()), session))
        };
        match made.await {
            Ok((catalog, session)) => {
                let builder = scratch.options().user().to_owned();
                Ok(Applied { catalog, builder, session: Mutex::new(session), scratch })
            }
            Err(error) => {
                // The error that the person can do something about is the first one.
                let _ = scratch.close().await;
                Err(error)
            }
        }
    }

    /// Whether somebody named the database to be looked after.
    pub(super) fn names_target(&self) -> bool {
        let context = self.context;
        let configured = context.config.gate.target_env.as_ref();
        context.global.database_url.is_some()
            || configured.is_some_and(|name| context.env.get(name).is_some())
            || context.env.get("DATABASE_URL").is_some()
            || context.env.names_a_server()
    }

    /// The database that is looked after.
    pub(super) async fn target(&self) -> Result<&Target, Trouble> {
        let migrations = self.migrations().await?;
        let make = async { had(self.read_target(migrations.clone()).await) };
        share(self.target.get_or_init(|| make).await, "the target can't be read")
    }

    async fn read_target(&self, migrations: Migrations) -> Result<Target> {
        let context = self.context;
        let url = context.config.gate.target_env.as_ref().and_then(|name| context.env.get(name));
        let options = match url.filter(|_| context.global.database_url.is_none()) {
            Some(url) => Options::parse(url, &context.env)?,
            None => context.database().await?,
        };
        for warning in options.warnings() {
            context.output.note(format!("warning: {warning}"));
        }
        let mut session = pg::connect(&options).await?;
        session.require_supported()?;
        let runner = Runner::new(migrations).history_table(context.history_table()?);
        let status = runner.status(session.client_mut()).await?;
        let (name, history) = (options.database().to_owned(), runner.history().clone());
        Ok(Target { name, status, history, session: Mutex::new(session) })
    }

    /// Removes the throw-away database.
    ///
    /// # Errors
    ///
    /// When the server can't be reached any more.
    pub(super) async fn close(self) -> Result<()> {
        if let Some(Ok(target)) = self.target.into_inner() {
            target.session.into_inner().close().await;
        }
        match self.applied.into_inner() {
            Some(Ok(Applied { session, scratch, .. })) => {
                session.into_inner().close().await;
                scratch.close().await
            }
            _ => Ok(()),
        }
    }
}

impl Applied {
    /// The connection to the database, one check at a time.
    pub(super) async fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().await
    }
}

impl Target {
    /// Everything in it but pgward's own tables, read in a read-only transaction; nothing where it is as it was when the
    /// fingerprint was taken, which is the present one afterwards.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub(super) async fn read_if_changed(&self, last: &mut Option<Fingerprint>) -> Result<Option<Catalog>> {
        let mut session = self.session.lock().await;
        let read = introspect::read_if_changed(session.client_mut(), &SchemaFilter::all(), last).await?;
        Ok(read.map(|catalog| without_history(catalog, &self.history)))
    }
}

fn had<T>(made: Result<T>) -> Had<T> {
    made.map_err(|error| RefCell::new(Some(error)))
}

/// What was had; the error itself goes to the first who asks, so that it is told once.
fn share<'h, T>(had: &'h Had<T>, why: &str) -> Result<&'h T, Trouble> {
    had.as_ref().map_err(|error| match error.borrow_mut().take() {
        Some(error) => Trouble::Error(error),
        None => Trouble::Blocked(why.to_owned()),
    })
}
