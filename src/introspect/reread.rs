//! What the server writes so that it reads another thing in it, though one that means the same, and the words that give
//! what was written: `BETWEEN` and `IN` at the beginning of a list, an array of `character varying` taken as texts.
//!
//! Rewrites deparsed text; parentheses and quotes are all that it looks at.

use std::ops::Range;

use super::equivalences::parts;

/// Parentheses with what is between them, in order, as places in a text.
#[derive(Debug, Default)]
struct Group {
    start: usize,
    end: usize,
    inner: Vec<Group>,
}

/// The groups of a text outside of quotes; none where they don't match.
fn groups(text: &str) -> Option<Vec<Group>> {
    let mut open = vec![Group::default()];
    let mut at = 0;
    for (quoted, part) in parts(text) {
        for (n, sign) in part.char_indices().filter(|_| !quoted) {
            match sign {
                '(' => open.push(Group { start: at + n, ..Group::default() }),
                ')' => {
                    let mut group = open.pop()?;
                    group.end = at + n;
                    open.last_mut()?.inner.push(group);
                }
                _ => {}
            }
        }
        at += part.len();
    }
    let whole = open.pop().filter(|_| open.is_empty())?;
    Some(whole.inner)
}

impl Group {
    fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start + 1..self.end]
    }

    /// The two groups that it is made of, with one word between them.
    fn pair(&self, text: &str, word: &str) -> Option<(&Self, &Self)> {
        let [first, second] = self.inner.as_slice() else { return None };
        let whole = first.start == self.start + 1 && second.end + 1 == self.end;
        (whole && &text[first.end + 1..second.start] == word).then_some((first, second))
    }

    /// What stands before and behind an operator that is not within parentheses.
    fn sides<'a>(&self, text: &'a str, operator: &str) -> Option<(&'a str, &'a str)> {
        let inner = self.text(text);
        let outside = |at: usize| {
            let at = self.start + 1 + at;
            self.inner.iter().all(|group| at < group.start || at > group.end) && !in_quotes(inner, at - self.start - 1)
        };
        let (at, _) = inner.match_indices(operator).find(|(at, _)| outside(*at))?;
        Some((&inner[..at], &inner[at + operator.len()..]))
    }

    /// `x BETWEEN a AND b`, where it was that.
    fn between(&self, text: &str) -> Option<String> {
        let one = |word, (first, second), between: &str| {
            let (low, high) = self.pair(text, word)?;
            let (left, lower) = low.sides(text, first)?;
            let (right, upper) = high.sides(text, second)?;
            (left == right).then(|| format!("{left} {between} {lower} AND {upper}"))
        };
        one(" AND ", (" >= ", " <= "), "BETWEEN").or_else(|| one(" OR ", (" < ", " > "), "NOT BETWEEN"))
    }

    /// The left side and the values of a list of comparisons that were put together two by two.
    fn members<'a>(&self, text: &'a str, word: &str, operator: &str) -> Option<(&'a str, Vec<&'a str>)> {
        let Some((first, second)) = self.pair(text, word) else {
            let (left, value) = self.sides(text, operator)?;
            return Some((left, vec![value]));
        };
        let (left, mut values) = first.members(text, word, operator)?;
        let (other, value) = second.sides(text, operator)?;
        values.push(value);
        (left == other).then_some((left, values))
    }

    /// `x IN (a, b)`, where it was that.
    fn membership(&self, text: &str) -> Option<String> {
        let one = |word, operator, membership: &str| {
            self.pair(text, word)?;
            let (left, values) = self.members(text, word, operator)?;
            Some(format!("{left} {membership} ({})", values.join(", ")))
        };
        one(" OR ", " = ", "IN").or_else(|| one(" AND ", " <> ", "NOT IN"))
    }
}

fn in_quotes(text: &str, at: usize) -> bool {
    let mut end = 0;
    parts(text).any(|(quoted, part)| {
        let start = end;
        end += part.len();
        quoted && (start..end).contains(&at)
    })
}

/// Writes lists that begin a longer one of the same word as what they were.
pub(super) fn lists(text: &str) -> String {
    let Some(groups) = groups(text) else { return text.to_owned() };
    let mut changes = Vec::new();
    find(text, &groups, &mut changes);
    let mut written = text.to_owned();
    changes.sort_by_key(|(group, _): &(Range<usize>, String)| std::cmp::Reverse(group.start));
    for (group, new) in changes {
        written.replace_range(group, &new);
    }
    written
}

fn find(text: &str, groups: &[Group], changes: &mut Vec<(Range<usize>, String)>) {
    for group in groups {
        let first = group.inner.first().filter(|first| first.start == group.start + 1);
        let word = first.and_then(|first| [" AND ", " OR "].into_iter().find(|w| text[first.end + 1..].starts_with(w)));
        // Three and more of one thing are all of them; fewer are the beginning of a list that goes on.
        let whole = first.zip(word).filter(|(first, word)| first.pair(text, word).is_some());
        let nested = whole.and_then(|(first, _)| {
            let all = group.membership(text).map(|new| (group, new));
            all.or_else(|| first.between(text).or_else(|| first.membership(text)).map(|new| (first, new)))
        });
        match nested {
            Some((one, new)) => {
                changes.push((one.start + 1..one.end, new));
                if one.start != group.start {
                    find(text, &group.inner[1..], changes);
                }
            }
            None => find(text, &group.inner, changes),
        }
    }
}

/// Leaves out that an array of `character varying` is taken as one of texts, or each of its constants is, which the server
/// sees by itself.
pub(super) fn arrays(text: &str) -> String {
    let Some(groups) = groups(text) else { return text.to_owned() };
    let mut gone = Vec::new();
    let mut all: Vec<&Group> = groups.iter().collect();
    while let Some(group) = all.pop() {
        all.extend(&group.inner);
        if text[..group.start].ends_with(" ANY ") || text[..group.start].ends_with(" ALL ") {
            gone.extend(group.whole_cast(text).or_else(|| group.single_casts(text)).unwrap_or_default());
        }
    }
    gone.sort_by_key(|range| std::cmp::Reverse(range.start));
    let mut written = text.to_owned();
    for range in gone {
        written.replace_range(range, "");
    }
    written
}

impl Group {
    /// What is too much in `((ARRAY[…])::text[])`.
    fn whole_cast(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let array = self.inner.first().filter(|array| array.start == self.start + 1)?;
        let is_cast = array.text(text).starts_with("ARRAY[") && &text[array.end + 1..self.end] == "::text[]";
        is_cast.then(|| vec![array.start..array.start + 1, array.end..self.end])
    }

    /// What is too much in `(ARRAY[('a'::character varying)::text, …])`.
    fn single_casts(&self, text: &str) -> Option<Vec<Range<usize>>> {
        const CAST: &str = ")::text";
        let mut rest = self.text(text).strip_prefix("ARRAY[")?.strip_suffix(']')?;
        let mut gone = Vec::new();
        for element in &self.inner {
            let value = element.text(text).strip_suffix("::character varying")?;
            let constant = value.strip_prefix('E').unwrap_or(value);
            if !constant.starts_with('\'') || parts(constant).any(|(quoted, _)| !quoted) {
                return None;
            }
            rest = rest.strip_prefix('(')?.strip_prefix(element.text(text))?.strip_prefix(CAST)?;
            rest = rest.strip_prefix(", ").unwrap_or(rest);
            gone.extend([element.start..element.start + 1, element.end..element.end + CAST.len()]);
        }
        rest.is_empty().then_some(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::{arrays, lists};

    #[test]
    fn lists_are_what_they_were() {
        for (text, expected) in [
            ("(((a >= 1) AND (a <= 5)) AND (b > 0))", "((a BETWEEN 1 AND 5) AND (b > 0))"),
            ("(((a < 1) OR (a > 5)) OR b)", "((a NOT BETWEEN 1 AND 5) OR b)"),
            ("((a >= 1) AND (a <= 5))", "((a >= 1) AND (a <= 5))"),
            ("((a >= 1) AND (a <= 5) AND b)", "((a >= 1) AND (a <= 5) AND b)"),
            ("(b AND ((a >= 1) AND (a <= 5)))", "(b AND ((a >= 1) AND (a <= 5)))"),
            ("(((f(x) >= ') <= (') AND (f(x) <= g(1))) AND b)", "((f(x) BETWEEN ') <= (' AND g(1)) AND b)"),
            ("(((x = a) OR (x = b)) OR (x = c))", "(x IN (a, b, c))"),
            ("((((x <> a) AND (x <> b)) AND (x <> c)) AND d)", "((x NOT IN (a, b, c)) AND d)"),
            ("(((x = a) OR (x = b)) OR (y = c))", "((x IN (a, b)) OR (y = c))"),
            (
                "((((a >= 1) AND (a <= 5)) AND b) OR (((c >= 1) AND (c <= 5)) AND d))",
                "(((a BETWEEN 1 AND 5) AND b) OR ((c BETWEEN 1 AND 5) AND d))",
            ),
        ] {
            assert_eq!(lists(text), expected);
        }
    }

    #[test]
    fn arrays_of_texts() {
        for (text, expected) in [
            (
                "((s)::text = ANY ((ARRAY['a'::character varying, 'b)'::character varying])::text[]))",
                "((s)::text = ANY (ARRAY['a'::character varying, 'b)'::character varying]))",
            ),
            (
                "((s)::text <> ALL (ARRAY[('a'::character varying)::text, (E'b\\\\'')'::character varying)::text]))",
                "((s)::text <> ALL (ARRAY['a'::character varying, E'b\\\\'')'::character varying]))",
            ),
            ("(s = ANY (ARRAY['a'::text]))", "(s = ANY (ARRAY['a'::text]))"),
            ("(s = ANY (ARRAY[(n)::text, 'a'::text]))", "(s = ANY (ARRAY[(n)::text, 'a'::text]))"),
            (
                "(s = ANY (ARRAY[('a'::character varying)::text, 'b'::text]))",
                "(s = ANY (ARRAY[('a'::character varying)::text, 'b'::text]))",
            ),
            ("f(ARRAY[('a'::character varying)::text])", "f(ARRAY[('a'::character varying)::text])"),
            ("f((ARRAY['a'::character varying])::text[])", "f((ARRAY['a'::character varying])::text[])"),
        ] {
            assert_eq!(arrays(text), expected);
        }
    }
}
