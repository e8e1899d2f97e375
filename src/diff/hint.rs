//! What a person says about a rename.

use super::Rename;
use super::rename::{Renaming, name_at};
use crate::base::{Error, Result, parse_path};
use crate::model::{Catalog, ObjectId};

/// What a person says about a rename: `ops.runs=ops.jobs`, `column:ops.runs.state=status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// As it was given.
    text: String,
    kind: Option<String>,
    pub(super) old: Vec<String>,
    new: Vec<String>,
    /// Whether it may concern something else than what is compared.
    lasting: bool,
}

impl Hint {
    /// Reads `[KIND:]OLD=NEW`: qualified names as SQL writes them; the new one may be a single part.
    ///
    /// # Errors
    ///
    /// An input error for what is no such pair.
    pub fn parse(text: &str) -> Result<Self> {
        let Some((old, new)) = split_outside_quotes(text, '=') else {
            return Err(Error::input(format!("{text:?} is no rename")).with_hint("write it as old=new, with schemas"));
        };
        Self::new(text, old, new, false)
    }

    /// Makes one of an old and a new name, as a configuration has them: it stays there when the rename is long made, so it
    /// holds only where the old name is on the one side and the new one on the other.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse).
    pub fn of(old: &str, new: &str) -> Result<Self> {
        Self::new(&format!("{old}={new}"), old, new, true)
    }

    fn new(text: &str, old: &str, new: &str, lasting: bool) -> Result<Self> {
        let (kind, old) = match split_outside_quotes(old, ':') {
            Some((kind, old)) => (Some(kind.trim().to_ascii_lowercase()), old),
            None => (None, old),
        };
        Ok(Self { text: text.to_owned(), kind, old: names(old)?, new: names(new)?, lasting })
    }

    fn is_of(&self, id: &ObjectId, names: &[String]) -> bool {
        // Arguments may be left out.
        let path = &id.path;
        let same = path == names
            || path.len() == names.len() + 1 && path.starts_with(names) && path[names.len()].starts_with('(');
        same && self.kind.as_ref().is_none_or(|kind| *kind == id.kind)
    }
}

/// Splits at the first such character that is not inside a quoted name.
fn split_outside_quotes(text: &str, at: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let found = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        !quoted && *c == at
    });
    found.map(|(byte, c)| (&text[..byte], &text[byte + c.len_utf8()..]))
}

/// Reads a qualified name with or without arguments.
fn names(text: &str) -> Result<Vec<String>> {
    let text = text.trim();
    let Some((name, arguments)) = split_outside_quotes(text, '(') else { return parse_path(text) };
    let mut path = parse_path(name)?;
    path.push(format!("({arguments}"));
    Ok(path)
}

/// Follows a hint. None where it holds already: both names are as they should be.
pub(super) fn hinted(
    hint: &Hint,
    before: &Catalog,
    now: &Catalog,
    after: &Catalog,
    found: &[Rename],
    renaming: &Renaming<'_>,
) -> Result<Option<Rename>> {
    let wrong = |message: String| Error::input(message).with_note(format!("the hint is {}", hint.text));
    let is_named = |id: &ObjectId| !renaming.nameless.contains(&id.kind.as_str());
    // The person writes the old names of everything; what it is in may have its new one already.
    let old = found.iter().fold(hint.old.clone(), |mut path, rename| {
        let end = rename.from.path.len();
        if path.len() > end && path.starts_with(&rename.from.path) {
            path.splice(..end, rename.to.path.iter().cloned());
        }
        path
    });
    let candidates: Vec<_> = now.objects.keys().filter(|id| is_named(id) && hint.is_of(id, &old)).collect();
    let from = match candidates.as_slice() {
        [from] => *from,
        [] if hint.lasting => return Ok(None),
        [] => {
            let error = wrong(format!("there is nothing named {} to rename", crate::base::Path(&hint.old)));
            return Err(similar(before, &hint.old).into_iter().fold(error, Error::with_note));
        }
        several => {
            let error = wrong(format!("{} objects are named {}", several.len(), crate::base::Path(&hint.old)));
            let error = several.iter().fold(error, |error, id| error.with_note(format!("there is {id}")));
            return Err(error.with_hint("put the kind before it, such as table:, or the arguments after it"));
        }
    };
    let mut to = from.clone();
    let at = now.objects.get(from).map_or(0, |object| name_at(from, object));
    match hint.new.as_slice() {
        [name] => to.path[at] = name.clone(),
        new if new.len() + 1 == to.path.len() => to.path.splice(..new.len(), new.iter().cloned()).for_each(drop),
        new => to.path = new.to_vec(),
    }
    let parent = now.objects.get(from).and_then(|object| object.parent.as_ref());
    let in_schema = parent.is_some_and(|parent| from.path.starts_with(&parent.path) && parent.path.len() == 1);
    let may_differ = |part: usize| part == at || part == 0 && in_schema;
    let parts: Vec<_> = (0..from.path.len()).filter(|part| from.path.get(*part) != to.path.get(*part)).collect();
    if from.path.len() != to.path.len() || !parts.iter().all(|part| may_differ(*part)) {
        return Err(wrong(format!("{from} can't become {to}: a rename changes its own name and schema alone"))
            .with_hint("what it is in is renamed by a hint of its own"));
    }
    if hint.lasting && (after.objects.contains_key(from) || !after.objects.contains_key(&to)) {
        return Ok(None);
    }
    if !after.objects.contains_key(&to) {
        let error = wrong(format!("there is no {to} that {from} could be renamed to"));
        return Err(similar(after, &to.path).into_iter().fold(error, Error::with_note));
    }
    if parts.is_empty() {
        return Ok(None);
    }
    if now.objects.contains_key(&to) || after.objects.contains_key(from) {
        let (id, side) = if now.objects.contains_key(&to) { (&to, "before") } else { (from, "after") };
        return Err(wrong(format!("{from} is not renamed to {to}: {id} is there {side} as well")));
    }
    Ok(Some(Rename { from: from.clone(), to }))
}

/// What else has that last name, for the person who got the rest wrong.
fn similar(catalog: &Catalog, path: &[String]) -> Vec<String> {
    let Some(name) = path.last() else { return Vec::new() };
    catalog.objects.keys().filter(|id| id.path.contains(name)).take(3).map(|id| format!("there is {id}")).collect()
}
