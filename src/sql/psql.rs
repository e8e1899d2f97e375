//! Files that are written for psql: what of them is SQL, with everything still in its place.
//!
//! A dump holds psql's own commands and rows of data between its statements. What changes nothing about the schema is
//! covered with spaces, so that each byte of the rest stays where it was; what can't be done without psql is refused.

use std::ops::Range;

use super::lex::{Kind, Token, lex};
use crate::base::{Error, Excerpt, Result};

/// psql's commands that change nothing about what the statements do: `\restrict` begins every newer dump.
const HARMLESS: &[&str] = &[
    "\\restrict",
    "\\unrestrict",
    "\\echo",
    "\\qecho",
    "\\warn",
    "\\timing",
    "\\pset",
    "\\x",
    "\\a",
    "\\t",
    "\\encoding",
];

/// Returns a text of the same length without psql's harmless commands, and without the data of `COPY … FROM stdin`.
///
/// # Errors
///
/// [`ErrorKind::Input`](crate::base::ErrorKind::Input), with the place, for a command that only psql can carry out, such as
/// `\connect` and `\include`.
pub fn without_psql(file: &str, text: &str) -> Result<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = next(text, from) {
        let span = match found {
            Found::Command(start) => {
                let end = line_end(text, start);
                let line = &text[start..end];
                let command = line.split_whitespace().next().unwrap_or("\\");
                let harmless = HARMLESS.contains(&command) || line.starts_with("\\set ON_ERROR_STOP");
                if !harmless {
                    return Err(refuse(file, text, start..start + command.len(), command));
                }
                start..end
            }
            Found::Data(statement) => statement.start..end_of_data(text, statement.end),
        };
        // Line feeds stay, so that lines keep their numbers.
        for byte in &mut bytes[span.clone()] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        from = span.end;
    }
    // Whole characters were covered, byte by byte.
    String::from_utf8(bytes).map_err(|error| Error::input(format!("{file} can't be read")).with_source(error))
}

enum Found {
    /// A backslash command, from its backslash.
    Command(usize),
    /// A `COPY … FROM stdin` up to and with its semicolon.
    Data(Range<usize>),
}

/// Finds the first of psql's own things from a byte on. Data is no SQL, so nothing after it can be read in the same go.
fn next(text: &str, from: usize) -> Option<Found> {
    let mut statement: Vec<Token<'_>> = Vec::new();
    for token in lex(&text[from..]) {
        match token.kind {
            Kind::Comment => {}
            Kind::Foreign if token.text == "\\" => return Some(Found::Command(from + token.start)),
            _ if token.is_symbol(";") => {
                if let Some(first) = statement.first().filter(|_| copies_from_client(&statement)) {
                    return Some(Found::Data(from + first.start..from + token.start + 1));
                }
                statement.clear();
            }
            // Only a COPY is looked at, and its words stand near its beginning and end.
            _ if statement.first().is_none_or(|first| first.is_word("copy")) => statement.push(token),
            _ => {}
        }
    }
    None
}

fn copies_from_client(statement: &[Token<'_>]) -> bool {
    statement.first().is_some_and(|first| first.is_word("copy"))
        && statement.windows(2).any(|pair| pair[0].is_word("from") && pair[1].is_word("stdin"))
}

/// The end of the data that begins on the line after a COPY: past the line `\.`, or the end of the text.
fn end_of_data(text: &str, copy_end: usize) -> usize {
    let mut at = line_end(text, copy_end);
    while at < text.len() {
        let line = at + 1..line_end(text, at + 1);
        at = line.end;
        if text[line].trim_end() == "\\." {
            break;
        }
    }
    at
}

/// The byte of the line feed that ends the line of a byte, or the end of the text.
fn line_end(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    text[at..].find('\n').map_or(text.len(), |end| at + end)
}

fn refuse(file: &str, text: &str, span: Range<usize>, command: &str) -> Error {
    let excerpt = Excerpt { file: file.to_owned(), text: text.to_owned(), span, label: "here".to_owned() };
    let hint = match command {
        "\\connect" | "\\c" => "write the dump without --create: one file describes one database",
        "\\i" | "\\ir" | "\\include" | "\\include_relative" => {
            "name a directory: its .sql files are run in the order of their names"
        }
        "\\copy" => "remove it: the rows of a table are no part of a schema",
        _ => "remove it, or let psql run the file and name the database with db:URL",
    };
    Error::input(format!("{command} is a command of psql, not SQL")).with_excerpt(excerpt).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::without_psql;
    use crate::sql::Script;

    #[test]
    fn data_and_harmless_commands_are_covered_in_place() {
        let text = "\\restrict x'y\nselect 'é \\.';\nCOPY public.a (\"b\") FROM stdin;\nit's; \\N\té\n\\.\n\\unrestrict x'y\nselect 2;";
        let sql = without_psql("f", text).unwrap();
        assert_eq!(sql.len(), text.len());
        assert_eq!(sql.find("select 2"), text.find("select 2"));
        let script = Script::parse("f", &sql).unwrap();
        assert_eq!(script.statements.iter().map(|one| one.text).collect::<Vec<_>>(), ["select 'é \\.'", "select 2"]);
    }

    #[test]
    fn what_only_psql_can_do_is_refused() {
        for text in [
            "select 1;\n\\connect other\n",
            "\\i more.sql",
            "\\set x 1",
            "select 1 \\gexec",
            "copy a from stdin;\n\\copy",
        ] {
            let refused = without_psql("f", text);
            if text.starts_with("copy") {
                // Without an end, all of the rest is data.
                assert_eq!(refused.unwrap().trim(), "");
            } else {
                assert!(refused.unwrap_err().message().contains("is a command of psql"), "{text}");
            }
        }
        let same = "create function f() returns text language sql as $$ select '\\x' $$; copy (select 1) to '/tmp/x';";
        assert_eq!(without_psql("f", same).unwrap(), same);
    }
}
