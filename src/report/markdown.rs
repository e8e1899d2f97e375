//! Markdown for a comment on a pull request or a job's summary.
//!
//! It begins with a marker that stays the same, by which a bot finds its own comment, and is never longer than a comment
//! may be: what has no room is counted.

use std::fmt::Write as _;

use super::review::render_markdown;
use super::{Line, Outcome, Report, Section, Table, Tone, count};
use crate::base::{Error, Finding, Severity};

/// The most that is written: GitHub takes 65,536 characters. Bytes are counted, of which there are no fewer.
const LIMIT: usize = 65_000;
/// The most that is shown of one value: a function's body may be longer than a comment.
const VALUE: usize = 3_000;

pub(super) fn render(report: &Report) -> String {
    if let (Some(review), true) = (&report.review, report.sections.is_empty()) {
        return render_markdown(review);
    }
    let mut text = head(report.command, &report.summary);
    for table in &report.tables {
        write_table(&mut text, table);
    }
    let mut left = 0;
    for section in &report.sections {
        left += write_section(&mut text, section);
    }
    for finding in report.findings.iter().filter(|finding| finding.waiver.is_none()) {
        left += write_within(&mut text, &item(finding), "");
    }
    let allowed: Vec<_> = report.allowed().collect();
    if !allowed.is_empty() {
        let summary = format!("{} allowed", count(allowed.len(), "finding"));
        let items = allowed.iter().map(|(finding, waiver)| {
            let until = waiver.until.as_ref().map_or_else(String::new, |until| format!(" (until {until})"));
            let (message, reason) = (escaped(&finding.message), escaped(&waiver.reason));
            format!("- **{}** {message}: {reason}{until}\n", finding.code)
        });
        left += write_details(&mut text, &summary, false, items);
    }
    if let Some(review) = &report.review {
        let details = render_markdown(review);
        let details = details.split_once('\n').map_or(&*details, |(_, rest)| rest);
        if write_within(&mut text, &format!("\n{details}"), "") > 0 {
            text.push_str("\nThe differences are left out: a comment has no room for them.\n");
        }
    }
    if left > 0 {
        let _ = writeln!(text, "\n{} left out: a comment has room for so much.", count(left, "finding"));
    }
    text
}

pub(super) fn failure(command: Option<&str>, error: &Error) -> String {
    let summary = Line::new(Tone::Bad, "the work could not be done");
    let mut text = head(command.unwrap_or_default(), &summary);
    let _ = writeln!(text, "{}", escaped(error.message()));
    if let Some(excerpt) = error.excerpt() {
        let place = excerpt.location();
        let _ = writeln!(text, "at {}", code(&place.to_string()));
    }
    for note in error.notes() {
        let _ = write!(text, "\n{}", fence("text", clipped(note.trim_end()).as_str()));
    }
    for hint in error.hints() {
        let _ = write!(text, "\n{}\n", escaped(hint));
    }
    text
}

/// The marker, and what it all comes to.
fn head(command: &str, summary: &Line) -> String {
    let name = if command.is_empty() { "pgward".to_owned() } else { format!("pgward {command}") };
    let mut text = format!("<!-- {name} -->\n");
    if !summary.text.is_empty() {
        let sign = match summary.tone {
            Tone::Good => "✅ ",
            Tone::Warn => "⚠️ ",
            Tone::Bad => "❌ ",
            _ => "",
        };
        let _ = write!(text, "### {sign}{name}: {}\n\n", escaped(&summary.text));
    }
    text
}

fn write_table(text: &mut String, table: &Table) {
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 {
        return;
    }
    if !table.title.is_empty() {
        let _ = write!(text, "{}\n\n", escaped(&table.title));
    }
    let _ = writeln!(text, "|{}\n|{}", " |".repeat(columns), " --- |".repeat(columns));
    for (n, row) in table.rows.iter().enumerate() {
        let cell = |n| row.get(n).map_or_else(String::new, |Line { text, .. }| cell(text));
        let cells: Vec<_> = (0..columns).map(cell).collect();
        if write_within(text, &format!("| {} |\n", cells.join(" | ")), "") > 0 {
            let _ = write!(text, "\n{} left out.\n", count(table.rows.len() - n, "row"));
            break;
        }
    }
    text.push('\n');
}

/// Writes what a check found, to be unfolded; returns how many findings had no room.
fn write_section(text: &mut String, section: &Section) -> usize {
    let open: Vec<_> = section.findings.iter().filter(|finding| finding.waiver.is_none()).collect();
    let unknown = section.outcome == Outcome::NotEvaluated;
    if open.is_empty() && !unknown {
        return 0;
    }
    let sign = if section.outcome == Outcome::Passed { "⚠️" } else { "❌" };
    let about = match (unknown, open.len()) {
        (true, 0) => format!("not evaluated: {}", section.about),
        (true, n) => format!("not evaluated: {}; {}", section.about, count(n, "finding")),
        (false, n) => count(n, "finding"),
    };
    let summary = format!("{sign} <b>{}</b>: {}", escaped(section.name), escaped(&about));
    write_details(text, &summary, section.outcome != Outcome::Passed, open.into_iter().map(item))
}

/// Writes items to be unfolded, as many as there is room for; returns how many had none.
fn write_details(text: &mut String, summary: &str, open: bool, items: impl ExactSizeIterator<Item = String>) -> usize {
    const END: &str = "\n</details>\n\n";
    let all = items.len();
    let start = format!("\n<details{}><summary>{summary}</summary>\n\n", if open { " open" } else { "" });
    if write_within(text, &start, END) > 0 {
        return all;
    }
    let mut left = 0;
    for item in items {
        left += write_within(text, &item, END);
    }
    text.push_str(END);
    left
}

/// Writes a piece if there is room for it and what must follow; returns how many pieces had none.
fn write_within(text: &mut String, piece: &str, then: &str) -> usize {
    if text.len() + piece.len() + then.len() > LIMIT {
        return 1;
    }
    text.push_str(piece);
    0
}

fn item(finding: &Finding) -> String {
    let mut text = String::new();
    let sign = match finding.severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    };
    let _ = writeln!(text, "- {sign} **{}** {}", finding.code, escaped(&finding.message));
    if let Some(location) = &finding.location {
        let _ = writeln!(text, "  at {}", code(&location.to_string()));
    }
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        let sides = format!("expected: {}\nactual:   {}", clipped(expected), clipped(actual));
        let _ = write!(text, "\n{}\n", indented(&fence("text", &sides)));
    }
    if let Some(hint) = &finding.hint {
        let _ = writeln!(text, "  {}", escaped(hint));
    }
    text
}

/// As much of a value as is shown.
fn clipped(value: &str) -> String {
    match value.char_indices().nth(VALUE) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}\n… and {} more", &value[..end], count(value[end..].chars().count(), "character")),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn cell(text: &str) -> String {
    escaped(text).replace('|', "\\|").replace('\n', " ")
}

/// Text in which nothing is taken for Markdown or HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Text as code in a line, whatever is in it.
pub(super) fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_ticks(text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{}{space}{ticks}", text.replace(['\n', '\r'], " "))
}

/// Text as a block of code, whatever is in it.
pub(super) fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat((longest_ticks(text) + 1).max(3));
    format!("{ticks}{language}\n{text}\n{ticks}\n")
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{code, escaped, fence, render};
    use crate::base::{Code, Finding, Severity};
    use crate::report::{Outcome, Report, Section};

    #[test]
    fn a_comment_is_never_too_long() {
        static CODE: Code =
            Code { code: "XX001", name: "x", severity: Severity::Error, description: "", bad: "", good: "" };
        let finding = |n: usize| Finding {
            expected: Some("é".repeat(n)),
            actual: Some("<".repeat(5_000)),
            ..Finding::new(&CODE, format!("finding {n}"))
        };
        let findings: Vec<_> = (0..500).map(finding).collect();
        let section = Section {
            name: "lint",
            outcome: Outcome::Findings,
            about: String::new(),
            findings: findings.clone(),
            notes: 0,
            took: std::time::Duration::ZERO,
        };
        for report in [
            Report { command: "gate", sections: vec![section.clone(), section], ..Report::default() },
            Report { command: "verify", findings, ..Report::default() },
        ] {
            let text = render(&report);
            let shown = text.matches("- ❌ **XX001**").count();
            assert!(text.chars().count() <= 65_536, "{}", text.len());
            let all = report.open().count();
            assert!(text.ends_with(&format!("{} findings left out: a comment has room for so much.\n", all - shown)));
            assert_eq!(text.matches("<details").count(), text.matches("</details>").count());
            assert!(shown > 5);
        }
    }

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(fence("sql", "```\nx"), "````sql\n```\nx\n````\n");
        assert_eq!(escaped("<b> a_b @me"), "&lt;b&gt; a\\_b \\@me");
    }
}
