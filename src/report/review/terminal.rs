//! The review for the person at the terminal.

use std::fmt::Write as _;

use super::super::terminal::styled;
use super::super::{Line, Tone, count};
use super::{Attribute, Item, Mark, Review, Sort, by_kind, hunks, in_brief, short, told};
use crate::diff::EffectClass;

/// Returns the review as text with ANSI styles.
pub(in crate::report) fn render(review: &Review) -> String {
    let mut text = String::new();
    let sides = format!("from {} to {}", review.from, review.to);
    let _ = writeln!(text, "{}\n", styled(&Line::new(Tone::Strong, sides)));
    for group in &review.groups {
        let own = group.items.first().filter(|item| item.id == group.id);
        match own {
            Some(item) => write_item(&mut text, item, &item.id.to_string(), ""),
            None => _ = writeln!(text, "{}", styled(&Line::new(Tone::Warn, format!("~ {}", group.id)))),
        }
        for item in group.items.iter().skip(usize::from(own.is_some())) {
            let name = match item.id.to_string() {
                // What says what it is on is said in full.
                name if !name.starts_with(&format!("{} ", item.id.kind)) || name.contains(" on ") => name,
                _ => format!("{} {}", item.id.kind, short(&item.id)),
            };
            write_item(&mut text, item, &name, "  ");
        }
        text.push('\n');
    }
    for (object, sides) in &review.uncovered {
        let side = match sides {
            [true, true] => "both sides",
            [true, false] => &review.from,
            _ => &review.to,
        };
        let tone = if sides[0] == sides[1] { Tone::Dim } else { Tone::Warn };
        let _ = writeln!(
            text,
            "{}",
            styled(&Line::new(tone, format!("not covered: {} {} ({side})", object.kind, object.name)))
        );
    }
    if !review.uncovered.is_empty() {
        text.push('\n');
    }
    let tone = if review.differs() { Tone::Bad } else { Tone::Good };
    let _ = writeln!(text, "{}", styled(&Line::new(tone, review.summary())));
    text
}

fn write_item(text: &mut String, item: &Item, name: &str, indent: &str) {
    let (sign, tone) = match item.sort {
        Sort::Added => ('+', Tone::Good),
        Sort::Removed => ('-', Tone::Bad),
        Sort::Renamed | Sort::Altered => ('~', Tone::Warn),
        Sort::Reordered => ('~', Tone::Dim),
    };
    let _ = write!(text, "{indent}{}", styled(&Line::new(tone, format!("{sign} {name}"))));
    if let Some(from) = &item.from {
        let from = if indent.is_empty() { from.qualified() } else { short(from) };
        let _ = write!(text, ", renamed from {from}");
    }
    let whole = matches!(item.sort, Sort::Added | Sort::Removed);
    if whole {
        let attributes: Vec<_> = told(item).map(|one| in_short(item, one)).collect();
        if !attributes.is_empty() {
            let _ = write!(text, "  {}", styled(&Line::new(Tone::Dim, attributes.join(", "))));
        }
    }
    text.push('\n');
    if !whole {
        let width = item.attributes.iter().filter(|one| !one.long).map(|one| one.name.len()).max().unwrap_or(0);
        for attribute in &item.attributes {
            write_attribute(text, attribute, width, indent);
        }
    }
    for (kind, ids) in by_kind(&item.inside) {
        let names: Vec<_> = ids.iter().take(8).map(|item| in_brief(item)).collect();
        let more = if ids.len() > names.len() { ", …" } else { "" };
        let names = format!("{}{more}", names.join(", "));
        let _ = writeln!(text, "{indent}    with {}: {names}", count(ids.len(), kind));
    }
    for effect in item.effects.iter().filter(|effect| effect.class != EffectClass::Safe) {
        let tone = if effect.class >= EffectClass::Breaking { Tone::Bad } else { Tone::Warn };
        let class = styled(&Line::new(tone, format!("! {}", effect.class)));
        let _ = writeln!(text, "{indent}    {class}: {}", effect.text);
    }
}

/// An attribute of what is new or gone, in a few words.
fn in_short(item: &Item, attribute: &Attribute) -> String {
    let value = if item.sort == Sort::Added { &attribute.new } else { &attribute.old };
    let lines = value.lines().count();
    let is_flag = matches!(attribute.before.as_ref().or(attribute.after.as_ref()), Some(serde_json::Value::Bool(_)));
    match value.as_str() {
        "true" if is_flag => attribute.name.replace('_', " "),
        _ if lines > 1 => format!("{} of {}", attribute.name, count(lines, "line")),
        value if value.chars().count() > 60 => {
            format!("{} {}…", attribute.name, value.chars().take(57).collect::<String>())
        }
        value => format!("{} {value}", attribute.name),
    }
}

fn write_attribute(text: &mut String, attribute: &Attribute, width: usize, indent: &str) {
    if !attribute.long {
        let (old, new) = (Line::new(Tone::Bad, &attribute.old), Line::new(Tone::Good, &attribute.new));
        let name = &attribute.name;
        let _ = writeln!(text, "{indent}    {name:width$}  {} → {}", styled(&old), styled(&new));
        return;
    }
    let _ = writeln!(text, "{indent}    {}", attribute.name);
    for (mark, line) in hunks(Some(&attribute.old), Some(&attribute.new)) {
        let tone = match mark {
            Mark::Same => Tone::Plain,
            Mark::Old => Tone::Bad,
            Mark::New => Tone::Good,
            Mark::Place => Tone::Dim,
        };
        let line = format!("{}{line}", mark.sign());
        if line.trim().is_empty() {
            text.push('\n');
            continue;
        }
        let _ = writeln!(text, "{indent}      {}", styled(&Line::new(tone, line)));
    }
}
