//! The review as a comment on a pull request.

use std::fmt::Write as _;

use super::super::markdown::{code, escaped, fence};
use super::{Attribute, Item, Review, Sort, by_kind, hunks, in_brief, short, told};
use crate::diff::EffectClass;

/// What a bot looks for to write over its own comment.
const MARKER: &str = "<!-- pgward diff -->";

/// The most that is written: GitHub takes 65,536 characters.
const LIMIT: usize = 60_000;

/// Returns the review as Markdown.
pub(in crate::report) fn render(review: &Review) -> String {
    let mut text =
        format!("{MARKER}\n### Schema: {}\n\nFrom {} to {}.\n", review.summary(), code(&review.from), code(&review.to));
    if review.groups.iter().any(|group| !group.items.is_empty()) {
        text.push_str("\n| | object | what | effect |\n| --- | --- | --- | --- |\n");
        for item in review.items() {
            let _ = writeln!(
                text,
                "| {} | {} {} | {} | {} |",
                sign(item),
                item.id.kind,
                in_table(&code(&name(item))),
                in_table(&what(item)),
                in_table(&effects(item))
            );
        }
    }
    let mut left = 0;
    for group in &review.groups {
        let mut details = String::new();
        for item in &group.items {
            write_item(&mut details, item);
        }
        if details.is_empty() {
            continue;
        }
        // With the table alone over the limit there is nothing better to leave out.
        if text.len() + details.len() > LIMIT {
            left += 1;
            continue;
        }
        let _ =
            write!(text, "\n<details><summary>{}</summary>\n\n{details}</details>\n", escaped(&group.id.to_string()));
    }
    if left > 0 {
        let _ = write!(text, "\nThe details of {left} more are left out: a comment has room for so much.\n");
    }
    if !review.uncovered.is_empty() {
        text.push_str("\nNot covered, so not compared in detail:\n\n");
        for (object, sides) in &review.uncovered {
            let side = match sides {
                [true, true] => "on both sides".to_owned(),
                [true, false] => format!("only in {}", code(&review.from)),
                _ => format!("only in {}", code(&review.to)),
            };
            let _ = writeln!(text, "- {} {}, {side}", object.kind, code(&object.name));
        }
    }
    text
}

fn sign(item: &Item) -> &'static str {
    match item.sort {
        Sort::Added => "➕",
        Sort::Removed => "➖",
        Sort::Renamed => "🔤",
        Sort::Altered => "✏️",
        Sort::Reordered => "↕️",
    }
}

fn name(item: &Item) -> String {
    let said = item.id.to_string();
    said.strip_prefix(&format!("{} ", item.id.kind)).unwrap_or(&said).to_owned()
}

/// What became of it, in a few words.
fn what(item: &Item) -> String {
    let attributes = || told(item).map(|one| escaped(&one.name)).collect::<Vec<_>>().join(", ");
    let inside = || {
        let kinds = by_kind(&item.inside).into_iter().map(|(kind, ids)| super::count(ids.len(), kind));
        kinds.collect::<Vec<_>>().join(", ")
    };
    match item.sort {
        Sort::Added | Sort::Removed => {
            let word = if item.sort == Sort::Added { "added" } else { "removed" };
            if item.inside.is_empty() { word.to_owned() } else { format!("{word}, with {}", inside()) }
        }
        Sort::Renamed => {
            let from = item.from.as_ref().map(short).unwrap_or_default();
            let also = if item.attributes.is_empty() { String::new() } else { format!("; {}", attributes()) };
            format!("renamed from {}{also}", code(&from))
        }
        Sort::Altered => attributes(),
        Sort::Reordered => "in another place".to_owned(),
    }
}

fn effects(item: &Item) -> String {
    let told = item.effects.iter().map(|effect| match effect.class {
        EffectClass::Safe => effect.class.to_string(),
        class => format!("**{class}**: {}", escaped(&effect.text)),
    });
    told.collect::<Vec<_>>().join("<br>")
}

/// A cell can't hold what ends it.
fn in_table(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn write_item(text: &mut String, item: &Item) {
    let lines: Vec<_> = told(item).flat_map(|attribute| lines(item, attribute)).collect();
    if lines.is_empty() && item.inside.is_empty() {
        return;
    }
    let _ = writeln!(text, "{} {} {}\n", sign(item), item.id.kind, code(&name(item)));
    for (kind, ids) in by_kind(&item.inside) {
        let names: Vec<_> = ids.iter().map(|item| code(&in_brief(item))).collect();
        let _ = writeln!(text, "{}: {}\n", super::count(ids.len(), kind), names.join(", "));
    }
    if !lines.is_empty() {
        let _ = writeln!(text, "{}", fence("diff", &lines.join("\n")));
    }
}

fn lines(item: &Item, attribute: &Attribute) -> Vec<String> {
    let (old, new) = match item.sort {
        Sort::Added => (None, Some(attribute.new.as_str())),
        Sort::Removed => (Some(attribute.old.as_str()), None),
        _ => (Some(attribute.old.as_str()), Some(attribute.new.as_str())),
    };
    let name = &attribute.name;
    if !attribute.long {
        let side = |sign: char, text: Option<&str>| text.map(|text| format!("{sign} {name}: {text}"));
        return [side('-', old), side('+', new)].into_iter().flatten().collect();
    }
    let head = format!("  {name}:");
    std::iter::once(head)
        .chain(hunks(old, new).into_iter().map(|(mark, line)| format!("{}{line}", mark.sign())))
        .collect()
}
