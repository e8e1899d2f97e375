//! The arguments and results of functions, read from the server's own text of them.
//!
//! What a name is and what a type is, the text alone does not always say: the types of the inputs are part of the
//! function's identity, and known from there.

use super::entry::Entry;
use super::text::{find, split};
use super::types::{TypeName, part};

/// One argument.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Argument {
    mode: Mode,
    /// None where it has none.
    pub(super) name: Option<String>,
    pub(super) ty: TypeName,
    /// The default, as the server writes it.
    pub(super) default: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    In,
    Out,
    InOut,
    Variadic,
}

/// What a function gives back.
pub(super) enum Returns {
    Table(Vec<(String, TypeName)>),
    Type { ty: TypeName, set: bool },
}

impl Argument {
    pub(super) fn is_input(&self) -> bool {
        self.mode != Mode::Out
    }

    pub(super) fn is_output(&self) -> bool {
        matches!(self.mode, Mode::Out | Mode::InOut)
    }

    pub(super) fn is_variadic(&self) -> bool {
        self.mode == Mode::Variadic
    }
}

/// The arguments of a function or procedure.
pub(super) fn arguments(entry: Entry<'_>) -> Vec<Argument> {
    let identity = entry.name().strip_prefix('(').and_then(|list| list.strip_suffix(')')).unwrap_or_default();
    let mut inputs = split(identity).into_iter();
    let read = |text: &str| {
        let (mode, text) =
            [("INOUT ", Mode::InOut), ("OUT ", Mode::Out), ("VARIADIC ", Mode::Variadic), ("IN ", Mode::In)]
                .iter()
                .find_map(|(word, mode)| text.strip_prefix(word).map(|rest| (*mode, rest)))
                .unwrap_or((Mode::In, text));
        let (text, default) = match find(text, " DEFAULT ") {
            Some(at) => (&text[..at], Some(text[at + " DEFAULT ".len()..].to_owned())),
            None => (text, None),
        };
        let known = if mode == Mode::Out { None } else { inputs.next() };
        let (name, ty) = match known.and_then(|ty| Some((text.strip_suffix(ty)?, ty))) {
            Some(("", ty)) => (None, ty),
            Some((name, ty)) => (Some(part_of_name(name.trim_end())), ty),
            None => {
                let (name, ty) = named_type(text);
                (name, ty)
            }
        };
        Argument { mode, name, ty: TypeName::parse(ty), default }
    };
    split(entry.text("arguments").unwrap_or_default()).into_iter().map(read).collect()
}

/// The result of a function.
pub(super) fn returns(entry: Entry<'_>) -> Returns {
    let text = entry.text("returns").unwrap_or("void");
    if let Some(columns) = text.strip_prefix("TABLE(").and_then(|list| list.strip_suffix(')')) {
        let column = |text| {
            let (name, ty) = named_type(text);
            (name.unwrap_or_default(), TypeName::parse(ty))
        };
        return Returns::Table(split(columns).into_iter().map(column).collect());
    }
    match text.strip_prefix("SETOF ") {
        Some(ty) => Returns::Type { ty: TypeName::parse(ty), set: true },
        None => Returns::Type { ty: TypeName::parse(text), set: false },
    }
}

/// The first words of types of several words; a name may be before them, never between.
const SEVERAL_WORDS: &[&str] = &["double precision", "character varying", "bit varying", "time with", "timestamp with"];

/// An optional name and a type.
fn named_type(text: &str) -> (Option<String>, &str) {
    let starts =
        |words: &&str| text.starts_with(*words) || text.replace(|c: char| c.is_ascii_digit(), "").starts_with(*words);
    if SEVERAL_WORDS.iter().any(starts) {
        return (None, text);
    }
    match find(text, " ") {
        Some(at) => (Some(part_of_name(&text[..at])), &text[at + 1..]),
        None => (None, text),
    }
}

/// A bare or quoted name.
fn part_of_name(text: &str) -> String {
    if text.starts_with('"') { part(text).0 } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Returns, arguments, returns};
    use crate::docs::entry::Entry;
    use crate::model::ObjectId;

    #[test]
    fn reads_what_the_server_writes() {
        let id = ObjectId::new("function", ["s", "f", "(integer, \"a, b\".\"c (\", text[], double precision)"]);
        let attrs = json!({
            "arguments": "a integer DEFAULT 1, \"Arg, \"\"1\" \"a, b\".\"c (\" DEFAULT ('x, y'::text || (1, 2)), \
                          OUT total timestamp with time zone, OUT double precision, VARIADIC \"names\" text[], double precision",
            "returns": "TABLE(\"x y\" integer, z character varying)",
        });
        let attrs = attrs.as_object().unwrap().clone().into();
        let entry = Entry { id: &id, attrs: &attrs };
        let read: Vec<_> = arguments(entry)
            .into_iter()
            .map(|a| format!("{:?} {} {} {:?}", a.mode, a.name.unwrap_or_default(), a.ty, a.default))
            .collect();
        assert_eq!(
            read,
            [
                "In a integer Some(\"1\")",
                "In Arg, \"1 a, b.c ( Some(\"('x, y'::text || (1, 2))\")",
                "Out total timestamptz None",
                "Out  float8 None",
                "Variadic names text[] None",
                "In  float8 None",
            ]
        );
        let Returns::Table(columns) = returns(entry) else { panic!() };
        let shown: Vec<_> = columns.iter().map(|(name, ty)| format!("{name} {ty}")).collect();
        assert_eq!(shown, ["x y integer", "z varchar"]);
    }
}
