//! `pgward status`: what is applied, pending, changed, missing, out of order.

use serde_json::json;

use super::context::Context;
use crate::base::{Code, Exit, Finding, Location, Result, Severity};
use crate::report::{Line, Report, Table, Tone, count};
use crate::runner::{Entry, State};

/// Show applied and pending migrations
///
/// Reads in a read-only transaction. Exits 0; with --check 1 when something is pending or history and files disagree.
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    /// Exit 1 when something is pending, or the history and the files disagree
    #[arg(long)]
    check: bool,
}

/// Every code of this command.
pub(super) const CODES: &[&Code] = &[&PENDING, &CHANGED, &MISSING, &OUT_OF_ORDER, &RENAMED, &UNFINISHED];

static PENDING: Code = Code {
    code: "ST001",
    name: "pending-migration",
    severity: Severity::Info,
    description: "A migration has not been applied to this database. `pgward up` applies it.",
    bad: "V2__b.sql is in the directory, and the history ends at version 1",
    good: "pgward up",
};

static CHANGED: Code = Code {
    code: "ST002",
    name: "changed-migration",
    severity: Severity::Error,
    description: "A migration was applied, and its file was changed afterwards: databases that applied the old text differ \
                  from those that will apply the new one. Put the old text back and write a new migration for the change. \
                  Differences in line ends alone are not objected to.",
    bad: "-- V1__a.sql, edited after it was applied",
    good: "-- V1__a.sql as it was, and the change in V2__b.sql",
};

static MISSING: Code = Code {
    code: "ST003",
    name: "missing-migration",
    severity: Severity::Error,
    description: "The history has a migration that has no file: it was deleted, renamed, or belongs to a branch that is \
                  not checked out. A new database would not get what it did.",
    bad: "the history has version 2, and the directory has only V1__a.sql",
    good: "V1__a.sql and V2__b.sql are both there",
};

static OUT_OF_ORDER: Code = Code {
    code: "ST004",
    name: "out-of-order-migration",
    severity: Severity::Warning,
    description: "A pending migration is older than one that was applied, as happens when branches are merged. `pgward up` \
                  refuses it, because a new database would apply the two in the other order. Give it a later version, or \
                  apply it with --allow-out-of-order where the order does not matter.",
    bad: "V1__a.sql is pending, and V2__b.sql was applied",
    good: "git mv V1__a.sql V3__a.sql",
};

static RENAMED: Code = Code {
    code: "ST005",
    name: "renamed-migration",
    severity: Severity::Error,
    description: "A migration was applied under another name. refinery's checksum covers the name, so an application that \
                  embeds refinery refuses to start. Give the file its old name back.",
    bad: "V1__create_a.sql was applied as V1__a.sql",
    good: "git mv V1__create_a.sql V1__a.sql",
};

static UNFINISHED: Code = Code {
    code: "ST006",
    name: "unfinished-migration",
    severity: Severity::Error,
    description: "A migration that runs without a transaction failed half-way: some of its statements ran, the others did \
                  not. Remove the cause and run `pgward up` again, which goes on at the statement that failed.",
    bad: "-- pgward:no-transaction\ncreate index concurrently a on t (a);\ncreate index concurrently b on t (no_such_column);",
    good: "-- the second statement corrected, then: pgward up",
};

fn code(state: State) -> Option<&'static Code> {
    match state {
        State::Applied | State::LineEnds => None,
        State::Changed => Some(&CHANGED),
        State::Renamed => Some(&RENAMED),
        State::Missing => Some(&MISSING),
        State::Pending => Some(&PENDING),
        State::OutOfOrder => Some(&OUT_OF_ORDER),
    }
}

impl Status {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let runner = context.reader()?;
        let mut session = context.connect().await?;
        let status = runner.status(session.client_mut()).await?;
        let findings = context.settle(status.entries.iter().flat_map(findings).collect(), &[]);
        let disagree = status.problems().count();
        let summary = match (status.pending(), disagree) {
            (0, 0) => Line::new(Tone::Good, "up to date"),
            (pending, 0) => Line::new(Tone::Warn, format!("{pending} pending")),
            (pending, n) => Line::new(
                Tone::Bad,
                format!("{pending} pending; history and files disagree on {}", count(n, "migration")),
            ),
        };
        let exit = if self.check && !findings.is_empty() { Exit::Findings } else { Exit::Clean };
        let entries: Vec<_> = status.entries.iter().map(to_json).collect();
        // A pending migration stands in the table, which is enough for a person.
        let shown = |finding: &Finding| finding.code != PENDING.code || !context.output.is_for_people();
        context.output.report(Report {
            command: "status",
            tables: vec![Table { title: String::new(), rows: status.entries.iter().map(row).collect() }],
            findings: findings.into_iter().filter(shown).collect(),
            summary,
            data: [("migrations".to_owned(), entries.into())].into_iter().collect(),
            ..Report::default()
        })?;
        Ok(exit)
    }
}

fn row(entry: &Entry) -> Vec<Line> {
    let tone = match entry.state {
        State::Applied | State::LineEnds => Tone::Good,
        State::Pending => Tone::Warn,
        _ => Tone::Bad,
    };
    let mut state = entry.state.to_string();
    if let Some(partial) = &entry.partial {
        state = format!("{state}, {} of {} statements ran", partial.done, partial.total);
    }
    vec![
        Line::new(tone, state),
        entry.id().into(),
        entry.recorded.as_ref().map(|row| Line::new(Tone::Dim, moment(&row.applied_on))).unwrap_or_default(),
        if entry.has_down { Line::default() } else { Line::new(Tone::Dim, "no down") },
    ]
}

/// A moment to the second, in UTC as refinery writes it; anything else as it stands.
fn moment(text: &str) -> String {
    use time::format_description::well_known::Rfc3339;
    match time::OffsetDateTime::parse(text, &Rfc3339) {
        Ok(moment) => {
            let moment = moment.to_offset(time::UtcOffset::UTC);
            format!("{} {:02}:{:02}:{:02} UTC", moment.date(), moment.hour(), moment.minute(), moment.second())
        }
        Err(_) => text.to_owned(),
    }
}

pub(super) fn findings(entry: &Entry) -> Vec<Finding> {
    let location = entry.file.as_ref().map(|file| Location { file: file.clone(), line: 1, column: 1 });
    let about = |code: &'static Code, what: String| Finding {
        location: location.clone(),
        ..Finding::new(code, format!("{} {what}", entry.id()))
    };
    let by_state = code(entry.state).map(|code| {
        about(
            code,
            match entry.state {
                State::Changed => "was changed after it was applied".to_owned(),
                State::Renamed => {
                    let old = entry.recorded.as_ref().map_or("", |row| &row.name);
                    format!("was applied as V{}__{old}", entry.version)
                }
                State::Missing => "was applied and has no file".to_owned(),
                State::OutOfOrder => "is pending and older than an applied one".to_owned(),
                _ => "is pending".to_owned(),
            },
        )
    });
    let unfinished = entry.partial.as_ref().map(|partial| {
        about(&UNFINISHED, format!("stopped half-way: {} of {} statements ran", partial.done, partial.total))
    });
    by_state.into_iter().chain(unfinished).collect()
}

fn to_json(entry: &Entry) -> serde_json::Value {
    json!({
        "version": entry.version,
        "name": entry.name,
        "state": match entry.state {
            State::Applied | State::LineEnds => "applied",
            State::Changed => "changed",
            State::Renamed => "renamed",
            State::Missing => "missing",
            State::Pending => "pending",
            State::OutOfOrder => "out_of_order",
        },
        "applied_on": entry.recorded.as_ref().map(|row| &row.applied_on),
        "file": entry.file,
        "has_down": entry.has_down,
        "statements_done": entry.partial.as_ref().map(|partial| partial.done),
    })
}
