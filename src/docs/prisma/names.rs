//! Names that Prisma takes: letters, digits and underscores, beginning with a letter, each once.

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::entry::Entry;
use crate::model::ObjectId;

/// Words that no model, view or enum may be called: JavaScript's, the scalar types, the client's own.
const RESERVED: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "using",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "static",
    "constructor",
    "PrismaClient",
    "Prisma",
    "Boolean",
    "Int",
    "Float",
    "DateTime",
    "Json",
    "Bytes",
    "Decimal",
    "BigInt",
    "String",
    "Unsupported",
];

/// The names that are taken in one place.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Makes a name of a text, with a number where another has it.
    pub(super) fn take(&mut self, text: &str, otherwise: &str) -> String {
        let wish = word(text, otherwise);
        let mut name = wish.clone();
        let mut n = 1;
        while !self.taken.insert(name.clone()) {
            n += 1;
            name = format!("{wish}_{n}");
        }
        name
    }
}

/// The names of tables, views and enums, which share one place. Where two schemas have the same, both say their schema.
pub(super) fn of_types<'a>(entries: &[Entry<'a>]) -> BTreeMap<&'a ObjectId, String> {
    let mut wishes: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        *wishes.entry(word(entry.name(), "Model")).or_default() += 1;
    }
    let mut names = Names { taken: RESERVED.iter().map(|word| (*word).to_owned()).collect() };
    let take = |entry: &Entry<'a>| {
        let wish = word(entry.name(), "Model");
        let wish = if wishes[&wish] > 1 { format!("{}_{wish}", word(entry.schema(), "Schema")) } else { wish };
        (entry.id, names.take(&wish, "Model"))
    };
    entries.iter().map(take).collect()
}

/// Letters, digits and underscores, beginning with a letter.
fn word(text: &str, otherwise: &str) -> String {
    let word: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let from_letter = word.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    if from_letter.is_empty() { format!("{otherwise}{}", word.trim_start_matches('_')) } else { from_letter.to_owned() }
}

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    format!("\"{}\"", escaped.replace('\t', "\\t"))
}
