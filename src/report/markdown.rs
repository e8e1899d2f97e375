//! Markdown for a comment on a pull request or a job's summary.

use std::fmt::Write as _;

use super::review::render_markdown;
use super::{Line, Report, Tone};
use crate::base::{Finding, Severity};

pub(super) fn render(report: &Report) -> String {
    if let Some(review) = &report.review {
        return render_markdown(review);
    }
    let mut text = format!("<!-- pgward {} -->\n", report.command);
    if !report.summary.text.is_empty() {
        let sign = match report.summary.tone {
            Tone::Good => "✅ ",
            Tone::Warn => "⚠️ ",
            Tone::Bad => "❌ ",
            _ => "",
        };
        let _ = write!(text, "### {sign}pgward {}: {}\n\n", report.command, escaped(&report.summary.text));
    }
    for table in &report.tables {
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns == 0 {
            continue;
        }
        if !table.title.is_empty() {
            let _ = write!(text, "{}\n\n", escaped(&table.title));
        }
        let _ = writeln!(text, "|{}\n|{}", " |".repeat(columns), " --- |".repeat(columns));
        for row in &table.rows {
            let cell = |n| row.get(n).map_or_else(String::new, |Line { text, .. }| cell(text));
            let cells: Vec<_> = (0..columns).map(cell).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text.push('\n');
    }
    for finding in report.open() {
        write_finding(&mut text, finding);
    }
    text
}

fn write_finding(text: &mut String, finding: &Finding) {
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
        let sides = format!("expected: {expected}\nactual:   {actual}");
        let _ = write!(text, "\n{}\n", indented(&fence("text", &sides)));
    }
    if let Some(hint) = &finding.hint {
        let _ = writeln!(text, "  {}", escaped(hint));
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
    use super::{code, escaped, fence};

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(fence("sql", "```\nx"), "````sql\n```\nx\n````\n");
        assert_eq!(escaped("<b> a_b @me"), "&lt;b&gt; a\\_b \\@me");
    }
}
