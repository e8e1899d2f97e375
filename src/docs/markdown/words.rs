//! Text that Markdown must not read as markup, and tables of it.

use std::fmt::Write as _;

/// Prose: nothing in it is markup; line feeds become breaks, so that it fits a cell.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.trim().replace("\r\n", "\n").chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // An underscore within a word is no markup, and a list or a heading begins only at the start of a line.
            '\\' | '`' | '*' | '|' | '[' | ']' | '~' | '#' | '_' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Code: as it is, but on one line, and with the bars that a table would read escaped.
pub(super) fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    // More backticks outside than stand together inside.
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let room = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{fence}{room}{}{room}{fence}", text.replace('|', "\\|"))
}

/// A table. Columns in which no row has anything are left out, but for the first.
pub(super) fn table(text: &mut String, columns: &[&str], rows: Vec<Vec<String>>) {
    let used: Vec<usize> = (0..columns.len())
        .filter(|n| *n == 0 || rows.iter().any(|row| row.get(*n).is_some_and(|c| !c.is_empty())))
        .collect();
    let line = |cells: Vec<&str>| format!("| {} |", cells.join(" | "));
    let _ = writeln!(text, "{}", line(used.iter().map(|n| columns[*n]).collect()));
    let _ = writeln!(text, "{}", line(used.iter().map(|_| "---").collect()));
    for row in rows {
        let _ = writeln!(text, "{}", line(used.iter().map(|n| row.get(*n).map_or("", String::as_str)).collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn nothing_is_markup() {
        assert_eq!(plain("a|b\n<b> *x* [y](z)"), "a\\|b<br>&lt;b&gt; \\*x\\* \\[y\\](z)");
        assert_eq!(code("a | `b``"), "``` a \\| `b`` ```");
        assert_eq!(code("x\n  y"), "`x y`");
    }
}
