//! Names and literals: the only way a name enters SQL.

use std::fmt;

use super::{Error, Result};

/// A name as SQL writes it: bare where PostgreSQL reads it back the same, in double quotes otherwise.
///
/// The rule is `quote_ident`'s: bare only for `[a-z_][a-z0-9_]*` that is no keyword other than an unreserved one.
#[derive(Debug, Clone, Copy)]
pub struct Ident<'a>(pub &'a str);

impl fmt::Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0.bytes();
        let bare = bytes.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
            && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && KEYWORDS.binary_search(&self.0).is_err();
        if bare { f.write_str(self.0) } else { write!(f, "\"{}\"", self.0.replace('"', "\"\"")) }
    }
}

/// A string as SQL writes it, safe under either setting of `standard_conforming_strings`.
#[derive(Debug, Clone, Copy)]
pub struct Literal<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = self.0.replace('\'', "''");
        if quoted.contains('\\') { write!(f, " E'{}'", quoted.replace('\\', "\\\\")) } else { write!(f, "'{quoted}'") }
    }
}

/// A qualified name, each part quoted where it must be and joined by dots.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a, S>(pub &'a [S]);

impl<S: AsRef<str>> fmt::Display for Path<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, part) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str(".")?;
            }
            Ident(part.as_ref()).fmt(f)?;
        }
        Ok(())
    }
}

/// Reads a qualified name as SQL writes it: `ops.runs`, `ops."Weird ""name"""`.
///
/// Bare parts are folded to lower case as the server does (ASCII only).
///
/// # Errors
///
/// [`ErrorKind::Input`](super::ErrorKind::Input) for an empty part, an open quote, or text after a closing quote.
pub fn parse_path(text: &str) -> Result<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let part;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (name, after) = parse_quoted(quoted)
                .ok_or_else(|| Error::input(format!("the quote is never closed in the name {text}")))?;
            part = name;
            rest = after;
        } else {
            let end = rest.find(['.', '"']).unwrap_or(rest.len());
            part = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
        }
        if part.is_empty() {
            return Err(Error::input(format!("a part of the name {text:?} is empty")));
        }
        parts.push(part);
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Ok(parts),
            None => {
                return Err(Error::input(format!("{rest:?} is not expected in the name {text:?}"))
                    .with_hint("put a name with such characters in double quotes"));
            }
        }
    }
}

/// Splits at the closing quote: the name with doubled quotes folded, and what comes after.
fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let quote = rest.find('"')?;
        name.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, rest)),
        }
    }
}

/// Keywords that are not "unreserved", in byte order: `pg_get_keywords()` of PostgreSQL 18, a superset of 15 to 17.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user",
    "dec", "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists",
    "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest",
    "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect",
    "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists",
    "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select", "session_user",
    "setof", "similar", "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample",
    "then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using",
    "values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes",
    "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
];

#[cfg(test)]
mod tests {
    use super::{Ident, KEYWORDS, Literal, Path, parse_path};

    #[test]
    fn quotes_only_where_needed() {
        for (name, expected) in [
            ("runs", "runs"),
            ("_x1", "_x1"),
            ("1x", "\"1x\""),
            ("", "\"\""),
            ("Runs", "\"Runs\""),
            ("select", "\"select\""),
            ("status", "status"),
            ("a\"b", "\"a\"\"b\""),
            ("ünder", "\"ünder\""),
        ] {
            assert_eq!(Ident(name).to_string(), expected);
        }
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn literals_survive_quotes_and_backslashes() {
        assert_eq!(Literal("it's").to_string(), "'it''s'");
        assert_eq!(Literal(r"a\b'").to_string(), r" E'a\\b'''");
    }

    #[test]
    fn paths_round_trip() {
        for path in [&["ops", "runs"][..], &["a.b", "c\"d"], &["Select"], &["x", "y", "z z"]] {
            assert_eq!(parse_path(&Path(path).to_string()).unwrap(), path);
        }
        assert_eq!(parse_path("Ops.Runs").unwrap(), ["ops", "runs"]);
        for bad in ["", "a.", ".a", "\"a", "\"a\"b", "a\"b\""] {
            assert!(parse_path(bad).is_err(), "{bad}");
        }
    }
}
