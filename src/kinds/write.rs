//! Pieces of statements that several kinds write alike.
//!
//! Knows text only: no kind and no catalog.

/// `HEAD (KEY = value, …)`, without what has no value.
pub(super) fn definition(head: &str, parts: &[(&str, Option<String>)]) -> String {
    let parts = parts.iter().filter_map(|(key, value)| Some(format!("{key} = {}", value.as_ref()?)));
    format!("{head} ({})", parts.collect::<Vec<_>>().join(", "))
}

/// Splits at the commas that are in no quotes and no parentheses: a routine's arguments, options as the server keeps
/// them.
pub(super) fn split_list(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            // Doubled quotes end and begin a quoted part at once.
            (Some(open), _) if sign == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                items.push(text[start..at].trim());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() || !items.is_empty() {
        items.push(last);
    }
    items
}

/// The types of `(integer, text)`.
pub(super) fn arguments(text: &str) -> Vec<&str> {
    split_list(text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::{arguments, definition, split_list};

    #[test]
    fn lists_are_split_outside_quotes() {
        assert_eq!(split_list(r#"a = 'x, ''y', "b, c" = 2"#), [r"a = 'x, ''y'", r#""b, c" = 2"#]);
        assert_eq!(split_list(""), Vec::<&str>::new());
        assert_eq!(arguments(r#"(numeric(10,2), s."a(b")"#), ["numeric(10,2)", r#"s."a(b""#]);
    }

    #[test]
    fn definitions_leave_out_what_is_not_set() {
        assert_eq!(definition("CREATE X", &[("A", Some("1".into())), ("B", None)]), "CREATE X (A = 1)");
    }
}
