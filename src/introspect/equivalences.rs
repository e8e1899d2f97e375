//! What the server writes in two ways though it means one thing, depending on how an object was made: one of them is
//! the normal form, which every catalog has.
//!
//! A short list of names. Texts are taken apart as far as quotes go and no further.

/// Two ways of writing one thing.
#[derive(Debug)]
pub struct Equivalence {
    /// What it is called.
    pub name: &'static str,
    /// Which two ways, when the server writes which, and which is the normal form.
    pub about: &'static str,
    rewrite: fn(&str) -> String,
}

/// All of them.
pub const EQUIVALENCES: &[Equivalence] = &[Equivalence {
    name: "values in FROM",
    about: "`FROM (VALUES (1)) \"*VALUES*\"`, as the query of a view that is VALUES and nothing else is written once its \
            columns have names; read back, it is a query within a query, written `FROM ( VALUES (1)) \"*VALUES*\"`. \
            The normal form is the first.",
    rewrite: values_in_from,
}];

/// The normal form of a query.
pub(super) fn normal(query: &str) -> String {
    EQUIVALENCES.iter().fold(query.to_owned(), |query, equivalence| (equivalence.rewrite)(&query))
}

fn values_in_from(query: &str) -> String {
    let mut text = String::with_capacity(query.len());
    for (quoted, part) in parts(query) {
        if quoted {
            text.push_str(part);
        } else {
            text.push_str(&part.replace("( VALUES (", "(VALUES ("));
        }
    }
    text
}

/// The parts of a deparsed text in quotes, with them, and those between; no backslash escapes a quote there.
fn parts(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let quote = rest.chars().next().filter(|sign| matches!(sign, '\'' | '"'));
        let end = match quote {
            Some(quote) => rest[1..].find(quote).map_or(rest.len(), |at| at + 2),
            None => rest.find(['\'', '"']).unwrap_or(rest.len()),
        };
        let (part, others) = rest.split_at(end);
        rest = others;
        (!part.is_empty()).then_some((quote.is_some(), part))
    })
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn values_in_from() {
        let text = "SELECT x.a,\n    ' FROM ( VALUES (1' AS \"( VALUES (\"\n   FROM ( VALUES (1), ('it''s ( VALUES (')) x(a)";
        let expected =
            "SELECT x.a,\n    ' FROM ( VALUES (1' AS \"( VALUES (\"\n   FROM (VALUES (1), ('it''s ( VALUES (')) x(a)";
        assert_eq!(normal(text), expected);
        assert_eq!(normal(expected), expected);
    }
}
