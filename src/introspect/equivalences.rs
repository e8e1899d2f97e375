//! What the server writes in two ways though it means one thing, depending on how an object was made: one of them is
//! the normal form, which every catalog has.
//!
//! A short list of names. Texts are taken apart as far as quotes go and no further.

use super::{reread, single};

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
pub const EQUIVALENCES: &[Equivalence] = &[LISTS, ARRAYS, FLAT, VALUES, JOINS, SINGLE];

const LISTS: Equivalence = Equivalence {
    name: "BETWEEN and IN at the beginning of a list",
    about: "`(((a >= 1) AND (a <= 5)) AND b)`, as `a BETWEEN 1 AND 5 AND b` is written, and `(((x = a) OR (x = b)) OR (x = \
            c))` for `x IN (a, b, c)`; read back, all are one list. The normal form is `((a BETWEEN 1 AND 5) AND b)` and \
            `(x IN (a, b, c))`, which the server reads as what it was.",
    rewrite: reread::lists,
};

const ARRAYS: Equivalence = Equivalence {
    name: "arrays of character varying as texts",
    about: "`ANY ((ARRAY['a'::character varying])::text[])`, as `IN ('a')` is written for a column of such a type; read back, \
            each element is cast, written `ANY (ARRAY[('a'::character varying)::text])`. The normal form is \
            `ANY (ARRAY['a'::character varying])`, which the server reads as the first.",
    rewrite: reread::arrays,
};

const VALUES: Equivalence = Equivalence {
    name: "values in FROM",
    about: "`FROM (VALUES (1)) \"*VALUES*\"`, as the query of a view that is VALUES and nothing else is written once its \
            columns have names; read back, it is a query within a query, written `FROM ( VALUES (1)) \"*VALUES*\"`. \
            The normal form is the first.",
    rewrite: |query| outside_quotes(query, "( VALUES (", "(VALUES ("),
};

const JOINS: Equivalence = Equivalence {
    name: "joins on nothing",
    about: "`LEFT JOIN t ON TRUE`, as `NATURAL LEFT JOIN t` without a common column is written; read back, it is a condition, \
            written `ON (true)`. The normal form is the second.",
    rewrite: |query| outside_quotes(query, " ON TRUE", " ON (true)"),
};

const SINGLE: Equivalence = Equivalence {
    name: "columns of a single relation",
    about: "`SELECT users.id FROM users`, as a view's query is written up to 15, and `SELECT id FROM users`, as it is written \
            since 16. The normal form is the second.",
    rewrite: single::unqualified,
};

const FLAT: Equivalence = Equivalence {
    name: "AND and OR in a row",
    about: "`((a OR b) OR c)`, as `(a, b) IS DISTINCT FROM (c, d) OR e` is written, whose parts the \
            server puts together two by two; read back, all are one list, written `(a OR b OR c)`. The normal form is \
            the second.",
    rewrite: flat,
};

/// The normal form of a query or an expression.
pub(super) fn normal(query: &str) -> String {
    EQUIVALENCES.iter().fold(query.to_owned(), |query, equivalence| (equivalence.rewrite)(&query))
}

/// Writes something in another way wherever it is not in quotes.
fn outside_quotes(query: &str, from: &str, to: &str) -> String {
    parts(query).map(|(quoted, part)| if quoted { part.to_owned() } else { part.replace(from, to) }).collect()
}

/// Takes away the parentheses of a list that begins another one of the same word.
fn flat(text: &str) -> String {
    let mut signs: Vec<(usize, bool)> = Vec::new();
    let mut at = 0;
    for (quoted, part) in parts(text) {
        if !quoted {
            let found = part.char_indices().filter(|(_, sign)| matches!(sign, '(' | ')'));
            signs.extend(found.map(|(n, sign)| (at + n, sign == '(')));
        }
        at += part.len();
    }
    // The places of parentheses that go.
    let mut gone = Vec::new();
    let mut open: Vec<Group> = Vec::new();
    for (at, opens) in signs {
        if opens {
            open.push(Group { start: at, first: None, word: None });
            continue;
        }
        let Some(group) = open.pop() else { return text.to_owned() };
        let word = group.word(text, at);
        if let Some((start, end, inner)) = group.first
            && inner == word
            && word.is_some_and(|word| text[end + 1..].starts_with(word))
        {
            gone.extend([start, end]);
        }
        let Some(around) = open.last_mut() else { continue };
        // Only what a group begins with can be a list that it goes on with.
        if around.first.is_none() && around.start + 1 == group.start {
            around.first = Some((group.start, at, word));
        }
        around.word = around.word.or_else(|| WORDS.iter().copied().find(|word| text[at + 1..].starts_with(word)));
    }
    if gone.is_empty() {
        return text.to_owned();
    }
    text.char_indices().filter(|(at, _)| !gone.contains(at)).map(|(_, sign)| sign).collect()
}

/// What puts conditions together, as the server writes it between two of them.
const WORDS: [&str; 2] = [" AND ", " OR "];

/// What is between parentheses, while they are looked for.
struct Group {
    start: usize,
    /// The group that it begins with, and the word that stands between that one's parts.
    first: Option<(usize, usize, Option<&'static str>)>,
    /// The word behind the first of its groups that has one behind it.
    word: Option<&'static str>,
}

impl Group {
    /// The word between its parts: they are columns and constants too.
    fn word(&self, text: &str, end: usize) -> Option<&'static str> {
        if self.word.is_some() {
            return self.word;
        }
        let mut depth = 0_u32;
        let mut found = None;
        for (quoted, part) in parts(&text[self.start + 1..end]) {
            for (at, sign) in part.char_indices().filter(|_| !quoted) {
                match sign {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    ' ' if depth == 0 && found.is_none() => {
                        found = WORDS.iter().copied().find(|word| part[at..].starts_with(word));
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

/// The parts of a deparsed text in quotes, with them, and those between; no backslash escapes a quote there.
pub(super) fn parts(text: &str) -> impl Iterator<Item = (bool, &str)> {
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
    fn and_and_or_in_a_row() {
        for (text, expected) in [
            ("(((x = a) OR (x = b)) OR (x = c))", "(x IN (a, b, c))"),
            ("((((a OR b) OR c) OR d) AND e)", "((a OR b OR c OR d) AND e)"),
            ("(a OR (b OR c))", "(a OR (b OR c))"),
            ("((a AND b) OR c)", "((a AND b) OR c)"),
            ("((a OR b) OR ((c AND d) AND e))", "(a OR b OR (c AND d AND e))"),
            ("(f(a OR b) OR c)", "(f(a OR b) OR c)"),
            ("((NOT (a OR b)) OR c)", "((NOT (a OR b)) OR c)"),
            ("((a OR ') OR (') OR \"(\")", "(a OR ') OR (' OR \"(\")"),
            ("((a OR b) IS NULL)", "((a OR b) IS NULL)"),
            ("(((a OR b) IS NULL) OR c)", "(((a OR b) IS NULL) OR c)"),
            ("((ü OR b) OR c)", "(ü OR b OR c)"),
        ] {
            assert_eq!(normal(text), expected);
            assert_eq!(normal(expected), expected);
        }
    }

    #[test]
    fn joins() {
        let text = "SELECT ' ON TRUE'\n   FROM (a\n     LEFT JOIN b ON TRUE)";
        let expected = "SELECT ' ON TRUE'\n   FROM (a\n     LEFT JOIN b ON (true))";
        assert_eq!(normal(text), expected);
        assert_eq!(normal(expected), expected);
    }

    #[test]
    fn values_in_from() {
        let text =
            "SELECT x.a,\n    ' FROM ( VALUES (1' AS \"( VALUES (\"\n   FROM ( VALUES (1), ('it''s ( VALUES (')) x(a)";
        let expected =
            "SELECT a,\n    ' FROM ( VALUES (1' AS \"( VALUES (\"\n   FROM (VALUES (1), ('it''s ( VALUES (')) x(a)";
        assert_eq!(normal(text), expected);
        assert_eq!(normal(expected), expected);
    }
}
