//! Relations: a foreign key is a field on both of its sides.

use std::collections::BTreeMap;

use super::model::Model;
use super::names::string;
use crate::docs::notes;
use crate::docs::relation::ForeignKey;

/// Adds the fields of all foreign keys to the models on both sides.
pub(super) fn link(models: &mut [Model<'_, '_>]) {
    let places: BTreeMap<_, _> = models.iter().enumerate().map(|(n, model)| (model.relation.entry.id, n)).collect();
    for child in 0..models.len() {
        let relation = models[child].relation;
        for key in &relation.foreign_keys {
            let parent = key.target.and_then(|target| places.get(target)).copied();
            let unusual = !notes::unusual(key).is_empty() || !key.entry.list("on_delete_columns").is_empty();
            let is_said = parent.is_some_and(|parent| can_say(&models[child], &models[parent], key));
            if !is_said || unusual || key.entry.comment().is_some() {
                models[child].comments.push(notes::foreign_key(key));
            }
            if let Some(parent) = parent.filter(|_| is_said) {
                add(models, child, parent, key);
            }
        }
    }
}

/// Whether Prisma takes a foreign key: fields of the same types, referring to what it knows to be unique.
fn can_say(child: &Model<'_, '_>, parent: &Model<'_, '_>, key: &ForeignKey<'_>) -> bool {
    let same_type = |(from, to): (&&str, &&str)| match (child.field(from), parent.field(to)) {
        (Some(from), Some(to)) => from.ty.supported && !from.ty.list && !to.ty.list && from.ty.scalar == to.ty.scalar,
        _ => false,
    };
    !key.entry.flag("period")
        && key.columns.iter().zip(&key.target_columns).all(same_type)
        && parent.keys.unique.iter().any(|set| same_columns(set, &key.target_columns))
}

fn same_columns(one: &[&str], other: &[&str]) -> bool {
    one.len() == other.len() && one.iter().all(|name| other.contains(name))
}

fn add(models: &mut [Model<'_, '_>], child: usize, parent: usize, key: &ForeignKey<'_>) {
    // The name tells apart several relations between the same two models.
    let relation_name = string(&format!("{}_{}", models[child].name, key.entry.name()));
    let (child_name, parent_name) = (models[child].name.clone(), models[parent].name.clone());
    let from = &models[child];
    let wish = match key.columns.as_slice() {
        [one] if one.len() > 3 => one.strip_suffix("_id").map_or_else(|| parent_name.clone(), str::to_owned),
        _ => parent_name.clone(),
    };
    let list = |names: Vec<String>| format!("[{}]", names.join(", "));
    let fields = list(key.columns.iter().map(|name| from.field_name(name)).collect());
    let references = list(key.target_columns.iter().map(|name| models[parent].field_name(name)).collect());
    // Prisma knows one for one by a key of the same columns in the same order.
    let one_to_one = from.keys.unique.contains(&key.columns);
    let usual = format!("{}_{}_fkey", from.relation.name(), key.columns.join("_"));
    let map = if usual == key.entry.name() { String::new() } else { format!(", map: {}", string(key.entry.name())) };
    let optional = if key.optional { "?" } else { "" };
    let from_ignored = |model: &Model<'_, '_>, other: &Model<'_, '_>| other.ignored && !model.ignored;
    let ignore_from = from_ignored(&models[child], &models[parent]);
    let ignore_to = from_ignored(&models[parent], &models[child]);
    let name = models[child].names.take(&wish, "relation");
    let mut line = vec![
        name.clone(),
        format!("{parent_name}{optional}"),
        format!(
            "@relation({relation_name}, fields: {fields}, references: {references}, onDelete: {}, onUpdate: {}{map})",
            action(key, "on_delete"),
            action(key, "on_update")
        ),
    ];
    if ignore_from {
        line.push("@ignore".to_owned());
    }
    models[child].references.push(line);
    // Several keys of one table need names of their own on the other side.
    let siblings = models[child].relation.foreign_keys.iter().filter(|other| other.target == key.target).count();
    let wish = if siblings > 1 || child == parent { format!("{child_name}_{name}") } else { child_name.clone() };
    let back = models[parent].names.take(&wish, "relation");
    let mut line = vec![
        back,
        format!("{child_name}{}", if one_to_one { "?" } else { "[]" }),
        format!("@relation({relation_name})"),
    ];
    if ignore_to {
        line.push("@ignore".to_owned());
    }
    models[parent].references.push(line);
}

fn action(key: &ForeignKey<'_>, attribute: &str) -> &'static str {
    match key.entry.text(attribute) {
        Some("cascade") => "Cascade",
        Some("restrict") => "Restrict",
        Some("set null") => "SetNull",
        Some("set default") => "SetDefault",
        _ => "NoAction",
    }
}
