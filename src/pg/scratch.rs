//! Throw-away databases: made for one piece of work, gone afterwards, also after a crash.
//!
//! Each belongs to a session that holds an advisory lock whose number is in the database's name. The lock goes with
//! the session, and so with its process, however that ends; a scratch database whose lock nobody holds is a leftover,
//! and the next [`Scratch::create`] on the server removes it. Needs nothing but the right to create databases.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::thread;
use std::time::{Duration, SystemTime};

use tokio_postgres::error::SqlState;

use super::{Options, Session, connect, server_error};
use crate::base::{Ident, Result};

/// How the names of all throw-away databases begin.
const PREFIX: &str = "pgward_scratch_";
/// The first half of every lock's key: "pgwS".
const LOCK_CLASS: i32 = 0x7067_7753;
/// How long dropping one without [`Scratch::close`] may hold up its thread.
const DROP_PATIENCE: Duration = Duration::from_secs(5);

/// A throw-away database.
///
/// Call [`close`](Self::close) when done. Dropping it removes the database too, as well as it can, but blocks.
#[derive(Debug)]
pub struct Scratch {
    server: Options,
    options: Options,
    /// Holds the lock. `None` once the database is gone.
    keeper: Option<Session>,
}

impl Scratch {
    /// Makes an empty database in UTF-8 on a server, from `template0`, and removes what crashed processes left.
    ///
    /// # Errors
    ///
    /// When the server can't be reached, or the role may not create databases.
    pub async fn create(server: &Options) -> Result<Self> {
        Self::from_template(server, None).await
    }

    /// Makes another one like this one, with all that is in it. Nobody may be connected to it meanwhile.
    ///
    /// # Errors
    ///
    /// As for [`create`](Self::create), and when somebody is connected.
    pub async fn copy(&self) -> Result<Self> {
        Self::from_template(&self.server, Some(self.name())).await
    }

    async fn from_template(server: &Options, template: Option<&str>) -> Result<Self> {
        let keeper = connect(server).await?;
        remove_leftovers(&keeper).await;
        let key = take_lock(&keeper).await?;
        let name = format!("{PREFIX}{key:08x}");
        let scratch = Self { server: server.clone(), options: server.with_database(&name), keeper: Some(keeper) };
        let create = match template {
            None => format!("create database {} template template0 encoding 'UTF8'", Ident(&name)),
            Some(template) => format!("create database {} template {}", Ident(&name), Ident(template)),
        };
        let client = scratch.session().client();
        let made = match client.batch_execute(&create).await {
            // The server's own locale is for another encoding.
            Err(error) if template.is_none() && error.code().is_some_and(|code| code.code() == "22023") => {
                client.batch_execute(&format!("{create} locale 'C'")).await
            }
            made => made,
        };
        match made {
            Ok(()) => Ok(scratch),
            Err(error) => {
                let error = scratch.session().error(error, "create a throw-away database");
                let denied = error.sqlstate() == Some("42501");
                // There is nothing to remove.
                let mut scratch = scratch;
                scratch.keeper = None;
                Err(match denied {
                    true => error.with_hint(format!(
                        "role {:?} needs the right to create databases: alter role {} createdb",
                        server.user(),
                        Ident(server.user())
                    )),
                    false => error,
                })
            }
        }
    }

    /// How to connect to it.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.options.database()
    }

    /// Removes the database, whoever is connected to it.
    ///
    /// # Errors
    ///
    /// When the server refuses or can't be reached any more; then the next [`Scratch::create`] will remove it.
    pub async fn close(mut self) -> Result<()> {
        let Some(keeper) = self.keeper.take() else { return Ok(()) };
        let dropped = drop_database(&self.server, &keeper, self.name()).await;
        keeper.close().await;
        dropped
    }

    fn session(&self) -> &Session {
        self.keeper.as_ref().unwrap_or_else(|| unreachable!("only close and drop take the session away"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some(keeper) = self.keeper.take() else { return };
        let (server, name) = (self.server.with_connect_timeout(Some(DROP_PATIENCE)), self.name().to_owned());
        // On a thread of its own, with a connection of its own: the runtime that drives the other may be this very
        // thread's, which can't wait for itself. The lock is held until the database is gone.
        let dropping = thread::Builder::new().spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let session = connect(&server).await.ok()?;
                let dropped =
                    tokio::time::timeout(DROP_PATIENCE, drop_database(&server, &session, &name)).await.ok()?;
                session.close().await;
                dropped.ok()
            })
        });
        if dropping.ok().and_then(|thread| thread.join().ok()).flatten().is_none() {
            tracing::debug!(database = self.name(), "a throw-away database is left to be removed by the next");
        }
        drop(keeper);
    }
}

async fn drop_database(server: &Options, session: &Session, name: &str) -> Result<()> {
    let sql = format!("drop database if exists {} with (force)", Ident(name));
    let mut dropped = session.client().batch_execute(&sql).await;
    if dropped.as_ref().is_err_and(|error| error.code() == Some(&SqlState::OBJECT_IN_USE)) {
        drop_subscriptions(&server.with_database(name)).await;
        dropped = session.client().batch_execute(&sql).await;
    }
    dropped.map_err(|error| session.error(error, format!("drop the throw-away database {}", Ident(name))))
}

/// Drops the subscriptions of a throw-away database, which would hold it; none of them ever ran or has a slot.
async fn drop_subscriptions(options: &Options) {
    let statements = "select pg_catalog.format('alter subscription %1$I disable; \
                      alter subscription %1$I set (slot_name = none); drop subscription %1$I', s.subname) \
                      from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid \
                      where d.datname = current_database()";
    let Ok(session) = connect(options).await else { return };
    for row in session.client().query(statements, &[]).await.unwrap_or_default() {
        let sql: String = row.get(0);
        let dropped = session.client().batch_execute(&sql).await;
        tracing::debug!(dropped = dropped.is_ok(), "a subscription of a throw-away database");
    }
    session.close().await;
}

/// Takes the lock of a number that no other process holds. Before the database is there, so that nobody who looks for
/// leftovers ever sees it without its lock.
async fn take_lock(session: &Session) -> Result<u32> {
    let state = RandomState::new();
    let mut turn = 0_u32;
    loop {
        let hash = state.hash_one((std::process::id(), SystemTime::now(), turn));
        let key = u32::try_from(hash >> 32).unwrap_or(turn);
        let query = "select pg_catalog.pg_try_advisory_lock($1, $2) \
                     and not exists (select from pg_catalog.pg_database where datname = $3)";
        let name = format!("{PREFIX}{key:08x}");
        let row = session.client().query_one(query, &[&LOCK_CLASS, &key.cast_signed(), &name]).await;
        let row = row.map_err(|error| session.error(error, "lock the name of a throw-away database"))?;
        if row.get(0) {
            return Ok(key);
        }
        turn += 1;
    }
}

/// Drops the scratch databases whose lock nobody holds. What can't be dropped (another role's, or one that somebody is
/// connected to after all) is left alone.
async fn remove_leftovers(session: &Session) {
    // Advisory locks belong to the database in which they were taken, but `pg_locks` shows those of all; a key of two
    // numbers has `objsubid` 2. One that somebody is connected to is in use after all, and dropping it would wait.
    let query = "select d.datname from pg_catalog.pg_database d \
                 where d.datname ~ ('^' || $1 || '[0-9a-f]{8}$') and pg_catalog.pg_has_role(d.datdba, 'usage') \
                 and not exists (select from pg_catalog.pg_stat_activity a where a.datid = d.oid) \
                 and not exists (select from pg_catalog.pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 \
                     and l.classid = $2::int8::oid and l.granted \
                     and pg_catalog.lpad(pg_catalog.to_hex(l.objid::int8), 8, '0') = pg_catalog.right(d.datname, 8))";
    let class = i64::from(LOCK_CLASS);
    let found = match session.client().query(query, &[&PREFIX, &class]).await {
        Ok(rows) => rows,
        Err(error) => return tracing::debug!(error = %server_error(error, "look for leftovers"), "none are removed"),
    };
    for row in found {
        let name: String = row.get(0);
        let dropped = session.client().batch_execute(&format!("drop database if exists {}", Ident(&name))).await;
        tracing::debug!(name, removed = dropped.is_ok(), "a throw-away database was left by a crash");
    }
}
