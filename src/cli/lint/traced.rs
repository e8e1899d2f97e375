//! `--trace`: what statements were seen to do, beside what the rules said they would.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::texts::Text;
use crate::base::{Code, Error, Finding, Location, Lock, Path, Result, line_column};
use crate::cli::context::Context;
use crate::cli::source::create_roles;
use crate::lint::{Claim, RULES};
use crate::model::ObjectId;
use crate::pg::{Scratch, connect};
use crate::report::{Line, Table, Tone};
use crate::sql::Script;
use crate::trace::{TracedFile, TracedStatement, codes, trace};

/// What was seen, statement by statement, and how that goes with what was said.
pub(super) struct Verdicts {
    files: Vec<(TracedFile, Vec<Verdict>)>,
}

/// How what was said of a statement goes with what was seen.
#[derive(Default)]
struct Verdict {
    /// The statement's first line.
    head: String,
    /// Codes that said what was seen.
    confirmed: BTreeSet<&'static str>,
    /// Codes that said what was not seen.
    only_static: BTreeSet<&'static str>,
    /// Codes of what was seen and not said.
    only_traced: BTreeSet<&'static str>,
}

/// Runs the texts in order on a throw-away database, watching those that are wanted. What no rule said is added to what
/// was found.
pub(super) async fn trace_texts(context: &Context, texts: &[Text], found: &mut Vec<Finding>) -> Result<Verdicts> {
    let server = context.shadow().await?;
    let scratch = Scratch::create(&server).await?;
    let traced = run(context, &scratch, texts).await;
    scratch.close().await?;
    let mut files = Vec::new();
    for (file, text) in traced? {
        let script = Script::parse(&text.name, &text.text)?;
        let judge = |statement: &TracedStatement| {
            let inside: BTreeSet<String> = script
                .statements
                .iter()
                .filter(|known| known.span == statement.span)
                .flat_map(|known| known.names().collect::<Vec<_>>())
                .collect();
            judged(text, statement, &inside, found)
        };
        let (verdicts, more): (Vec<_>, Vec<_>) = file.statements.iter().map(judge).unzip();
        found.extend(more.into_iter().flatten());
        files.push((file, verdicts));
    }
    Ok(Verdicts { files })
}

async fn run<'t>(context: &Context, scratch: &Scratch, texts: &'t [Text]) -> Result<Vec<(TracedFile, &'t Text)>> {
    let session = connect(scratch.options()).await?;
    let made = create_roles(&session, &context.config.roles).await;
    session.close().await;
    made?;
    let mut traced = Vec::new();
    for text in texts.iter().filter(|text| !text.down) {
        let file = trace(scratch, &text.name, &text.text, text.wanted).await.map_err(|error: Error| {
            error.with_note("the files before it were applied to the throw-away database, each as a whole")
        })?;
        if text.wanted {
            traced.push((file, text));
        }
    }
    Ok(traced)
}

/// Compares what was seen of a statement with the findings in its lines. `names` are the words of its text.
fn judged(
    text: &Text,
    statement: &TracedStatement,
    names: &BTreeSet<String>,
    found: &[Finding],
) -> (Verdict, Vec<Finding>) {
    let (last, _) = line_column(&text.text, statement.span.end);
    let here = found.iter().filter(|finding| {
        let place = finding.location.as_ref();
        place.is_some_and(|place| place.file == text.name && (statement.line..=last).contains(&place.line))
    });
    let head = text.text[statement.span.clone()].lines().next().unwrap_or_default();
    let mut verdict = Verdict { head: shortened(head), ..Verdict::default() };
    let strong = |table: &ObjectId| statement.lock_on(table).is_some_and(|mode| mode >= Lock::Share);
    let blocks = statement.locks.iter().chain(&statement.held).any(|(_, mode)| *mode >= Lock::Share);
    let mut claims = Vec::new();
    for finding in here {
        let Some(rule) = RULES.iter().find(|rule| rule.code.code == finding.code) else { continue };
        let Some(claim) = rule.claim else { continue };
        let seen = match claim {
            Claim::Rewrites => !statement.rewritten.is_empty(),
            Claim::Scans => !statement.scanned.is_empty(),
            Claim::Blocks => blocks,
        };
        let side = if seen { &mut verdict.confirmed } else { &mut verdict.only_static };
        side.insert(rule.code.code);
        claims.push(claim);
    }
    let mut more = Vec::new();
    let mut add = |code: &'static Code, object: &ObjectId, message: String| {
        let (line, column) = line_column(&text.text, statement.span.start);
        verdict.only_traced.insert(code.code);
        more.push(Finding {
            object: Some(object.to_ref(false)),
            location: Some(Location { file: text.name.clone(), line, column }),
            ..Finding::new(code, message)
        });
    };
    if let Some(object) = statement.rewritten.first().filter(|_| claims.is_empty() && blocks) {
        add(&codes::REWRITTEN, object, format!("{} was seen to be written anew", shown(object)));
    } else if let Some(table) = statement.scanned.iter().find(|table| strong(table)).filter(|_| claims.is_empty()) {
        let mode = statement.lock_on(table).map(|mode| mode.to_string()).unwrap_or_default();
        add(&codes::SCANNED, table, format!("{} was seen to be read from end to end under {mode}", shown(table)));
    }
    for (table, mode) in statement.locks.iter().filter(|(_, mode)| *mode >= Lock::Share) {
        if !names.contains(table.name()) && claims.is_empty() {
            add(
                &codes::LOCKED,
                table,
                format!("{mode} was seen on {}, which the statement does not name", shown(table)),
            );
        }
    }
    (verdict, more)
}

fn shown(id: &ObjectId) -> String {
    Path(&id.path).to_string()
}

fn shortened(line: &str) -> String {
    const LONGEST: usize = 60;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

impl Verdicts {
    /// A table for each file, a row for each statement that did something to what was there.
    pub(super) fn tables(&self) -> Vec<Table> {
        let mut tables = Vec::new();
        for (file, verdicts) in &self.files {
            let rows: Vec<_> = file
                .statements
                .iter()
                .zip(verdicts)
                .filter(|(statement, _)| {
                    !statement.locks.is_empty() || !statement.rewritten.is_empty() || !statement.scanned.is_empty()
                })
                .flat_map(|(statement, verdict)| rows(statement, verdict))
                .collect();
            let note = file.without_rows.as_ref();
            let note =
                note.map(|reason| format!("; without rows, for they were in the way: {reason}")).unwrap_or_default();
            let nothing = if rows.is_empty() { ": touches nothing that was there before" } else { "" };
            tables.push(Table { title: format!("Traced {}{nothing}{note}", file.name), rows });
        }
        tables
    }

    /// The same for programs.
    pub(super) fn data(&self) -> Value {
        let lock = |(table, mode): &(ObjectId, Lock)| json!({ "table": shown(table), "mode": mode.to_string() });
        let ids = |ids: &[ObjectId]| ids.iter().map(shown).collect::<Vec<_>>();
        let statement = |(statement, verdict): (&TracedStatement, &Verdict)| {
            json!({
                "line": statement.line,
                "locks": statement.locks.iter().map(lock).collect::<Vec<_>>(),
                "held": statement.held.iter().map(lock).collect::<Vec<_>>(),
                "rewritten": ids(&statement.rewritten),
                "scanned": ids(&statement.scanned),
                "sampled": statement.sampled,
                "microseconds": u64::try_from(statement.took.as_micros()).unwrap_or(u64::MAX),
                "confirmed": verdict.confirmed,
                "only_static": verdict.only_static,
                "only_traced": verdict.only_traced,
            })
        };
        let file = |(file, verdicts): &(TracedFile, Vec<Verdict>)| {
            json!({
                "file": file.name,
                "without_rows": file.without_rows,
                "statements": file.statements.iter().zip(verdicts).map(statement).collect::<Vec<_>>(),
            })
        };
        self.files.iter().map(file).collect()
    }
}

/// The rows of a statement: the first with its text, one for each thing that it did.
fn rows(statement: &TracedStatement, verdict: &Verdict) -> Vec<Vec<Line>> {
    let mut did: Vec<(Line, Line)> = Vec::new();
    for (table, mode) in &statement.locks {
        let tone = if *mode >= Lock::Share { Tone::Warn } else { Tone::Dim };
        let seen = if statement.sampled { "seen: " } else { "" };
        did.push((Line::new(tone, format!("{seen}{mode} on {}", shown(table))), Line::new(Tone::Dim, mode.waits())));
    }
    for object in &statement.rewritten {
        did.push((Line::new(Tone::Bad, format!("writes {object} anew")), Line::default()));
    }
    for table in &statement.scanned {
        let locked = statement.lock_on(table).filter(|mode| *mode >= Lock::Share);
        let tone = if locked.is_some() { Tone::Bad } else { Tone::Dim };
        let under = locked.map(|mode| format!("under {mode}")).unwrap_or_default();
        did.push((Line::new(tone, format!("reads all of {}", shown(table))), Line::from(under)));
    }
    let words = [
        ("confirmed", &verdict.confirmed),
        ("only static", &verdict.only_static),
        ("only traced", &verdict.only_traced),
    ];
    let said: Vec<_> = words
        .into_iter()
        .filter(|(_, codes)| !codes.is_empty())
        .map(|(word, codes)| format!("{word} {}", codes.iter().copied().collect::<Vec<_>>().join(" ")))
        .collect();
    let mut rows = Vec::new();
    for (n, (what, more)) in did.into_iter().enumerate() {
        let first = n == 0;
        let text = |text: String| if first { Line::from(text) } else { Line::default() };
        rows.push(vec![
            text(statement.line.to_string()),
            text(verdict.head.clone()),
            what,
            more,
            text(said.join("; ")),
        ]);
    }
    rows
}
