//! Directives: comments that tell pgward how to treat a file. One table of them.

use std::ops::Range;

use super::lex::{Kind, lex};
use super::script::Script;
use crate::base::{Error, Excerpt, Result};

/// What a file's directives ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Directives {
    /// The statements run one by one, each in a transaction of its own.
    pub no_transaction: bool,
}

/// One spelling of a directive: the whole text of a comment, in any case.
struct Row {
    spelling: &'static str,
    set: fn(&mut Directives),
}

const NO_TRANSACTION: fn(&mut Directives) = |directives| directives.no_transaction = true;

/// The directives. Those of other runners stand here where they can mean only one thing: a file that is brought over
/// must not run in a transaction because its comment went unread.
const TABLE: &[Row] = &[
    Row { spelling: "-- pgward:no-transaction", set: NO_TRANSACTION },
    // sqlx
    Row { spelling: "-- no-transaction", set: NO_TRANSACTION },
    // goose
    Row { spelling: "-- +goose no transaction", set: NO_TRANSACTION },
    // graphile-migrate
    Row { spelling: "--! no-transaction", set: NO_TRANSACTION },
    // Atlas
    Row { spelling: "-- atlas:txmode none", set: NO_TRANSACTION },
];

/// What marks a directive as pgward's own: then it must be one that exists, in its place.
const MARK: &str = "pgward:";

/// What accepts findings of lint; these may stand anywhere, and the runner passes them over.
const ALLOW: &str = "pgward:allow";

/// A comment that accepts findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The code or name, as written.
    pub code: String,
    /// Why, empty where nothing is written.
    pub reason: String,
    /// The last day on which it holds, as written.
    pub until: Option<String>,
    /// Whether it is for the whole file.
    pub whole_file: bool,
    /// The comment's bytes.
    pub span: Range<usize>,
}

/// The waivers of a file: `-- pgward:allow CODE reason until 2027-01-31`, and `-- pgward:allow-file …`.
#[must_use]
pub fn waivers(script: &Script<'_>) -> Vec<Waiver> {
    let read = |span: &Range<usize>| {
        let comment = script.text[span.clone()].strip_prefix("--")?.trim();
        let rest = comment.strip_prefix(ALLOW)?;
        let (whole_file, rest) = rest.strip_prefix("-file").map_or((false, rest), |rest| (true, rest));
        let mut words = rest.split_whitespace().peekable();
        let code = words.next().unwrap_or_default().to_owned();
        let mut reason: Vec<_> = words.collect();
        let until = match reason.as_slice() {
            [.., until, date] if *until == "until" => Some((*date).to_owned()),
            _ => None,
        };
        if until.is_some() {
            reason.truncate(reason.len() - 2);
        }
        Some(Waiver { code, reason: reason.join(" "), until, whole_file, span: span.clone() })
    };
    script.comments.iter().filter_map(read).collect()
}

/// Reads the directives of a file: comments before its first statement.
///
/// # Errors
///
/// [`ErrorKind::Input`](crate::base::ErrorKind::Input), with the place, for a comment `-- pgward:…` that is no directive
/// or comes after the first statement: it would have no effect, and nobody would notice.
pub fn directives(script: &Script<'_>) -> Result<Directives> {
    let mut directives = Directives::default();
    let first = script.statements.first().map_or(script.text.len(), |statement| statement.span.start);
    for span in &script.comments {
        let comment = &script.text[span.clone()];
        let refuse = |message: String| {
            let excerpt = Excerpt {
                file: script.file.to_owned(),
                text: script.text.to_owned(),
                span: span.clone(),
                label: "here".to_owned(),
            };
            Error::input(message).with_excerpt(excerpt)
        };
        let row = TABLE.iter().find(|row| normal(comment) == row.spelling);
        let own = normal(comment).strip_prefix("-- ").is_some_and(|text| text.starts_with(MARK) && !is_waiver(text));
        match row {
            Some(row) if span.start < first => (row.set)(&mut directives),
            Some(_) if own => {
                return Err(refuse("this directive is for the whole file and comes too late".to_owned())
                    .with_hint("put it before the first statement"));
            }
            None if own => {
                let known: Vec<_> = TABLE.iter().filter_map(|row| row.spelling.strip_prefix("-- pgward:")).collect();
                return Err(refuse(format!("there is no directive {:?}", comment.trim_start_matches('-').trim()))
                    .with_hint(format!("directives are: {}", known.join(", ")))
                    .with_hint("lint's waivers are `-- pgward:allow CODE REASON`"));
            }
            _ => {}
        }
    }
    Ok(directives)
}

fn is_waiver(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| word == ALLOW || word == "pgward:allow-file")
}

/// A comment in lower case with single spaces, and one after the dashes.
fn normal(comment: &str) -> String {
    let words: Vec<_> = comment.split_whitespace().map(str::to_ascii_lowercase).collect();
    let text = words.join(" ");
    match text.strip_prefix("--") {
        Some(rest) if !rest.starts_with([' ', '!']) => format!("-- {rest}"),
        _ => text,
    }
}

/// Whether a text holds nothing that a server would run.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    lex(text).all(|token| token.kind == Kind::Comment || token.is_symbol(";"))
}
