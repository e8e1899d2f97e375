//! Text for the person at the terminal: aligned tables, findings with both values side by side, one summary line.
//!
//! Styled with ANSI sequences; the caller's stream takes them out where they are not wanted.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Line, Report, Table, Tone, excerpt};
use crate::base::{Finding, Severity};

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for table in &report.tables {
        write_table(&mut text, table);
    }
    if let Some(review) = &report.review {
        text.push_str(&super::review::render_terminal(review));
    }
    for finding in report.open() {
        write_finding(&mut text, finding, report);
    }
    write_allowed(&mut text, report);
    if !report.summary.text.is_empty() {
        let _ = writeln!(text, "{}", styled(&report.summary));
    }
    text
}

pub(super) fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Strong => Style::new().bold(),
    }
}

/// Returns a line with the ANSI sequences of its tone.
#[must_use]
pub fn styled(line: &Line) -> String {
    if line.tone == Tone::Plain {
        return line.text.clone();
    }
    let style = style(line.tone);
    format!("{style}{}{style:#}", line.text)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn write_table(text: &mut String, table: &Table) {
    if !table.title.is_empty() {
        let _ = writeln!(text, "{}", styled(&Line::new(Tone::Strong, &table.title)));
    }
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns)
        .map(|n| table.rows.iter().filter_map(|row| row.get(n)).map(|cell| width(&cell.text)).max().unwrap_or(0))
        .collect();
    for row in &table.rows {
        let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        text.push(' ');
        for (n, cell) in row.iter().enumerate().take(last + 1) {
            let padding = if n == last { 0 } else { widths[n] - width(&cell.text) };
            let _ = write!(text, " {}{:padding$}", styled(cell), "");
            if n < last {
                text.push(' ');
            }
        }
        text.push('\n');
    }
    text.push('\n');
}

fn write_finding(text: &mut String, finding: &Finding, report: &Report) {
    let tone = match finding.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Dim,
    };
    let head = styled(&Line::new(tone, format!("{}[{}]", finding.severity, finding.code)));
    let _ = writeln!(text, "{head}: {}", finding.message);
    if let Some(location) = &finding.location {
        let source = report.sources.get(&location.file);
        if !source.is_some_and(|source| excerpt::write_line(text, finding, source)) {
            let _ = writeln!(text, "  --> {location}");
        }
    }
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        write_values(text, expected, actual);
    }
    if let Some(hint) = &finding.hint {
        let _ = writeln!(text, "  hint: {hint}");
    }
    text.push('\n');
}

/// Writes what is accepted, a line each: it is not hidden, and does not stand in the way.
fn write_allowed(text: &mut String, report: &Report) {
    let before = text.len();
    for (finding, waiver) in report.allowed() {
        let until = waiver.until.as_ref().map_or_else(String::new, |until| format!(" (until {until})"));
        let line = format!("allowed[{}]: {}: {}{until}", finding.code, finding.message, waiver.reason);
        let _ = writeln!(text, "{}", styled(&Line::new(Tone::Dim, line)));
    }
    if text.len() > before {
        text.push('\n');
    }
}

/// Writes two values under each other; of long texts only the lines that differ, with one line around them.
fn write_values(text: &mut String, expected: &str, actual: &str) {
    if !expected.contains('\n') && !actual.contains('\n') {
        let _ = writeln!(text, "  expected  {}", styled(&Line::new(Tone::Good, expected)));
        let _ = writeln!(text, "  actual    {}", styled(&Line::new(Tone::Bad, actual)));
        return;
    }
    let (expected, actual): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = expected.iter().zip(&actual).take_while(same).count();
    let shorter = expected.len().min(actual.len()) - head;
    let tail = expected.iter().rev().zip(actual.iter().rev()).take(shorter).take_while(same).count();
    let _ = writeln!(text, "  expected (-) and actual (+), from line {}", head + 1);
    let mut write = |sign, tone, lines: &[&str]| {
        for line in lines {
            let _ = writeln!(text, "  {}", styled(&Line::new(tone, format!("{sign} {line}"))));
        }
    };
    write(' ', Tone::Dim, &expected[head.saturating_sub(1)..head]);
    write('-', Tone::Good, &expected[head..expected.len() - tail]);
    write('+', Tone::Bad, &actual[head..actual.len() - tail]);
    let after = expected.len() - tail;
    write(' ', Tone::Dim, &expected[after..(after + 1).min(expected.len())]);
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::base::{Code, Finding, Location, Severity};
    use crate::report::{Report, Table};

    static CODE: Code =
        Code { code: "XX001", name: "x", severity: Severity::Error, description: "", bad: "", good: "" };

    fn plain(report: &Report) -> String {
        anstream::adapter::strip_str(&render(report)).to_string()
    }

    #[test]
    fn aligns_and_shows_both_values() {
        let mut finding = Finding::new(&CODE, "body of function ops.f() is not as declared");
        finding.expected = Some("begin\n  one;\n  two;\nend".to_owned());
        finding.actual = Some("begin\n  one;\n  2;\n  three;\nend".to_owned());
        finding.location = Some(Location { file: "ops.toml".into(), line: 3, column: 1 });
        let mut short = Finding::new(&CODE, "short");
        short.expected = Some("a".to_owned());
        short.actual = Some("b".to_owned());
        let rows = vec![vec!["tables".into(), "9".into()], vec!["é".into(), "10".into()]];
        let report = Report {
            tables: vec![Table { title: "Checked".into(), rows }],
            findings: vec![finding, short],
            summary: "2 findings".into(),
            ..Report::default()
        };
        insta::assert_snapshot!(plain(&report), @"
        Checked
          tables  9
          é       10

        error[XX001]: body of function ops.f() is not as declared
          --> ops.toml:3:1
          expected (-) and actual (+), from line 3
              one;
          -   two;
          +   2;
          +   three;
            end

        error[XX001]: short
          expected  a
          actual    b

        2 findings
        ");
    }
}
