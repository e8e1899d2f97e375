//! Old and new names of what was renamed, and whether a text is another one but for them.
//!
//! PostgreSQL's own texts name everything that is not its own with its schema, so what moved to another schema is followed
//! by both names, and what has another name in the same place by that name alone.

use serde_json::Value;

use crate::base::Ident;
use crate::sql::{Token, TokenKind, lex};

/// Pairs of an old and a new name, each one part or qualified.
#[derive(Debug, Default, Clone)]
pub(super) struct Names(Vec<(Vec<String>, Vec<String>)>);

impl Names {
    /// Adds the name of what had the path `from` and has the path `to`.
    pub(super) fn add(&mut self, from: &[String], to: &[String]) {
        let Some(at) = from.iter().zip(to).position(|(old, new)| old != new) else { return };
        // What moved before has another name now: it was neither of the two in between.
        let moved = self.0.iter().find(|(_, new)| *new == from).map(|(old, _)| (old.clone(), to.to_vec()));
        if let Some(both) = moved {
            self.0.insert(0, both);
        }
        // The schema alone would be every name in it.
        let parts = if at == 0 && from.len() > 1 { 0..2 } else { at..at + 1 };
        if let (Some(old), Some(new)) = (from.get(parts.clone()), to.get(parts)) {
            self.0.push((old.to_vec(), new.to_vec()));
        }
    }

    /// Adds a name with its schema, which is nothing else's.
    pub(super) fn add_whole(&mut self, from: &[String], to: &[String]) {
        self.0.push((from.to_vec(), to.to_vec()));
    }

    /// Those with a schema.
    pub(super) fn qualified(&self) -> Self {
        Self(self.0.iter().filter(|(old, _)| old.len() > 1).cloned().collect())
    }

    /// The new names as old ones, and the other way round.
    pub(super) fn reversed(self) -> Self {
        Self(self.0.into_iter().map(|(old, new)| (new, old)).collect())
    }

    /// Whether a value is another one but for renamed names.
    pub(super) fn follows(&self, before: &Value, after: &Value) -> bool {
        match (before, after) {
            (Value::String(before), Value::String(after)) => self.text_follows(before, after),
            (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
                before.iter().zip(after).all(|(before, after)| self.follows(before, after))
                    || self.follows_in_order(before, after)
            }
            (Value::Object(before), Value::Object(after)) if before.len() == after.len() => {
                before.iter().all(|(name, value)| after.get(name).is_some_and(|after| self.follows(value, after)))
            }
            _ => before == after,
        }
    }

    /// Whether a list of texts, in which something has another name, is another one in the order of the new names.
    fn follows_in_order(&self, before: &[Value], after: &[Value]) -> bool {
        let texts =
            |items: &'_ [Value]| items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>();
        let (Some(before), Some(mut after)): (Option<Vec<String>>, Option<Vec<String>>) = (texts(before), texts(after))
        else {
            return false;
        };
        let mut renamed: Vec<_> = before.iter().map(|text| self.replaced(text)).collect();
        if renamed == before {
            return false;
        }
        renamed.sort();
        after.sort();
        renamed == after
    }

    /// Whether a text is another one, token by token, but for renamed names.
    fn text_follows(&self, before: &str, after: &str) -> bool {
        // A name alone, as it is: in lists of columns.
        if before == after || self.0.iter().any(|(old, new)| *old == [before] && *new == [after]) {
            return true;
        }
        let (old, new): (Vec<_>, Vec<_>) = (lex(before).collect(), lex(after).collect());
        let (mut old, mut new) = (old.as_slice(), new.as_slice());
        while let ([one, ..], [other, ..]) = (old, new) {
            let same = one.kind == other.kind && one.text == other.text;
            let name = || {
                let mut ends = self.0.iter().filter_map(|(from, to)| Some((length(old, from)?, length(new, to)?)));
                ends.next()
            };
            let (of_old, of_new) = match same {
                true => (1, 1),
                false if self.literal_follows(old, new) => (1, 1),
                false => match name() {
                    Some(lengths) => lengths,
                    None => return false,
                },
            };
            (old, new) = (&old[of_old..], &new[of_new..]);
        }
        old.is_empty() && new.is_empty()
    }

    /// Whether two texts begin with strings that name what was renamed: `'app.runs_id_seq'::regclass` is kept by reference.
    fn literal_follows(&self, old: &[Token<'_>], new: &[Token<'_>]) -> bool {
        let named = |tokens: &[Token<'_>]| match tokens {
            [text, one, two, kind, ..] if one.is_symbol(":") && two.is_symbol(":") && kind.text.starts_with("reg") => {
                Some(text.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
            }
            _ => None,
        };
        named(old).zip(named(new)).is_some_and(|(old, new)| self.text_follows(&old, &new))
    }

    /// A text with the new names in place of the old ones.
    pub(super) fn replaced(&self, text: &str) -> String {
        if let Some((_, new)) = self.0.iter().find(|(old, _)| *old == [text])
            && let [new] = new.as_slice()
        {
            return new.clone();
        }
        let tokens: Vec<_> = lex(text).collect();
        let mut rest = tokens.as_slice();
        let mut replaced = String::with_capacity(text.len());
        let mut from = 0;
        while let [token, ..] = rest {
            let found = self.0.iter().find_map(|(old, new)| Some((length(rest, old)?, new)));
            if let Some((length, new)) = found {
                replaced.push_str(&text[from..token.start]);
                replaced.push_str(&new.iter().map(|part| Ident(part).to_string()).collect::<Vec<_>>().join("."));
                from = rest[length - 1].start + rest[length - 1].text.len();
            }
            rest = &rest[found.map_or(1, |(length, _)| length)..];
        }
        replaced.push_str(&text[from..]);
        replaced
    }
}

/// How many tokens a name is, where a text begins with it.
fn length(tokens: &[Token<'_>], name: &[String]) -> Option<usize> {
    let length = name.len() * 2 - 1;
    let fits = |(n, token): (usize, &Token<'_>)| match n % 2 {
        0 => is_name(token, &name[n / 2]),
        _ => token.is_symbol("."),
    };
    tokens.get(..length)?.iter().enumerate().all(fits).then_some(length)
}

fn is_name(token: &Token<'_>, name: &str) -> bool {
    match token.kind {
        TokenKind::Word => token.text.eq_ignore_ascii_case(name) && name == name.to_ascii_lowercase(),
        TokenKind::Quoted => {
            let bare = token.text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            bare.is_some_and(|bare| bare.replace("\"\"", "\"") == name)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn names(pairs: &[(&[&str], &[&str])]) -> Names {
        let path = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        let mut names = Names::default();
        pairs.iter().for_each(|(old, new)| names.add(&path(old), &path(new)));
        names
    }

    #[test]
    fn what_moved_is_followed_by_both_names() {
        let names = names(&[(&["app", "T"], &["other", "T"]), (&["app", "x_seq"], &["other", "x_seq"])]);
        let follows = |old: &str, new: &str| names.text_follows(old, new);
        assert!(follows("SELECT \"T\".a FROM app.\"T\"", "SELECT \"T\".a FROM other.\"T\""));
        assert!(follows("nextval('app.x_seq'::regclass)", "nextval('other.x_seq'::regclass)"));
        // Another table of that schema, a text, and a name that is only a part of one.
        assert!(!follows("SELECT a FROM app.u", "SELECT a FROM other.u"));
        assert!(!follows("'app.x_seq'::text", "'other.x_seq'::text"));
        assert!(!follows("app.\"T\"", "other.\"T\".b"));
        assert_eq!(names.replaced("(app.\"T\", app.u[])"), "(other.\"T\", app.u[])");
    }

    #[test]
    fn what_moved_may_have_another_name_too() {
        let names = names(&[(&["app", "t"], &["other", "t"]), (&["other", "t"], &["other", "u"])]);
        assert!(names.text_follows("app.t[]", "other.u[]"));
        assert_eq!(names.replaced("(app.t)"), "(other.u)");
    }

    #[test]
    fn another_order_is_a_difference_unless_a_name_stands_elsewhere_for_it() {
        let names = names(&[(&["b"], &["z"])]);
        let follows = |old: &[&str], new: &[&str]| names.follows(&old.into(), &new.into());
        assert!(follows(&["b", "c"], &["c", "z"]));
        assert!(!follows(&["a", "c"], &["c", "a"]));
    }

    #[test]
    fn another_name_in_the_same_place_is_one_part() {
        let names = names(&[(&["app", "t", "old"], &["app", "t", "new"])]);
        assert!(names.text_follows("(old > 0)", "(new > 0)"));
        assert!(!names.text_follows("('old' = x)", "('new' = x)"));
        assert_eq!(names.replaced("old, older"), "new, older");
    }
}
