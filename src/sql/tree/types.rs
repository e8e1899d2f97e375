//! Names of types as far as rules tell them apart: under one spelling, with their modifiers.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::node::{all_tokens, folded, inside};

/// The name of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// The name without schema `pg_catalog` and modifiers, under one spelling: `integer`, `varchar`, `timestamptz`.
    pub name: String,
    /// The modifiers: `[10, 2]` of `numeric(10, 2)`.
    pub modifiers: Vec<u32>,
    /// Whether it is an array.
    pub array: bool,
}

impl TypeName {
    /// Reads a type as the server writes it (`format_type`): `character varying(10)[]`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let array = text.ends_with(']');
        let bare = text.split('[').next().unwrap_or(text);
        let (head, modifiers, tail) = match bare.split_once('(') {
            Some((head, rest)) => {
                let (inner, tail) = rest.split_once(')').unwrap_or((rest, ""));
                (head, inner.split(',').filter_map(|part| part.trim().parse().ok()).collect(), tail)
            }
            None => (bare, Vec::new(), ""),
        };
        let words: Vec<_> = head.split_whitespace().chain(tail.split_whitespace()).collect();
        Self { name: canonical(&words.join(" ")), modifiers, array }
    }

    pub(super) fn read(node: &SyntaxNode) -> Self {
        let array = inside(node, K::ARRAY_TYPE).is_some() || inside(node, K::ARRAY_BOUND).is_some();
        let mut words = String::new();
        let mut modifiers = Vec::new();
        for token in all_tokens(node) {
            match token.kind() {
                K::DOT => words.push('.'),
                K::INT_NUMBER if !in_bound(&token) => modifiers.extend(token.text().parse::<u32>().ok()),
                K::L_PAREN | K::R_PAREN | K::COMMA | K::L_BRACK | K::R_BRACK | K::INT_NUMBER | K::ARRAY_KW => {}
                _ => {
                    if !words.is_empty() && !words.ends_with('.') {
                        words.push(' ');
                    }
                    words.push_str(&folded(token.text()));
                }
            }
        }
        Self { name: canonical(&words), modifiers, array }
    }

    /// Whether it is one of these, and no array.
    #[must_use]
    pub fn is(&self, names: &[&str]) -> bool {
        !self.array && names.contains(&self.name.as_str())
    }

    /// Whether values of this type need not be written anew to become the other.
    ///
    /// As in `ATColumnChangeRequiresRewrite`: binary coercible types, and modifiers that only grow.
    #[must_use]
    pub fn changes_without_rewrite(&self, to: &Self) -> bool {
        let widens = |unbounded: bool| match (self.modifiers.first(), to.modifiers.first()) {
            (_, None) => unbounded,
            (None, Some(_)) => false,
            (Some(from), Some(to)) => from <= to,
        };
        if self == to {
            return true;
        }
        if self.array != to.array || self.array {
            return false;
        }
        match (self.name.as_str(), to.name.as_str()) {
            ("varchar", "text") | ("cidr", "inet") | ("text", "varchar") if to.modifiers.is_empty() => true,
            ("varchar", "varchar") | ("varbit", "varbit") => widens(true),
            ("xml", "text" | "varchar") if to.modifiers.is_empty() => true,
            // The scale must stay, the precision may grow.
            ("numeric", "numeric") => match (self.modifiers.as_slice(), to.modifiers.as_slice()) {
                (_, []) => true,
                ([from, scale @ ..], [to, wanted @ ..]) => {
                    from <= to && scale.first().unwrap_or(&0) == wanted.first().unwrap_or(&0)
                }
                ([], _) => false,
            },
            ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") | ("timetz", "timetz") => {
                to.modifiers.first().is_none_or(|to| *to >= 6 || self.modifiers.first().is_some_and(|from| from <= to))
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for TypeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        if !self.modifiers.is_empty() {
            let modifiers: Vec<_> = self.modifiers.iter().map(u32::to_string).collect();
            write!(f, "({})", modifiers.join(","))?;
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}

fn in_bound(token: &squawk_syntax::SyntaxToken) -> bool {
    token.parent().is_some_and(|parent| {
        parent.kind() == K::ARRAY_BOUND || parent.parent().is_some_and(|outer| outer.kind() == K::ARRAY_BOUND)
    })
}

/// One spelling for each built-in type.
fn canonical(words: &str) -> String {
    let words = words.strip_prefix("pg_catalog.").unwrap_or(words);
    let words = words.strip_prefix("setof ").unwrap_or(words);
    match words {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "bool" => "boolean",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "decimal" | "dec" => "numeric",
        "character varying" | "char varying" | "national character varying" | "nchar varying" => "varchar",
        "character" | "bpchar" | "nchar" | "national character" | "national char" => "char",
        "bit varying" => "varbit",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        "serial4" => "serial",
        "serial8" => "bigserial",
        "serial2" => "smallserial",
        other => other,
    }
    .to_owned()
}
