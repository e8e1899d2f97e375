//! Values that columns might take: what the checks name first, then what is usual for the type.

use super::Manifest;
use super::look::{Column, Relation};
use crate::base::Literal;

/// Which row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// The tenant's that is tried.
    Own,
    /// Another tenant's.
    Other,
    /// A third one's, for what has to be new.
    Spare,
    /// One that is inserted.
    Fresh,
}

impl Side {
    pub(super) const SEEDED: [Self; 3] = [Self::Own, Self::Other, Self::Spare];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Other => "other",
            Self::Spare => "spare",
            Self::Fresh => "fresh",
        }
    }

    fn number(self) -> usize {
        self as usize + 1
    }
}

/// SQL expressions for a column, the likeliest first.
pub(super) fn candidates(relation: &Relation, column: &Column, side: Side, manifest: &Manifest) -> Vec<String> {
    let name = format!("{}.{}.{}", relation.schema, relation.name, column.name);
    if let Some(value) = manifest.values.get(&name) {
        return vec![value.replace("${n}", &side.number().to_string()).replace("${side}", side.name())];
    }
    let mut texts: Vec<String> = column.labels.clone();
    let checks = relation.constraints.iter().filter(|check| check.kind == 'c' && check.columns.contains(&column.name));
    let definitions: Vec<&str> =
        checks.map(|check| check.definition.as_str()).chain(column.domain_checks.iter().map(String::as_str)).collect();
    let named: Vec<String> = definitions.iter().flat_map(|definition| literals(definition)).collect();
    let lists = definitions.iter().any(|definition| definition.contains("= ANY") || definition.contains("= '"));
    if lists {
        texts.extend(named.iter().cloned());
    }
    texts.extend(usual(relation, column, side));
    texts.extend(named);
    if let Some(length) = length(&column.sql_type) {
        for text in &mut texts {
            *text = text.chars().take(length).collect();
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts.iter().map(|text| literal(text, &column.sql_type)).collect()
}

/// A value as SQL writes it.
pub(super) fn literal(text: &str, sql_type: &str) -> String {
    format!("{}::{sql_type}", Literal(text)).trim_start().to_owned()
}

/// The strings in a deparsed check.
fn literals(definition: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = definition;
    while let Some(start) = rest.find('\'') {
        let mut text = String::new();
        let mut characters = rest[start + 1..].char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '\'' if characters.peek().is_some_and(|(_, next)| *next == '\'') => {
                    characters.next();
                    text.push('\'');
                }
                '\'' => {
                    end = start + 1 + at + 1;
                    break;
                }
                other => text.push(other),
            }
        }
        found.push(text);
        rest = rest.get(end..).unwrap_or_default();
    }
    found
}

/// How many characters fit into `character varying(3)`.
fn length(sql_type: &str) -> Option<usize> {
    let (name, rest) = sql_type.split_once('(')?;
    name.starts_with("character").then(|| rest.trim_end_matches(')').parse().ok()).flatten()
}

/// What is usual for a type, other for each side.
fn usual(relation: &Relation, column: &Column, side: Side) -> Vec<String> {
    let n = side.number();
    let word = side.name();
    if column.sql_type.ends_with("[]") {
        return vec!["{}".to_owned()];
    }
    let all: &[String] = &match column.base.as_str() {
        // Of one name, of one value: what refers without a foreign key means the same everywhere.
        "uuid" => {
            let own = relation.key.as_deref() == Some(std::slice::from_ref(&column.name));
            let seed = if own { format!("{}.{}", relation.name, column.name) } else { column.name.clone() };
            let hash = seed.bytes().fold(0_u64, |hash, byte| {
                hash.wrapping_mul(0x0100_0000_01b3).wrapping_add(u64::from(byte)) & 0xffff_ffff_ffff
            });
            vec![format!("{n:08x}-0000-4000-8000-{hash:012x}")]
        }
        "boolean" => vec!["true".to_owned(), "false".to_owned()],
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" | "oid" => {
            vec![n.to_string(), "0".to_owned(), (n * 10).to_string(), (n * 100).to_string(), format!("{}", 1000 + n)]
        }
        "date" => vec![format!("2026-01-0{n}")],
        "time without time zone" | "time with time zone" => vec![format!("0{n}:00")],
        "timestamp without time zone" | "timestamp with time zone" => vec![format!("2026-01-0{n} 00:00:00+00")],
        "interval" => vec![format!("{n} days")],
        "json" | "jsonb" => vec!["{}".to_owned(), "[]".to_owned(), n.to_string()],
        "bytea" => vec![format!("\\x0{n}"), format!("\\x{}", format!("0{n}").repeat(32))],
        "inet" | "cidr" => vec![format!("10.0.0.{n}")],
        "macaddr" => vec![format!("08:00:2b:01:02:0{n}")],
        "xml" => vec!["<a/>".to_owned()],
        "tsvector" => vec![word.to_owned()],
        _ if column.category == 'R' => vec!["empty".to_owned()],
        _ if column.category == 'S' => vec![
            format!("{word}{n}"),
            format!("{n}.0"),
            n.to_string(),
            format!("{word}@example.org"),
            format!("https://example.org/{word}"),
            "{}".to_owned(),
            format!("2026-01-0{n}"),
            format!("{}", (b'A' + u8::try_from(n).unwrap_or(0)) as char),
            format!("{:0>8}", n).repeat(5),
            format!("{:0>8}", n).repeat(8),
            format!("sha256:{}", format!("{:0>8}", n).repeat(8)),
            format!("10.0.0.{n}"),
            format!("run-20260101-00000{n}-{:0>7}", n),
        ],
        _ => Vec::new(),
    };
    all.to_vec()
}

#[cfg(test)]
mod tests {
    use super::{length, literals};

    #[test]
    fn reads_what_checks_name() {
        let found = literals("CHECK ((role = ANY (ARRAY['owner'::text, 'it''s'::text])) AND (x <> ''::text))");
        assert_eq!(found, ["owner", "it's", ""]);
        assert_eq!(length("character varying(3)"), Some(3));
        assert_eq!(length("numeric(3,2)"), None);
    }
}
