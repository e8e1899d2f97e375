//! How the values of one type become those of another, by the names of the types.
//!
//! Knows the server's own types; of others only that text leads everywhere.

/// How a column's values are converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    /// As they are: nothing is written, though indexes may be.
    Binary,
    /// By a cast that the server applies by itself.
    Assignment,
    /// By a cast that has to be asked for.
    Explicit,
    /// By way of their text.
    Text,
}

const NUMBERS: &[&str] = &["smallint", "integer", "bigint", "numeric", "real", "double precision", "money"];
const TIMES: &[&str] = &["date", "timestamp without time zone", "timestamp with time zone"];
const CLOCKS: &[&str] = &["time without time zone", "time with time zone", "interval"];
const TEXTS: &[&str] = &["text", "character varying", "character", "bpchar", "name"];
/// One byte, which texts alone become by themselves.
const CHAR: &str = "\"char\"";
const PAIRS: &[(&str, &str)] = &[
    ("json", "jsonb"),
    ("jsonb", "json"),
    ("inet", "cidr"),
    ("cidr", "inet"),
    ("bit", "bit varying"),
    ("bit varying", "bit"),
    ("macaddr", "macaddr8"),
    ("macaddr8", "macaddr"),
    ("timestamp without time zone", "time without time zone"),
    ("timestamp with time zone", "time without time zone"),
    ("timestamp with time zone", "time with time zone"),
];

/// A type's name without its modifier, and the modifier's numbers.
fn parts(name: &str) -> (String, Vec<i64>) {
    let (Some(open), Some(close)) = (name.find('('), name.find(')')) else { return (name.to_owned(), Vec::new()) };
    if name.starts_with('"') || name[..open].contains('"') {
        return (name.to_owned(), Vec::new());
    }
    let numbers = name[open + 1..close].split(',').filter_map(|number| number.trim().parse().ok()).collect();
    (format!("{}{}", &name[..open], &name[close + 1..]), numbers)
}

/// How values of type `from` become values of type `to`, both as the server writes them.
pub(super) fn conversion(from: &str, to: &str) -> Conversion {
    let ((old, was), (new, is)) = (parts(from), parts(to));
    if old == new {
        return if widens(&old, &was, &is) { Conversion::Binary } else { Conversion::Assignment };
    }
    let unbound = |name: &str, numbers: &[i64]| name == "text" || name == "character varying" && numbers.is_empty();
    if matches!(old.as_str(), "text" | "character varying") && unbound(&new, &is)
        || (old.as_str(), new.as_str()) == ("cidr", "inet")
        || (old.as_str(), new.as_str()) == ("bit", "bit varying") && is.is_empty()
        || is_zoned_twin(&old, &new) && (is.is_empty() || was == is)
    {
        return Conversion::Binary;
    }
    if old.ends_with("[]") != new.ends_with("[]") {
        return if TEXTS.contains(&new.as_str()) { Conversion::Assignment } else { Conversion::Text };
    }
    let (old, new) = (old.trim_end_matches("[]"), new.trim_end_matches("[]"));
    let both = |group: &[&str]| group.contains(&old) && group.contains(&new);
    let is_byte = new == CHAR && TEXTS.contains(&old) && old != "name";
    if both(NUMBERS) || both(TIMES) || both(CLOCKS) || TEXTS.contains(&new) || is_byte || PAIRS.contains(&(old, new)) {
        return Conversion::Assignment;
    }
    match (old, new) {
        ("boolean", "integer") | ("integer", "boolean" | CHAR) | (CHAR, "integer") | ("integer" | "bigint", "bit") => {
            Conversion::Explicit
        }
        _ => Conversion::Text,
    }
}

/// Whether programs that read and write values of one type do the same with those of another: all of them are values of it,
/// and drivers know them as the same.
pub(super) fn is_wider(from: &str, to: &str) -> bool {
    let ((old, was), (new, is)) = (parts(from), parts(to));
    let is_text = |name: &str| matches!(name, "text" | "character varying");
    old == new && widens(&old, &was, &is) || is_text(&old) && is_text(&new) && is.is_empty()
}

/// Whether every value of one type is one of another, so that no row can be in the way.
pub(super) fn keeps_all(from: &str, to: &str) -> bool {
    const WIDER: &[(&str, &[&str])] = &[
        ("smallint", &["integer", "bigint", "numeric", "real", "double precision"]),
        ("integer", &["bigint", "numeric", "double precision"]),
        ("bigint", &["numeric"]),
        ("real", &["double precision"]),
    ];
    WIDER.iter().any(|(narrow, wide)| *narrow == from && wide.contains(&to))
}

/// Under a session in UTC both are the same numbers.
fn is_zoned_twin(old: &str, new: &str) -> bool {
    let (with, without) = ("timestamp with time zone", "timestamp without time zone");
    (old, new) == (with, without) || (old, new) == (without, with)
}

/// Whether every value with one modifier is one with another, so that the server leaves them as they are.
fn widens(name: &str, was: &[i64], is: &[i64]) -> bool {
    if was == is || is.is_empty() && !matches!(name, "character" | "bit") {
        return true;
    }
    match (name, was, is) {
        ("character varying" | "bit varying", [old], [new]) => new >= old,
        ("numeric", [old, old_scale], [new, new_scale]) => new >= old && new_scale == old_scale,
        ("numeric", [old], [new]) => new >= old,
        (_, [old], [new]) if name.starts_with("time") => new >= old,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversion, conversion, is_wider};

    #[test]
    fn knows_what_programs_go_on_with() {
        for (from, to) in
            [("numeric(5,2)", "numeric(9,2)"), ("character varying(9)", "text"), ("text", "character varying")]
        {
            assert!(is_wider(from, to), "{from} to {to}");
        }
        for (from, to) in [
            ("text", "character varying(9)"),
            ("integer", "bigint"),
            ("cidr", "inet"),
            ("numeric(5,2)", "numeric(9,3)"),
        ] {
            assert!(!is_wider(from, to), "{from} to {to}");
        }
    }

    #[test]
    fn knows_what_is_written_anew() {
        for (from, to, expected) in [
            ("character varying(5)", "character varying(9)", Conversion::Binary),
            ("character varying(9)", "character varying(5)", Conversion::Assignment),
            ("character varying(9)", "text", Conversion::Binary),
            ("text", "character varying(9)", Conversion::Assignment),
            ("numeric(5,2)", "numeric(9,2)", Conversion::Binary),
            ("numeric(5,2)", "numeric(9,3)", Conversion::Assignment),
            ("numeric(5,2)", "numeric", Conversion::Binary),
            ("numeric", "numeric(5,2)", Conversion::Assignment),
            ("timestamp(3) with time zone", "timestamp with time zone", Conversion::Binary),
            ("timestamp with time zone", "timestamp without time zone", Conversion::Binary),
            ("integer", "bigint", Conversion::Assignment),
            ("text", "integer", Conversion::Text),
            ("boolean", "integer", Conversion::Explicit),
            ("s.state", "text", Conversion::Assignment),
            ("text", "s.state", Conversion::Text),
            ("integer", "integer[]", Conversion::Text),
            ("character varying(5)[]", "text[]", Conversion::Assignment),
            ("character(3)", "character(5)", Conversion::Assignment),
            ("text", "\"char\"", Conversion::Assignment),
            ("date", "\"char\"", Conversion::Text),
            ("integer", "\"char\"", Conversion::Explicit),
            ("\"char\"", "name", Conversion::Assignment),
        ] {
            assert_eq!(conversion(from, to), expected, "{from} to {to}");
        }
    }
}
