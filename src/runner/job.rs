//! A file that is about to run: parsed, and checked for what would go wrong half-way.

use crate::base::{Error, ErrorKind, Excerpt, Result};
use crate::source::{Direction, Migration, SqlFile};
use crate::sql::{Control, Loss, Script, Step, directives, loss, no_transaction_reason, steps, transaction_control};

/// One migration in one direction.
pub(super) struct Job<'m> {
    pub(super) migration: &'m Migration,
    pub(super) direction: Direction,
    pub(super) file: &'m SqlFile,
    pub(super) script: Script<'m>,
    /// The steps of a file that runs without a transaction.
    pub(super) steps: Option<Vec<Step>>,
}

impl<'m> Job<'m> {
    /// Parses and checks a migration's file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] for a file that can't run as it is: it ends the transaction that it is run in, or has a
    /// statement that can't be in one, or can't be cut into statements.
    pub(super) fn new(migration: &'m Migration, direction: Direction) -> Result<Self> {
        let file = migration.file(direction).ok_or_else(|| Error::input(format!("{} has no down", migration.id())))?;
        let script = Script::parse(&file.file, &file.text)?;
        let steps = if directives(&script)?.no_transaction {
            Some(steps(&script).map_err(|number| unbalanced(&script, number))?)
        } else {
            within_transaction(&script)?;
            None
        };
        Ok(Self { migration, direction, file, script, steps })
    }

    pub(super) fn id(&self) -> String {
        self.migration.id()
    }

    /// What is being done, for an error: `V7__create_runs failed`.
    pub(super) fn failed(&self) -> String {
        match self.direction {
            Direction::Up => format!("{} failed", self.id()),
            Direction::Down => format!("undoing {} failed", self.id()),
        }
    }

    /// The names of things that the file mentions.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.script.statements.iter().flat_map(|statement| statement.names()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Refuses a file without a transaction that may lose data, by its words: what it does can't be tried first.
    pub(super) fn refuse_loss(&self) -> Result<()> {
        let lossy = |n: &usize| loss(&self.script.statements[*n]).map(|loss| (*n, loss));
        let Some((number, loss)) = (0..self.script.statements.len()).find_map(|n| lossy(&n)) else { return Ok(()) };
        let (message, label) = match loss {
            Loss::Certain(what) => (format!("undoing {} would lose data: {what}", self.id()), what.to_owned()),
            Loss::Opaque(what) => {
                let message = format!("undoing {} may lose data: nobody can tell what {what} does", self.id());
                (message, format!("what {what} does can't be seen"))
            }
        };
        Err(Error::new(ErrorKind::DataLoss, message)
            .with_excerpt(excerpt(&self.script, number, &label))
            .with_note("the file runs without a transaction, so it can't be tried first; nothing was changed")
            .with_hint("if the data may go: --allow-data-loss"))
    }
}

/// Checks all files before the first runs.
pub(super) fn prepare<'m>(migrations: &[&'m Migration], direction: Direction) -> Result<Vec<Job<'m>>> {
    migrations.iter().map(|migration| Job::new(migration, direction)).collect()
}

fn within_transaction(script: &Script<'_>) -> Result<()> {
    let located =
        |number: usize, message: &str, label: &str| Error::input(message).with_excerpt(excerpt(script, number, label));
    if let Some((number, control)) = transaction_control(script).next() {
        let label = match control {
            Control::Begin => "begins a transaction",
            Control::Commit => "commits the transaction",
            Control::Rollback => "rolls the transaction back",
            Control::TwoPhase => "takes the transaction away",
        };
        return Err(located(number, "a migration can't begin or end transactions: it runs in one", label)
            .with_note("nothing was run")
            .with_hint("remove BEGIN and COMMIT: the file and its row in the history are committed together")
            .with_hint("if its parts must commit one by one, begin the file with `-- pgward:no-transaction`"));
    }
    let reason =
        script.statements.iter().enumerate().find_map(|(n, statement)| Some((n, no_transaction_reason(statement)?)));
    if let Some((number, what)) = reason {
        return Err(located(number, &format!("{what} can't run in a transaction"), "needs to run by itself")
            .with_note("nothing was run")
            .with_hint("move it to a file of its own that begins with `-- pgward:no-transaction`"));
    }
    Ok(())
}

fn unbalanced(script: &Script<'_>, number: usize) -> Error {
    Error::input("BEGIN and COMMIT must come in pairs, and ROLLBACK has no place in a migration")
        .with_excerpt(excerpt(script, number, "does not fit"))
        .with_note("nothing was run")
}

fn excerpt(script: &Script<'_>, number: usize, label: &str) -> Excerpt {
    Excerpt {
        file: script.file.to_owned(),
        text: script.text.to_owned(),
        span: script.statements[number].span.clone(),
        label: label.to_owned(),
    }
}
