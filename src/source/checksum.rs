//! refinery's checksum, in all the forms in which a history can hold it.

use std::hash::{Hash, Hasher};

use siphasher::sip::SipHasher13;

/// How wide the versions of a history are: refinery hashes the version as the integer that it was built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// `int4`, refinery's default.
    Int4,
    /// `int8`, refinery with `int8-versions`, and pgward.
    Int8,
}

/// How a recorded checksum and a migration's text go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The same text.
    Same,
    /// The same text but for line ends or a byte order mark, as a checkout with `core.autocrlf` makes them.
    LineEnds,
    /// The same text under the name that the history has.
    Renamed,
    /// Another text.
    Differs,
}

/// refinery's checksum of a migration.
pub(super) fn checksum(name: &str, version: i64, sql: &str, width: Width) -> Option<u64> {
    // As refinery does it: the keys are zero, and name and text are hashed as `str`, with a byte after them.
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    match width {
        Width::Int4 => i32::try_from(version).ok()?.hash(&mut hasher),
        Width::Int8 => version.hash(&mut hasher),
    }
    sql.hash(&mut hasher);
    Some(hasher.finish())
}

/// Compares a recorded name and checksum with a migration of the same version.
pub(super) fn compare(name: &str, version: i64, sql: &str, recorded_name: &str, recorded: u64) -> Match {
    let is = |name: &str, sql: &str| {
        [Width::Int8, Width::Int4].into_iter().any(|width| checksum(name, version, sql, width) == Some(recorded))
    };
    if name != recorded_name {
        return if line_ends(sql).any(|sql| is(recorded_name, &sql)) { Match::Renamed } else { Match::Differs };
    }
    if is(name, sql) {
        Match::Same
    } else if line_ends(sql).any(|sql| is(name, &sql)) {
        Match::LineEnds
    } else {
        Match::Differs
    }
}

/// A text as it is, and with other line ends, each with and without a byte order mark.
fn line_ends(sql: &str) -> impl Iterator<Item = String> {
    let bare = sql.strip_prefix('\u{feff}').unwrap_or(sql);
    let unix = bare.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    [bare.to_owned(), unix, windows].into_iter().flat_map(|text| [format!("\u{feff}{text}"), text])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_refinerys() {
        for (stem, name, version) in [("V1__init", "init", 1), ("V20260213000000__a_b", "a_b", 20_260_213_000_000)] {
            let sql = "create table ä (b int);\r\n";
            let theirs = refinery_core::Migration::unapplied(stem, sql).unwrap().checksum();
            assert_eq!(checksum(name, version, sql, Width::Int8), Some(theirs));
        }
        assert_ne!(checksum("init", 1, "", Width::Int4), checksum("init", 1, "", Width::Int8));
        assert_eq!(checksum("init", 20_260_213_000_000, "", Width::Int4), None, "fits no int4");
    }

    #[test]
    fn tells_what_changed() {
        let stored = |name, sql, width| checksum(name, 7, sql, width).unwrap();
        for width in [Width::Int4, Width::Int8] {
            let was = stored("a", "x;\ny;\n", width);
            assert_eq!(compare("a", 7, "x;\ny;\n", "a", was), Match::Same);
            assert_eq!(compare("a", 7, "x;\r\ny;\r\n", "a", was), Match::LineEnds);
            assert_eq!(compare("a", 7, "\u{feff}x;\ny;\n", "a", was), Match::LineEnds);
            assert_eq!(compare("b", 7, "x;\ny;\n", "a", was), Match::Renamed);
            assert_eq!(compare("a", 7, "x;\nz;\n", "a", was), Match::Differs);
            assert_eq!(compare("a", 7, "x;\n", "a", stored("a", "\u{feff}x;\r\n", width)), Match::LineEnds);
        }
    }
}
