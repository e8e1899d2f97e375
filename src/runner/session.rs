//! The connection during a run: what the server is, what the session looked like before, what the history says.

use std::time::Duration;

use tokio_postgres::{Client, SimpleQueryRow};

use super::event::Event;
use super::history::{HistoryTable, Partial, Row};
use super::options::Options;
use super::server::server_error;
use super::status::Status;
use super::wire::{Answer, Failure, Message, send};
use crate::base::{Error, ErrorKind, Ident, Literal, Result};
use crate::source::{Migrations, Width};

/// How long after a request to cancel the next one is sent.
const CANCEL_AGAIN: Duration = Duration::from_millis(500);

/// A connection and what is known of it.
pub(super) struct Session<'a> {
    pub(super) client: &'a mut Client,
    pub(super) options: &'a Options,
    pub(super) facts: Facts,
    /// The history's rows, if the table is there.
    pub(super) rows: Option<Vec<Row>>,
    pub(super) partials: Vec<Partial>,
    /// Whether the lock was taken.
    pub(super) locked: bool,
}

/// What one query tells about server, session and history table.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) pid: i32,
    database: String,
    user: String,
    in_recovery: bool,
    in_transaction: bool,
    read_only: bool,
    /// Positions in errors count bytes: the database has no encoding.
    pub(super) counts_bytes: bool,
    has_schema: bool,
    may_create: bool,
    history_kind: Option<String>,
    version_type: Option<String>,
    has_partial: bool,
    /// SQL that puts the session back to how the run found it.
    pub(super) restore: String,
    /// SQL that makes the rest of a transaction run as the caller of the run.
    pub(super) become_caller_locally: String,
    /// SQL that ends what an earlier file left in the session. Nothing where the caller had such things: they are his.
    pub(super) clean: &'static str,
}

/// Temporary tables, prepared statements, cursors, channels.
const CLEAN: &str = "CLOSE ALL; UNLISTEN *; DEALLOCATE ALL; DISCARD TEMP";

/// Asks for [`Facts`]. Everything qualified: the search path may be anything.
fn facts_query(table: &HistoryTable) -> String {
    format!(
        "SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_database(), CURRENT_USER, SESSION_USER, \
         pg_catalog.current_setting('role'), pg_catalog.pg_is_in_recovery(), \
         pg_catalog.current_setting('transaction_read_only'), pg_catalog.current_setting('server_encoding'), \
         n.oid IS NOT NULL, pg_catalog.has_schema_privilege(n.oid, 'CREATE'), c.relkind, \
         pg_catalog.format_type(a.atttypid, NULL), p.oid IS NOT NULL, \
         (SELECT pg_catalog.string_agg(pg_catalog.format('; SELECT pg_catalog.set_config(%L, %L, false)', s.name, \
            pg_catalog.current_setting(s.name)), '') FROM pg_catalog.pg_settings s \
          WHERE s.source = 'session' AND s.name !~ '^transaction_'), \
         pg_catalog.now() <> pg_catalog.statement_timestamp(), \
         EXISTS (SELECT FROM pg_catalog.pg_class t WHERE t.relnamespace = pg_catalog.pg_my_temp_schema()) \
           OR EXISTS (SELECT FROM pg_catalog.pg_prepared_statement()) \
           OR EXISTS (SELECT FROM pg_catalog.pg_cursor() r WHERE r.is_holdable) \
           OR EXISTS (SELECT FROM pg_catalog.pg_listening_channels()) \
         FROM (SELECT) one \
         LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = {schema} \
         LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = {table} \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'version' AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_class p ON p.relnamespace = n.oid AND p.relname = {partial}",
        schema = Literal(&table.schema),
        partial = Literal(&table.partial_name()),
        table = Literal(&table.table),
    )
}

impl Facts {
    fn parse(row: &SimpleQueryRow) -> Self {
        let text = |n: usize| row.get(n).unwrap_or_default().to_owned();
        let is = |n: usize| row.get(n) == Some("t");
        let role = text(4);
        let role = if role == "none" { "NONE".to_owned() } else { Ident(&role).to_string() };
        Self {
            pid: text(0).parse().unwrap_or(0),
            database: text(1),
            user: text(2),
            in_recovery: is(5),
            in_transaction: is(14),
            read_only: row.get(6) == Some("on"),
            counts_bytes: row.get(7) == Some("SQL_ASCII"),
            has_schema: is(8),
            may_create: is(9),
            history_kind: row.get(10).map(str::to_owned),
            version_type: row.get(11).map(str::to_owned),
            has_partial: is(12),
            clean: if is(15) { "" } else { CLEAN },
            // RESET ALL leaves the two kinds of role alone, and forgets what the caller had set.
            restore: format!(
                "RESET ALL; SET SESSION AUTHORIZATION {}; SET ROLE {role}{}",
                Literal(&text(3)),
                row.get(13).unwrap_or_default()
            ),
            become_caller_locally: format!(
                "SET LOCAL SESSION AUTHORIZATION {}; SET LOCAL ROLE {role}",
                Literal(&text(3))
            ),
        }
    }

    pub(super) fn has_history(&self) -> bool {
        self.history_kind.is_some()
    }

    /// How wide the history's versions are; a table that is yet to be made is wide.
    pub(super) fn width(&self) -> Width {
        match self.version_type.as_deref() {
            Some("integer" | "smallint") => Width::Int4,
            _ => Width::Int8,
        }
    }
}

impl<'a> Session<'a> {
    /// Looks at server and history: two round trips, or one where there is no history yet. Takes no lock.
    pub(super) async fn open(client: &'a mut Client, options: &'a Options) -> Result<Self> {
        let mut session = Self::look_at_server(client, options).await?;
        if session.facts.has_history() {
            let [rows] = send(session.client, [Message::Ask(&options.history.select())]).await;
            session.take_rows(rows)?;
        }
        session.read_partials().await?;
        Ok(session)
    }

    /// The same, and the tables are read in one transaction that the server holds to reading only.
    pub(super) async fn open_read_only(client: &'a mut Client, options: &'a Options) -> Result<Self> {
        let mut session = Self::look_at_server(client, options).await?;
        if !session.facts.has_history() && !session.facts.has_partial {
            return Ok(session);
        }
        // ROLLBACK would end it.
        session.require_no_transaction()?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let table = &options.history;
        let rows = if session.facts.has_history() { table.select() } else { String::new() };
        let partials = if session.facts.has_partial { Partial::select(table) } else { String::new() };
        let messages = [Message::Run(begin), Message::Ask(&rows), Message::Ask(&partials), Message::Run("ROLLBACK")];
        let [begun, rows, partials, ended] = send(session.client, messages).await;
        begun.map_err(|failure| server_error(failure.error, "could not begin a transaction"))?;
        if session.facts.has_history() {
            session.take_rows(rows)?;
        }
        session.take_partials(partials)?;
        ended.map_err(|failure| server_error(failure.error, "could not end a transaction"))?;
        Ok(session)
    }

    async fn look_at_server(client: &'a mut Client, options: &'a Options) -> Result<Self> {
        let (facts, rows, partials) = (Facts::default(), None, Vec::new());
        let mut session = Self { client, options, facts, rows, partials, locked: false };
        let [facts] = send(session.client, [Message::Ask(&facts_query(&options.history))]).await;
        session.take_facts(facts)?;
        Ok(session)
    }

    /// One try to have the lock, and in the same round trip what there is to know once it is had.
    pub(super) async fn try_lock(&mut self, lock: &str) -> Result<bool> {
        let facts_query = facts_query(&self.options.history);
        let got = |answer: Result<Answer, Failure>| -> Result<bool> {
            let answer = answer.map_err(|failure| server_error(failure.error, "could not ask for the lock"))?;
            Ok(answer.rows.first().and_then(|row| row.get(0)) == Some("t"))
        };
        if self.facts.has_history() {
            let select = self.options.history.select();
            let messages = [Message::Ask(lock), Message::Ask(&facts_query), Message::Ask(&select)];
            let [locked, facts, rows] = send(self.client, messages).await;
            self.locked = got(locked)?;
            self.take_facts(facts)?;
            if self.facts.has_history() {
                self.take_rows(rows)?;
            }
            return Ok(self.locked);
        }
        let [locked, facts] = send(self.client, [Message::Ask(lock), Message::Ask(&facts_query)]).await;
        self.locked = got(locked)?;
        self.take_facts(facts)?;
        if self.locked && self.facts.has_history() {
            let [rows] = send(self.client, [Message::Ask(&self.options.history.select())]).await;
            self.take_rows(rows)?;
        }
        Ok(self.locked)
    }

    fn take_facts(&mut self, answer: Result<Answer, Failure>) -> Result<()> {
        let answer = answer.map_err(|failure| server_error(failure.error, "could not look at the server"))?;
        let pid = self.facts.pid;
        self.facts = answer.rows.first().map(Facts::parse).unwrap_or_default();
        if pid != 0 && pid != self.facts.pid {
            return Err(Error::new(
                ErrorKind::Connection,
                "the connection changes its server session between statements, so no lock can be held",
            )
            .with_hint("connect to the server itself and not through a pooler, or through one that pools sessions"));
        }
        Ok(())
    }

    fn take_rows(&mut self, answer: Result<Answer, Failure>) -> Result<()> {
        let table = &self.options.history;
        let answer = answer.map_err(|failure| {
            let undefined = failure.sqlstate() == Some("42703");
            let error = server_error(failure.error, format!("could not read the history in {}", table.sql()));
            if undefined {
                error.with_hint("this table is not refinery's: it has version, name, applied_on and checksum")
            } else {
                error
            }
        })?;
        self.rows = Some(answer.rows.iter().map(|row| Row::parse(row, table)).collect::<Result<_>>()?);
        Ok(())
    }

    /// Reads how far files without a transaction came, where there are any.
    pub(super) async fn read_partials(&mut self) -> Result<()> {
        self.partials.clear();
        if self.facts.has_partial {
            let [answer] = send(self.client, [Message::Ask(&Partial::select(&self.options.history))]).await;
            self.take_partials(answer)?;
        }
        Ok(())
    }

    fn take_partials(&mut self, answer: Result<Answer, Failure>) -> Result<()> {
        let answer = match answer {
            // Without the lock, another run may have finished its file, and with it the table, since it was seen.
            Err(failure) if failure.sqlstate() == Some("42P01") => return Ok(()),
            answer => answer.map_err(|failure| {
                server_error(failure.error, format!("could not read {}", self.options.history.partial_sql()))
            })?,
        };
        self.partials = answer.rows.iter().filter_map(Partial::parse).collect();
        Ok(())
    }

    fn require_no_transaction(&self) -> Result<()> {
        if self.facts.in_transaction {
            return Err(Error::input("the connection is inside a transaction, and migrations run in their own")
                .with_hint("commit or roll back first"));
        }
        Ok(())
    }

    pub(super) fn status(&self, migrations: &Migrations) -> Status {
        Status::new(self.rows.as_deref(), &self.partials, migrations)
    }

    /// Checks what would fail the first write anyhow, to say it more clearly.
    pub(super) fn require_writable(&self) -> Result<()> {
        let facts = &self.facts;
        let table = &self.options.history;
        self.require_no_transaction()?;
        if facts.in_recovery {
            return Err(Error::environment("the server is a standby in recovery, which can't be written to")
                .with_hint("connect to the primary server; target_session_attrs=read-write finds it among several"));
        }
        if facts.read_only {
            return Err(Error::environment(format!(
                "transactions of {} in database {} are read-only",
                facts.user, facts.database
            ))
            .with_hint("see default_transaction_read_only of the role, the database and the server"));
        }
        if facts.has_history() {
            return match facts.history_kind.as_deref() {
                Some("r" | "p") => Ok(()),
                _ => Err(Error::input(format!("{} is not a table", table.sql()))
                    .with_hint("choose another name for the history table")),
            };
        }
        if !facts.has_schema {
            return Err(Error::environment(format!(
                "database {} has no schema {} for the history table",
                facts.database,
                Ident(&table.schema)
            ))
            .with_hint(format!("run: create schema {}; or choose another schema", Ident(&table.schema))));
        }
        if !facts.may_create {
            let (schema, user) = (Ident(&table.schema), Ident(&facts.user));
            return Err(Error::environment(format!("{user} may not create the history table in schema {schema}"))
                .with_hint(format!("let the schema's owner run: grant create on schema {schema} to {user};"))
                .with_hint("or choose a schema of your own for the history table"));
        }
        Ok(())
    }

    /// Whether a statement was cancelled because somebody asked to stop.
    pub(super) fn is_cancelled(&self, answer: &Result<Answer, Failure>) -> bool {
        self.options.is_interrupted() && answer.as_ref().is_err_and(|failure| failure.sqlstate() == Some("57014"))
    }

    /// Sends messages; if somebody asks to stop meanwhile, has the server cancel what runs, and still reads the answers.
    pub(super) async fn send<const N: usize>(&self, messages: [Message<'_>; N]) -> [Result<Answer, Failure>; N] {
        let mut answers = std::pin::pin!(send(self.client, messages));
        tokio::select! {
            biased;
            answers = &mut answers => return answers,
            () = self.options.interrupted() => {}
        }
        let mut told = false;
        loop {
            if let Err(error) = (self.options.cancel)(self.client.cancel_token()).await
                && !std::mem::replace(&mut told, true)
            {
                self.options.tell(&Event::Warning(format!("{error}: waiting for it to end")));
            }
            // The server drops a request that finds it between two statements.
            tokio::select! {
                biased;
                answers = &mut answers => return answers,
                () = tokio::time::sleep(CANCEL_AGAIN) => {}
            }
        }
    }
}
