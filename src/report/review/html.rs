//! The review as one page that needs nothing else: no scripts, no fonts, no network; light or dark as the reader's system.

use std::fmt::Write as _;

use super::{Attribute, Item, Mark, Review, Sort, by_kind, hunks, in_brief, short, told};

const STYLE: &str = include_str!("review.css");

/// Returns the page.
#[must_use]
pub fn render(review: &Review) -> String {
    let (from, to) = (escaped(&review.from), escaped(&review.to));
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{from} to {to}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1><code>{from}</code> <span aria-label=\"to\">→</span> <code>{to}</code></h1>\n\
         <p class=\"summary {}\">{}</p>\n",
        if review.differs() { "differs" } else { "same" },
        escaped(&review.summary())
    );
    if let Some(drawing) = &review.drawing {
        let _ = write!(text, "<section class=\"drawing\">\n{drawing}\n</section>\n");
    }
    if review.groups.len() > 3 {
        text.push_str("<nav aria-label=\"what differs\"><ul>\n");
        for (n, group) in review.groups.iter().enumerate() {
            let class = group.items.first().filter(|item| item.id == group.id).map_or("altered", class);
            let _ =
                writeln!(text, "<li class=\"{class}\"><a href=\"#g{n}\">{}</a></li>", escaped(&group.id.to_string()));
        }
        text.push_str("</ul></nav>\n");
    }
    for (n, group) in review.groups.iter().enumerate() {
        let own = group.items.first().filter(|item| item.id == group.id);
        let _ = writeln!(
            text,
            "<details open class=\"group {}\" id=\"g{n}\"><summary>{}{}</summary>",
            own.map_or("altered", class),
            own.map_or("<span class=\"sign\">~</span>", sign),
            escaped(&group.id.to_string())
        );
        for item in &group.items {
            write_item(&mut text, item, item.id == group.id);
        }
        text.push_str("</details>\n");
    }
    if !review.uncovered.is_empty() {
        text.push_str("<section class=\"uncovered\"><h2>Not covered</h2><ul>\n");
        for (object, sides) in &review.uncovered {
            let side = match sides {
                [true, true] => "both sides",
                [true, false] => &from,
                _ => &to,
            };
            let _ =
                writeln!(text, "<li>{} {} <small>{side}</small></li>", escaped(&object.kind), escaped(&object.name));
        }
        text.push_str("</ul></section>\n");
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

fn class(item: &Item) -> &'static str {
    match item.sort {
        Sort::Added => "added",
        Sort::Removed => "removed",
        Sort::Renamed | Sort::Altered => "altered",
        Sort::Reordered => "reordered",
    }
}

fn sign(item: &Item) -> &'static str {
    match item.sort {
        Sort::Added => "<span class=\"sign\">+</span>",
        Sort::Removed => "<span class=\"sign\">−</span>",
        Sort::Renamed | Sort::Altered => "<span class=\"sign\">~</span>",
        Sort::Reordered => "<span class=\"sign\">↕</span>",
    }
}

fn write_item(text: &mut String, item: &Item, own: bool) {
    let _ = write!(text, "<div class=\"item {}\">", class(item));
    if !own {
        let _ = write!(
            text,
            "<h3>{}{} <code>{}</code></h3>",
            sign(item),
            escaped(&item.id.kind),
            escaped(&short(&item.id))
        );
    }
    if let Some(from) = &item.from {
        let _ = write!(
            text,
            "<p>renamed from <code>{}</code></p>",
            escaped(&if own { from.qualified() } else { short(from) })
        );
    }
    for effect in &item.effects {
        let class = effect.class.to_string().replace(' ', "-");
        let _ = write!(text, "<p class=\"effect {class}\"><b>{}</b> {}</p>", effect.class, escaped(&effect.text));
    }
    let (long, short_ones): (Vec<_>, Vec<_>) = told(item).partition(|attribute| attribute.long);
    if !short_ones.is_empty() {
        text.push_str("<table>\n");
        for attribute in short_ones {
            write_row(text, item, attribute);
        }
        text.push_str("</table>");
    }
    for attribute in long {
        let _ = write!(text, "<h4>{}</h4><pre>", escaped(&attribute.name));
        let (old, new) = (Some(attribute.old.as_str()), Some(attribute.new.as_str()));
        let lines = match item.sort {
            Sort::Added => hunks(None, new),
            Sort::Removed => hunks(old, None),
            _ => hunks(old, new),
        };
        for (mark, line) in lines {
            let class = match mark {
                Mark::Same => "same",
                Mark::Old => "old",
                Mark::New => "new",
                Mark::Place => "place",
            };
            let _ = write!(text, "<span class=\"{class}\">{}{}\n</span>", mark.sign(), escaped(&line));
        }
        text.push_str("</pre>");
    }
    for (kind, ids) in by_kind(&item.inside) {
        let names: Vec<_> = ids.iter().map(|item| format!("<code>{}</code>", escaped(&in_brief(item)))).collect();
        let _ = write!(text, "<p class=\"with\">with {}: {}</p>", super::count(ids.len(), kind), names.join(", "));
    }
    text.push_str("</div>\n");
}

fn write_row(text: &mut String, item: &Item, attribute: &Attribute) {
    let (name, old, new) = (escaped(&attribute.name), escaped(&attribute.old), escaped(&attribute.new));
    let values = match item.sort {
        Sort::Added => format!("<td class=\"new\" colspan=\"2\">{new}</td>"),
        Sort::Removed => format!("<td class=\"old\" colspan=\"2\">{old}</td>"),
        _ => format!("<td class=\"old\">{old}</td><td class=\"new\">{new}</td>"),
    };
    let _ = writeln!(text, "<tr><th scope=\"row\">{name}</th>{values}</tr>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
