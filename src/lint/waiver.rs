//! Waivers: comments in a file that accept a finding, with a reason and, if wanted, an end.
//!
//! `-- pgward:allow CODE reason until 2027-01-31` is for the statement that it stands in or before, `pgward:allow-file` for
//! the whole file.

use std::ops::Range;

use crate::base::{self, Code, Finding, Location, Severity, line_column};
use crate::sql::{Script, Waiver, waivers};

static UNKNOWN: Code = Code {
    code: "LN901",
    name: "unknown-code-in-waiver",
    severity: Severity::Warning,
    description: "A waiver names a code that no rule has, so it waives nothing. Codes and names are listed by\n\
        `pgward explain`.",
    bad: "-- pgward:allow drop-tabel the table was never used\nselect 1;",
    good: "-- pgward:allow drop-table the table was never used\ndrop table drafts;",
};
static UNUSED: Code = Code {
    code: "LN902",
    name: "unused-waiver",
    severity: Severity::Warning,
    description: "A waiver waives nothing: the statement changed, or the rule did. Left in place it would hide a\n\
        finding that nobody has looked at. Remove it.",
    bad: "-- pgward:allow drop-table the table was never used\nselect 1;",
    good: "select 1;",
};
static NO_REASON: Code = Code {
    code: "LN903",
    name: "waiver-without-reason",
    severity: Severity::Error,
    description: "A waiver has no reason, so it doesn't hold. The reason is for whoever reads the migration when it\n\
        has gone wrong: say why the risk is none here.",
    bad: "-- pgward:allow drop-table\nselect 1;",
    good: "-- pgward:allow drop-table the table was never used\ndrop table drafts;",
};
static EXPIRED: Code = Code {
    code: "LN904",
    name: "expired-waiver",
    severity: Severity::Error,
    description: "A waiver's last day is over, or its date can't be read; it doesn't hold any more. Do what was put\n\
        off, or give the waiver a new date and say why.",
    bad: "-- pgward:allow drop-table the table was never used until 2020-01-31\nselect 1;",
    good: "-- pgward:allow drop-table the table was never used\ndrop table drafts;",
};

/// The codes of what is said about waivers.
pub(super) const CODES: &[&Code] = &[&UNKNOWN, &UNUSED, &NO_REASON, &EXPIRED];

/// The waivers of a file, and which of them were used.
pub(super) struct Waivers<'a> {
    script: &'a Script<'a>,
    list: Vec<(Waiver, bool)>,
    today: &'a str,
}

impl<'a> Waivers<'a> {
    /// `today` as `2027-01-31`, which compares as text.
    pub(super) fn of(script: &'a Script<'a>, today: &'a str) -> Self {
        Self { script, list: waivers(script).into_iter().map(|waiver| (waiver, false)).collect(), today }
    }

    /// Why a finding of a code at a place is accepted.
    pub(super) fn find(&mut self, code: &Code, at: &Range<usize>) -> Option<base::Waiver> {
        let today = self.today;
        let holds = |waiver: &Waiver| {
            names(&waiver.code, code)
                && !waiver.reason.is_empty()
                && !expired(waiver, today)
                && covers(self.script, waiver, at)
        };
        let (waiver, used) = self.list.iter_mut().find(|(waiver, _)| holds(waiver))?;
        *used = true;
        Some(base::Waiver { reason: waiver.reason.clone(), until: waiver.until.clone(), in_source: true })
    }

    /// What there is to say of the waivers themselves. `enabled` says whether a code's rule was tried at all.
    pub(super) fn complaints(&self, enabled: &dyn Fn(&Code) -> bool) -> Vec<(Range<usize>, Finding)> {
        let complain = |(waiver, used): &(Waiver, bool)| {
            let code = super::codes().find(|code| names(&waiver.code, code));
            let (complaint, message) = match code {
                None => (&UNKNOWN, format!("{:?} is no code of lint's", waiver.code)),
                Some(_) if waiver.reason.is_empty() => {
                    (&NO_REASON, format!("the waiver of {} gives no reason", waiver.code))
                }
                Some(_) if expired(waiver, self.today) => (
                    &EXPIRED,
                    format!("the waiver of {} ended on {}", waiver.code, waiver.until.as_deref().unwrap_or("")),
                ),
                Some(code) if !used && enabled(code) => {
                    (&UNUSED, format!("the waiver of {} waives nothing", waiver.code))
                }
                Some(_) => return None,
            };
            let mut finding = Finding::new(complaint, message);
            let (line, column) = line_column(self.script.text, waiver.span.start);
            finding.location = Some(Location { file: self.script.file.to_owned(), line, column });
            Some((waiver.span.clone(), finding))
        };
        self.list.iter().filter_map(complain).collect()
    }
}

/// Whether a waiver's word is a code's.
fn names(word: &str, code: &Code) -> bool {
    code.code.eq_ignore_ascii_case(word) || code.name == word
}

fn expired(waiver: &Waiver, today: &str) -> bool {
    waiver.until.as_deref().is_some_and(|until| until < today || !is_date(until))
}

fn is_date(text: &str) -> bool {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, &form).is_ok()
}

/// Whether a place is in the statement that a waiver is for.
fn covers(script: &Script<'_>, waiver: &Waiver, at: &Range<usize>) -> bool {
    if waiver.whole_file {
        return true;
    }
    let line_end = |end: usize| script.text[end..].find('\n').map_or(script.text.len(), |n| end + n);
    let statements = &script.statements;
    let statement = statements
        .iter()
        .find(|statement| (statement.span.start..line_end(statement.span.end)).contains(&waiver.span.start))
        .or_else(|| statements.iter().find(|statement| statement.span.start >= waiver.span.end));
    statement.is_some_and(|statement| statement.span.start <= at.start && at.start <= statement.span.end)
}
