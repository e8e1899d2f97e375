//! A down that would lose rows is found out before it does.
//!
//! It is tried under a savepoint to see what it touches. Then that is rolled back, the tables in question are locked and
//! their rows counted, and the down runs again in the same transaction: what was counted can't have changed.
//!
//! What [`look`](super::look) sees is what counts as data.

use std::collections::BTreeSet;

use tokio_postgres::SimpleQueryRow;

use super::job::Job;
use super::lock::lock_lost;
use super::look::{Look, Touched, What};
use super::server::server_error;
use super::session::Session;
use super::transaction::Stop;
use super::wire::{Answer, Failure, Message, send};
use crate::base::{Error, ErrorKind, Ident};

/// Rows of a table, or values of a column.
struct Counted {
    touched: Touched,
    count: u64,
}

impl Session<'_> {
    /// Runs a down and `record` in one transaction, which ends at once if data would be lost.
    pub(super) async fn run_guarded(&mut self, job: &Job<'_>, record: &str) -> Result<(), Stop> {
        let result = self.guarded(job, record).await;
        if result.is_err() && !self.client.is_closed() {
            // After a COMMIT that failed there is nothing to roll back, which is no error.
            let [_] = send(self.client, [Message::Run("ROLLBACK")]).await;
        }
        result
    }

    async fn guarded(&self, job: &Job<'_>, record: &str) -> Result<(), Stop> {
        let (sql, offset) = job.file.sql();
        let look = Look::query(&self.options.history);
        let restore = self.restore();

        // The trial.
        let begin = format!("{}; SAVEPOINT pgward_trial", self.begin());
        let clean = Message::Run(self.facts.clean);
        let [run_begin, run, restored] = [&begin, sql, &restore].map(Message::Run);
        let messages = [clean, run_begin, Message::Ask(&look), run, restored, Message::Ask(&look)];
        let [cleaned, begun, before, ran, restored, after] = self.send(messages).await;
        self.judge_begin(cleaned, job)?;
        self.judge_begin(begun, job)?;
        let before = Look::parse(&self.judge_look(before, job)?);
        self.judge_file(ran, job, offset)?;
        self.judge_look(restored, job)?;
        let touched = before.compare(&Look::parse(&self.judge_look(after, job)?));

        // Back to before, with the tables locked: that also gave the trial's own locks back.
        let lock = format!("ROLLBACK TO SAVEPOINT pgward_trial{}", lock_sql(&touched));
        let messages = [Message::Run(&lock), Message::Ask(&look), Message::Ask(&count_sql(&touched))];
        let [locked, before, counts] = self.send(messages).await;
        self.judge_look(locked, job)?;
        let before = Look::parse(&self.judge_look(before, job)?);
        let counted = self.judge_counts(counts, &touched, job)?;
        refuse(job, counted.iter().filter(|counted| counted.touched.what != What::Rows && counted.count > 0))?;

        // For good, unless the second look finds what the first did not.
        let messages = [Message::Run(&restore), Message::Run(sql), Message::Run(&restore), Message::Ask(&look)];
        let [prepared, ran, restored, after] = self.send(messages).await;
        self.judge_look(prepared, job)?;
        self.judge_file(ran, job, offset)?;
        self.judge_look(restored, job)?;
        let now = before.compare(&Look::parse(&self.judge_look(after, job)?));
        if let Some(new) = now.difference(&touched).next() {
            let message = format!("{} changed while undoing {} was tried", new.table, job.id());
            return Err(Stop::Again(Error::new(ErrorKind::Lock, message)));
        }
        self.refuse_fewer_rows(counted, job).await?;

        let record = self.restore_and(record);
        let [recorded, committed] = self.send([Message::Run(&record), Message::Run("COMMIT")]).await;
        self.judge_record(recorded, job)?;
        self.judge_commit(committed, job)
    }

    /// Compares tables that rows were taken from with how many they had.
    async fn refuse_fewer_rows(&self, mut before: Vec<Counted>, job: &Job<'_>) -> Result<(), Stop> {
        before.retain(|counted| counted.touched.what == What::Rows);
        if before.is_empty() {
            return Ok(());
        }
        let touched = before.iter().map(|counted| counted.touched.clone()).collect();
        let [counts] = self.send([Message::Ask(&count_sql(&touched))]).await;
        for (before, after) in before.iter_mut().zip(self.judge_counts(counts, &touched, job)?) {
            before.count = before.count.saturating_sub(after.count);
        }
        refuse(job, before.iter().filter(|lost| lost.count > 0))
    }

    fn judge_counts(
        &self,
        answer: Result<Answer, Failure>,
        touched: &BTreeSet<Touched>,
        job: &Job<'_>,
    ) -> Result<Vec<Counted>, Stop> {
        let answer = answer.map_err(|failure| {
            self.stop(failure, job, |failure| {
                let may_not = failure.sqlstate() == Some("42501");
                let what = format!("could not count what undoing {} would lose", job.id());
                let error = server_error(failure.error, what).with_note("nothing was changed");
                if !may_not {
                    return error;
                }
                error
                    .with_hint("run it as a role that sees all rows: a superuser, or one with BYPASSRLS")
                    .with_hint("if the data may go: --allow-data-loss")
            })
        })?;
        let row = answer.rows.first();
        let count = |n| row.and_then(|row: &SimpleQueryRow| row.get(n)?.parse().ok()).unwrap_or(0);
        Ok(touched
            .iter()
            .enumerate()
            .map(|(n, touched)| Counted { touched: touched.clone(), count: count(n) })
            .collect())
    }

    fn judge_look(&self, answer: Result<Answer, Failure>, job: &Job<'_>) -> Result<Answer, Stop> {
        answer.map_err(|failure| {
            if let Some(error) = lock_lost(&failure, job) {
                return Stop::Final(error.with_note("nothing was changed"));
            }
            self.stop(failure, job, |failure| {
                server_error(failure.error, format!("could not see what undoing {} would lose", job.id()))
                    .with_note("nothing was changed")
            })
        })
    }
}

/// Locks tables against what would change their counts: all use where they lose their form, writing where they don't.
fn lock_sql(touched: &BTreeSet<Touched>) -> String {
    let lock = |touched: &Touched| {
        let mode = if touched.what == What::Rows { "SHARE ROW EXCLUSIVE" } else { "ACCESS EXCLUSIVE" };
        format!("; LOCK TABLE ONLY {} IN {mode} MODE", touched.table)
    };
    touched.iter().map(lock).collect()
}

/// Counts rows and values, in one query. Fails where row security would hide some.
fn count_sql(touched: &BTreeSet<Touched>) -> String {
    let columns = touched.iter().map(|touched| {
        let what = match &touched.what {
            What::Column(column) => Ident(column).to_string(),
            What::Table | What::Rows => "*".to_owned(),
        };
        format!("(SELECT pg_catalog.count({what}) FROM ONLY {})", touched.table)
    });
    // Nothing to count still gives a row.
    format!("SET LOCAL row_security = off; SELECT {}", columns.collect::<Vec<_>>().join(", "))
}

fn refuse<'c>(job: &Job<'_>, lost: impl Iterator<Item = &'c Counted>) -> Result<(), Stop> {
    let lost: Vec<_> = lost.collect();
    if lost.is_empty() {
        return Ok(());
    }
    let error = Error::new(ErrorKind::DataLoss, format!("undoing {} would lose data", job.id()));
    let error = lost.iter().fold(error, |error, lost| {
        let (table, count) = (&lost.touched.table, lost.count);
        let s = if count == 1 { "" } else { "s" };
        error.with_note(match &lost.touched.what {
            What::Table => format!("table {table}: {count} row{s}, with the table"),
            What::Rows => format!("table {table}: {count} row{s}"),
            What::Column(column) => format!("table {table}, column {}: {count} value{s}", Ident(column)),
        })
    });
    Err(Stop::Final(
        error
            .with_note("it was tried and rolled back: nothing was changed")
            .with_hint("if the data may go: --allow-data-loss"),
    ))
}
