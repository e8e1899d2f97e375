//! What a Markdown file has for others to lead to, and where it leads itself.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

/// A link or an image, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    pub(super) at: usize,
    /// Whether it is a reference that nothing defines.
    pub(super) undefined: bool,
}

/// What was read of a file.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) links: Vec<Link>,
    /// The names of headings and anchors.
    pub(super) anchors: BTreeSet<String>,
}

/// Reads a file.
pub(super) fn outline(text: &str) -> Outline {
    let mut undefined = Vec::new();
    let mut outline = Outline::default();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut heading: Option<String> = None;
    let mut note = |broken: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        // `[text]` alone is text; `[text][name]` was meant to lead somewhere.
        if matches!(broken.link_type, LinkType::Reference | LinkType::Collapsed) {
            undefined.push(Link { target: broken.reference.to_string(), at: broken.span.start, undefined: true });
        }
        None
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_HEADING_ATTRIBUTES;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(&mut note)).into_offset_iter();
    for (event, span) in parser {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                outline.links.push(Link { target: dest_url.into_string(), at: span.start, undefined: false });
            }
            Event::Start(Tag::Heading { id, .. }) => {
                outline.anchors.extend(id.map(CowStr::into_string));
                heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let turn = seen.entry(slug.clone()).or_insert(0);
                outline.anchors.insert(if *turn == 0 { slug } else { format!("{slug}-{turn}") });
                *turn += 1;
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for name in ["id", "name"] {
                    outline.anchors.extend(attributes(&html, name).map(|(value, _)| value.to_owned()));
                }
                for name in ["href", "src"] {
                    outline.links.extend(attributes(&html, name).map(|(value, at)| Link {
                        target: value.to_owned(),
                        at: span.start + at,
                        undefined: false,
                    }));
                }
            }
            _ => {}
        }
    }
    outline.links.append(&mut undefined);
    outline.links.sort_by_key(|link| link.at);
    outline
}

/// How GitHub and GitLab name a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// The values of an attribute in double quotes, and where they stand.
fn attributes<'h>(html: &'h str, name: &str) -> impl Iterator<Item = (&'h str, usize)> {
    let start = format!(" {name}=\"");
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + html[from..].find(&start)? + start.len();
        let end = at + html[at..].find('"')?;
        from = end;
        Some((&html[at..end], at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_links_and_anchors() {
        let text = "# A `b` & c!\n\n## Twice\n\n## Twice\n\n<a id=\"own\"></a> [x](y.md#z) ![i](i.png) <b.md>\n\
                    [ref] [text][gone] [r][ref]\n\n[ref]: r.md\n\n`[no](no.md)`\n\n<img src=\"p.svg\">\n";
        let outline = outline(text);
        let anchors: Vec<_> = outline.anchors.iter().map(String::as_str).collect();
        assert_eq!(anchors, ["a-b--c", "own", "twice", "twice-1"]);
        let links: Vec<_> = outline.links.iter().map(|link| (link.target.as_str(), link.undefined)).collect();
        let expected = ["y.md#z", "i.png", "r.md", "gone", "r.md", "p.svg"].map(|target| (target, target == "gone"));
        assert_eq!(links, expected);
        assert!(text[outline.links[0].at..].starts_with("[x]"));
    }
}
