//! Finding and splitting in the server's own text, outside of its quotes and parentheses.

/// Splits at commas that stand in no quotes and no parentheses.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = find(rest, ", ") {
        parts.push(&rest[..at]);
        rest = &rest[at + 2..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Finds a text outside of quotes, parentheses and brackets.
pub(super) fn find(text: &str, wanted: &str) -> Option<usize> {
    let mut depth = 0_i32;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            // A doubled quote ends one and begins another.
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if depth == 0 && text[at..].starts_with(wanted) => return Some(at),
            None => match c {
                '\'' | '"' => quote = Some(c),
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => {}
            },
        }
    }
    None
}

/// The keys of an index as its definition has them: the first parenthesis after the method, split.
pub(super) fn index_keys(definition: &str) -> Vec<&str> {
    let Some(open) = definition.find(" (") else { return Vec::new() };
    let list = &definition[open + 2..];
    // Outside of anything nested, the first closing parenthesis ends the list.
    let end = find(list, ")").unwrap_or(list.len());
    split(&list[..end])
}

/// On one line, for comments that end with it.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A quoted text as the server writes one, read back, and what stands after it: `'it''s'::text`.
pub(super) fn literal(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let end = rest.find('\'')?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{index_keys, literal, split};

    #[test]
    fn minds_quotes_and_parentheses() {
        assert_eq!(split("a, \"b, c\" text, f(x, y), 'z, ''w'"), ["a", "\"b, c\" text", "f(x, y)", "'z, ''w'"]);
        assert_eq!(
            index_keys("btree (a DESC NULLS LAST, lower(b), \"c)\") INCLUDE (d)"),
            ["a DESC NULLS LAST", "lower(b)", "\"c)\""]
        );
        assert_eq!(literal("'it''s'::text"), Some(("it's".to_owned(), "::text")));
        assert_eq!(literal("now()"), None);
    }
}
