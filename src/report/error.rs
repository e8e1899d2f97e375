//! How an error looks at the terminal: the sentence, the place in the file, the causes, the hints.

use std::error::Error as _;
use std::fmt::Write as _;

use super::terminal::{style, styled};
use super::{Line, Tone, excerpt};
use crate::base::Error;

/// Returns the error as text with ANSI styles, ending with a line feed.
#[must_use]
pub fn render_error(error: &Error) -> String {
    let bad = style(Tone::Bad).bold();
    let mut text = format!("{bad}error{bad:#}: {}\n", error.message());
    if let Some(place) = error.excerpt() {
        excerpt::write(&mut text, place);
    }
    if let Some(cause) = cause(error) {
        let _ = writeln!(text, "  {} {cause}", styled(&Line::new(Tone::Dim, "cause:")));
    }
    for note in error.notes() {
        let indented = note.trim_end().replace('\n', "\n        ");
        let _ = writeln!(text, "  {} {indented}", styled(&Line::new(Tone::Dim, "note:")));
    }
    for hint in error.hints() {
        let _ = writeln!(text, "\n{} {hint}", styled(&Line::new(Tone::Good, "hint:")));
    }
    text
}

/// The innermost cause, unless the sentence says it already: what lies between is the libraries' wording.
fn cause(error: &Error) -> Option<String> {
    let mut innermost = error.source()?;
    while let Some(deeper) = innermost.source() {
        innermost = deeper;
    }
    let cause = innermost.to_string();
    let words = cause.split(" (os error").next().unwrap_or(&cause).to_lowercase();
    (!error.message().to_lowercase().contains(&words)).then_some(cause)
}

#[cfg(test)]
mod tests {
    use super::render_error;
    use crate::base::{Error, Excerpt};

    #[test]
    fn shows_place_cause_and_hint() {
        let text = "create table a (\n  id int,\n  id text\n);\n";
        let span = 27..29;
        let error = Error::input("column \"id\" specified more than once")
            .with_excerpt(Excerpt { file: "V1__a.sql".into(), text: text.into(), span, label: "42701".into() })
            .with_note("first line\nsecond line")
            .with_hint("drop one of them");
        insta::assert_snapshot!(anstream::adapter::strip_str(&render_error(&error)).to_string(), @r#"
        error: column "id" specified more than once
         --> V1__a.sql:3:1
          |
        3 |   id text
          | ^^ 42701
          note: first line
                second line

        hint: drop one of them
        "#);
    }

    #[test]
    fn survives_spans_outside_the_text() {
        for (start, end) in [(0, 99), (3, 1), (1, 2)] {
            let excerpt = Excerpt { file: "f".into(), text: "é".into(), span: start..end, label: String::new() };
            let shown = render_error(&Error::input("x").with_excerpt(excerpt));
            assert!(anstream::adapter::strip_str(&shown).to_string().contains("--> f:1:"), "{shown}");
        }
    }
}
