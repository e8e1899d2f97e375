//! Objects under another name: recognised where there is no doubt, or told by a hint.
//!
//! A rename is recognised by content: an object that is gone and a new one of the same kind, in the same place, that are
//! equal but for their name, and no other on either side that is. Where two could be meant, none is.

use std::collections::{BTreeMap, BTreeSet};

use super::follow::{add_names, apply_renames, is_same};
use super::names::Names;
use super::order::POSITION;
use crate::base::{Error, Result, parse_path};
use crate::model::{Catalog, Object, ObjectId, Shape, Tree};

/// An object's old and new identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The old one, where what it is in has its new name already.
    pub from: ObjectId,
    /// The new one: the same but for the last part of its own path, the schema that it is in, or both.
    pub to: ObjectId,
}

impl Rename {
    /// Whether it is to another schema.
    #[must_use]
    pub fn is_move(&self) -> bool {
        self.from.path.len() > 1 && self.from.path.first() != self.to.path.first()
    }

    /// Returns the identity that something has after it: the object itself, and what is in it.
    #[must_use]
    pub fn apply(&self, id: &ObjectId) -> ObjectId {
        let mut id = id.clone();
        if id.path.starts_with(&self.from.path) && (id.path.len() > self.from.path.len() || id.kind == self.from.kind) {
            id.path.splice(..self.from.path.len(), self.to.path.iter().cloned());
        }
        id
    }

    /// The way back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone() }
    }
}

/// What a person says about a rename: `ops.runs=ops.jobs`, `column:ops.runs.state=status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// As it was given.
    text: String,
    kind: Option<String>,
    old: Vec<String>,
    new: Vec<String>,
    /// Whether it may concern something else than what is compared.
    lasting: bool,
}

/// What renames are found with.
#[derive(Debug, Clone, Copy)]
pub struct Renaming<'a> {
    /// What the person says.
    pub hints: &'a [Hint],
    /// Every kind's shape.
    pub shapes: &'a [&'static Shape],
    /// The kinds whose objects have no name of their own.
    pub nameless: &'a [&'static str],
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

/// Finds what was renamed, outermost first: what hints say, then what is recognised.
///
/// # Errors
///
/// An input error for a hint whose old name is not in the first catalog or whose new name is not in the second, that fits
/// several objects, or that would move an object elsewhere; with what was found.
pub fn renames(before: &Catalog, after: &Catalog, renaming: &Renaming<'_>) -> Result<Vec<Rename>> {
    let mut found = Vec::new();
    let mut current = None;
    let mut hints: Vec<_> = renaming.hints.iter().collect();
    hints.sort_by_key(|hint| hint.old.len());
    for hint in hints {
        let now = current.as_ref().unwrap_or(before);
        let Some(rename) = hinted(hint, before, now, after, &found, renaming)? else { continue };
        found.push(rename);
        current = Some(apply_renames(before, after, &found, renaming.shapes));
    }
    loop {
        let now = current.as_ref().unwrap_or(before);
        let mut round = recognised(now, after, &found, renaming);
        if round.is_empty() {
            round = moved(now, after, &found, renaming);
        }
        if round.is_empty() {
            return Ok(found);
        }
        found.extend(round);
        // All of them from the beginning: a text may name what was renamed in several rounds.
        current = Some(apply_renames(before, after, &found, renaming.shapes));
    }
}

/// The place in the path at which an object's name stands: where the path of what it is in ends, or parts from it.
pub(super) fn name_at(id: &ObjectId, object: &Object) -> usize {
    let of_parent: &[String] = object.parent.as_ref().map_or(&[], |parent| &parent.path);
    let same = id.path.iter().zip(of_parent).take_while(|(part, of_parent)| part == of_parent).count();
    same.min(id.path.len().saturating_sub(1))
}

/// Follows a hint. None where it holds already: both names are as they should be.
fn hinted(
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

/// What candidates have in common: kind, parent, and what of the path is no name.
type Place<'a> = (&'a str, Option<&'a ObjectId>, Vec<&'a String>);

fn place<'a>(catalog: &'a Catalog, id: &'a ObjectId) -> Place<'a> {
    let object = catalog.objects.get(id);
    let at = object.map_or(0, |object| name_at(id, object));
    let rest = id.path.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, part)| part).collect();
    (id.kind.as_str(), object.and_then(|object| object.parent.as_ref()), rest)
}

/// What tells them apart, content last.
type Key<'a> = (Place<'a>, String);

/// Recognises renames among objects whose surroundings have their new names.
fn recognised(now: &Catalog, after: &Catalog, found: &[Rename], renaming: &Renaming<'_>) -> Vec<Rename> {
    let gone = roots(now, after, renaming);
    let kinds: BTreeSet<_> = gone.iter().map(|id| (id.kind.as_str(), parent(now, id))).collect();
    let mut come = roots(after, now, renaming);
    come.retain(|id| kinds.contains(&(id.kind.as_str(), parent(after, id))));
    if gone.is_empty() || come.is_empty() {
        return Vec::new();
    }
    let kinds: BTreeSet<_> = come.iter().map(|id| (id.kind.as_str(), parent(after, id))).collect();
    let gone: Vec<_> = gone.into_iter().filter(|id| kinds.contains(&(id.kind.as_str(), parent(now, id)))).collect();
    let (old, new) = (Tree::new(now), Tree::new(after));
    let in_place =
        |from: &ObjectId, to: &ObjectId| before_it(&old, now, after, from) == before_it(&new, after, now, to);
    let mut round = Vec::new();
    let (by_old, by_new) = (by_content(&old, now, &gone), by_content(&new, after, &come));
    for (key, ids) in &by_old {
        if let ([from], Some([to])) = (ids.as_slice(), by_new.get(key).map(Vec::as_slice))
            && in_place(from, to)
        {
            round.push(Rename { from: (*from).clone(), to: (*to).clone() });
        }
    }
    if !round.is_empty() {
        return without_followers(round, now, found);
    }
    // What names itself, or something that was renamed, is compared one by one: a word in a text may be another thing's name.
    let names = names_of(found, &new);
    let mut groups: BTreeMap<Place<'_>, [Vec<&ObjectId>; 2]> = BTreeMap::new();
    for (side, catalog, ids) in [(0, now, &gone), (1, after, &come)] {
        for id in ids {
            groups.entry(place(catalog, id)).or_default()[side].push(id);
        }
    }
    for [gone, come] in groups.values().filter(|[gone, come]| gone.len() * come.len() <= PATIENCE) {
        let same = |from: &ObjectId, to: &ObjectId| {
            let rename = Rename { from: from.clone(), to: to.clone() };
            let mut names = names.clone();
            names.add(&from.path, &to.path);
            is_same(&rename, &old, &new, &names, renaming.shapes)
        };
        let pairs: Vec<_> = gone
            .iter()
            .flat_map(|from| come.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| same(from, to))
            .collect();
        for (from, to) in &pairs {
            let once = pairs.iter().filter(|(old, new)| old == from || new == to).count() == 1;
            if once && in_place(from, to) {
                round.push(Rename { from: (*from).clone(), to: (*to).clone() });
            }
        }
    }
    without_followers(round, now, found)
}

/// Recognises what is in another schema, under its name and as it was: all at once, since what moved may name what moved too.
fn moved(now: &Catalog, after: &Catalog, found: &[Rename], renaming: &Renaming<'_>) -> Vec<Rename> {
    let (gone, come) = (outside(now, after, renaming), outside(after, now, renaming));
    let mut candidates: Vec<Rename> = Vec::new();
    for (key, ids) in &gone {
        if let ([from], Some([to])) = (ids.as_slice(), come.get(key).map(Vec::as_slice)) {
            candidates.push(Rename { from: (*from).clone(), to: (*to).clone() });
        }
    }
    if candidates.is_empty() {
        return candidates;
    }
    let taken: BTreeSet<&[String]> = now.objects.keys().map(|id| id.path.as_slice()).collect();
    candidates.retain(|rename| !taken.contains(rename.to.path.as_slice()));
    let (old, new) = (Tree::new(now), Tree::new(after));
    loop {
        let mut names = names_of(found, &new);
        candidates.iter().for_each(|rename| add_names(&mut names, rename, &old));
        let count = candidates.len();
        candidates.retain(|rename| is_same(rename, &old, &new, &names, renaming.shapes));
        if candidates.len() == count {
            return candidates;
        }
    }
}

/// What is directly in a schema of one catalog and not in the other one, by kind and path below the schema; but for what
/// moves with what owns it.
fn outside<'a>(
    catalog: &'a Catalog,
    other: &Catalog,
    renaming: &Renaming<'_>,
) -> BTreeMap<(&'a str, &'a [String]), Vec<&'a ObjectId>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, object) in &catalog.objects {
        let in_schema = |schema: &ObjectId| schema.path.len() == 1 && id.path.len() > 1 && id.path[0] == schema.path[0];
        if object.parent.as_ref().is_some_and(in_schema)
            && !other.objects.contains_key(id)
            && object.owned_by().is_none()
            && !renaming.nameless.contains(&id.kind.as_str())
        {
            found.entry((id.kind.as_str(), &id.path[1..])).or_default().push(id);
        }
    }
    found
}

/// What renames that were made are called; `tree` is of a catalog after them.
fn names_of(renames: &[Rename], tree: &Tree<'_>) -> Names {
    let mut back = Names::default();
    renames.iter().for_each(|rename| add_names(&mut back, &rename.reversed(), tree));
    back.reversed()
}

/// Leaves out what is a parent's, such as a child table's column, where the parent's keeps its name or is no rename: it has
/// no name of its own.
fn without_followers(round: Vec<Rename>, now: &Catalog, found: &[Rename]) -> Vec<Rename> {
    let names = |rename: &Rename| {
        let last = |id: &ObjectId| id.path.last().cloned();
        (rename.from.kind.clone(), last(&rename.from), last(&rename.to))
    };
    let is_own = |rename: &&Rename| !is_inherited(now, &rename.from);
    let own: BTreeSet<_> = round.iter().filter(is_own).chain(found).map(names).collect();
    round.into_iter().filter(|rename| is_own(&rename) || own.contains(&names(rename))).collect()
}

/// Whether an object is there because a table that its own inherits from has one by its name.
fn is_inherited(catalog: &Catalog, id: &ObjectId) -> bool {
    let Some(object) = catalog.objects.get(id).filter(|object| object.attrs.contains_key("inherited")) else {
        return false;
    };
    let table = object.parent.as_ref().and_then(|table| catalog.objects.get(table));
    let parents = table.map(Object::inherits_from).unwrap_or_default();
    parents
        .into_iter()
        .filter_map(|path| Some([path, vec![id.path.last()?.clone()]].concat()))
        .any(|path| catalog.objects.contains_key(&ObjectId::of(id.kind.clone(), path)))
}

/// How many pairs are compared one by one at most.
const PATIENCE: usize = 10_000;

fn parent<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a ObjectId> {
    catalog.objects.get(id)?.parent.as_ref()
}

/// What is only in one catalog, while what it is in is in both.
fn roots<'a>(catalog: &'a Catalog, other: &Catalog, renaming: &Renaming<'_>) -> Vec<&'a ObjectId> {
    let only = catalog.objects.iter().filter(|(id, object)| {
        !other.objects.contains_key(*id)
            && object.parent.as_ref().is_none_or(|parent| other.objects.contains_key(parent))
            && !renaming.nameless.contains(&id.kind.as_str())
    });
    only.map(|(id, _)| id).collect()
}

fn by_content<'a>(tree: &Tree<'_>, catalog: &'a Catalog, ids: &[&'a ObjectId]) -> BTreeMap<Key<'a>, Vec<&'a ObjectId>> {
    let mut found: BTreeMap<Key<'a>, Vec<&ObjectId>> = BTreeMap::new();
    for id in ids {
        let Some(object) = catalog.objects.get(*id) else { continue };
        let key = (place(catalog, id), tree.content_digest(id, name_at(id, object)));
        found.entry(key).or_default().push(id);
    }
    found
}

/// The nearest sibling before an object that is in both catalogs, for what has a place among its siblings.
fn before_it<'a>(tree: &Tree<'a>, catalog: &Catalog, other: &Catalog, id: &ObjectId) -> Option<&'a ObjectId> {
    let place = |id: &ObjectId| catalog.objects.get(id)?.attrs.get(POSITION)?.as_i64();
    let own = place(id)?;
    let siblings = tree.children(parent(catalog, id)?).iter().copied();
    let before = siblings.filter(|sibling| sibling.kind == id.kind && other.objects.contains_key(*sibling));
    before
        .filter_map(|sibling| Some((place(sibling)?, sibling)))
        .filter(|(place, _)| *place < own)
        .max()
        .map(|(_, id)| id)
}
