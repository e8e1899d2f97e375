//! Types as the server writes them, taken apart: schema, name, modifier, array.
//!
//! Reads `format_type`'s text under an empty search_path, where every type that is not the system's is qualified.

use std::fmt;

use crate::base::Path;

/// A type's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeName {
    /// None for the system's own types.
    pub(super) schema: Option<String>,
    /// The name without modifier: `timestamp with time zone`.
    pub(super) name: String,
    /// What stands in parentheses: `10,2`.
    pub(super) modifier: Option<String>,
    /// Whether it is an array of that.
    pub(super) array: bool,
}

/// Long names and the short ones that PostgreSQL takes for the same types.
const SHORT: &[(&str, &str)] = &[
    ("bit varying", "varbit"),
    ("character", "char"),
    ("character varying", "varchar"),
    ("double precision", "float8"),
    ("time with time zone", "timetz"),
    ("time without time zone", "time"),
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
];

impl TypeName {
    /// Reads a type as the server writes it.
    pub(super) fn parse(text: &str) -> Self {
        let mut rest = text.trim();
        let mut array = false;
        while let Some(element) = rest.strip_suffix("[]") {
            array = true;
            rest = element;
        }
        let (first, after) = part(rest);
        let (schema, name, after) = match after.strip_prefix('.') {
            Some(second) => {
                let (name, after) = part(second);
                (Some(first), name, after)
            }
            None => (None, first, after),
        };
        // `timestamp(3) with time zone`: the modifier stands inside the name.
        let (modifier, tail) = match after.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((modifier, tail)) => (Some(modifier.to_owned()), tail),
            None => (None, after),
        };
        Self { schema, name: name + tail.trim_end(), modifier, array }
    }

    /// The name without its array and modifier, for looking it up.
    pub(super) fn path(&self) -> Option<[&str; 2]> {
        self.schema.as_deref().map(|schema| [schema, &self.name])
    }

    /// As SQL writes it, without the array.
    pub(super) fn element_sql(&self) -> String {
        let modifier = self.modifier.as_ref().map(|modifier| format!("({modifier})")).unwrap_or_default();
        match self.path() {
            Some(path) => format!("{}{modifier}", Path(&path)),
            None => Self { array: false, ..self.clone() }.to_string(),
        }
    }

    /// The short name that PostgreSQL takes as well: `timestamptz`, with schema but without modifier and array.
    pub(super) fn short_name(&self) -> &str {
        match self.schema {
            Some(_) => &self.name,
            None => SHORT.iter().find(|(long, _)| *long == self.name).map_or(self.name.as_str(), |(_, short)| short),
        }
    }
}

/// Short, for people: `timestamptz(3)[]`, `ops.state`.
impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        // Not the `char` that is short for `character`.
        let quote = if self.schema.is_none() && self.name == "char" { "\"" } else { "" };
        write!(f, "{quote}{}{quote}", self.short_name())?;
        if let Some(modifier) = &self.modifier {
            write!(f, "({modifier})")?;
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}

/// The first name of a text, quoted or not, and what follows it.
pub(super) fn part(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let mut name = String::new();
        let mut chars = quoted.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '"' {
                name.push(c);
            } else if chars.next_if(|(_, next)| *next == '"').is_some() {
                name.push('"');
            } else {
                return (name, &quoted[at + 1..]);
            }
        }
        return (name, "");
    }
    let end = text.find(['.', '(']).unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::TypeName;

    #[test]
    fn takes_types_apart() {
        for (text, shown, path) in [
            ("character varying(20)[]", "varchar(20)[]", None),
            ("timestamp(3) with time zone", "timestamptz(3)", None),
            ("numeric(10,2)", "numeric(10,2)", None),
            ("ops.state[]", "ops.state[]", Some(["ops", "state"])),
            ("\"a \"\".b\".\"c.d(\"(4)", "a \".b.c.d((4)", Some(["a \".b", "c.d("])),
            ("public.geometry(Point,4326)", "public.geometry(Point,4326)", Some(["public", "geometry"])),
            ("\"char\"", "\"char\"", None),
            ("interval day to second(3)", "interval day to second(3)", None),
        ] {
            let parsed = TypeName::parse(text);
            assert_eq!((parsed.to_string().as_str(), parsed.path()), (shown, path), "{text}");
        }
    }
}
