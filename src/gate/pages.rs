//! The documents that people read: those that must be there are, and their links lead somewhere.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::codes::{BROKEN_ANCHOR, BROKEN_LINK, MISSING_PAGE};
use super::markdown::{Link, Outline, outline};
use crate::base::{Code, Finding, Location, line_column};

/// A Markdown file: its path from the project's directory, and its text.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path, with slashes.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Checks pages. `required` must be there and have text; `exists` says whether a path of the project does, and `shown` how
/// findings name it. `read` gives the text of a page that is not among `pages` but is led to.
#[must_use]
pub fn check_pages(
    required: &[String],
    pages: &[Page],
    exists: impl Fn(&str) -> bool,
    read: impl Fn(&str) -> Option<String>,
    shown: impl Fn(&str) -> String,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for path in required {
        let text = pages.iter().find(|page| page.path == *path).map(|page| page.text.clone()).or_else(|| read(path));
        let missing = match text {
            Some(text) if text.trim().is_empty() => "has no text",
            Some(_) => continue,
            None => "is missing",
        };
        let place = Location { file: shown(path), line: 1, column: 1 };
        found.push(Finding {
            location: Some(place),
            ..Finding::new(&MISSING_PAGE, format!("{} {missing}", shown(path)))
        });
    }
    let mut outlines: BTreeMap<String, Outline> =
        pages.iter().map(|page| (page.path.clone(), outline(&page.text))).collect();
    for page in pages {
        let links = outlines.get(&page.path).map(|outline| outline.links.clone()).unwrap_or_default();
        for link in links {
            let broken = |code: &'static Code, message: String| {
                let (line, column) = line_column(&page.text, link.at);
                Finding {
                    location: Some(Location { file: shown(&page.path), line, column }),
                    ..Finding::new(code, message)
                }
            };
            if link.undefined {
                found.push(broken(&BROKEN_LINK, format!("the reference {:?} is not defined", link.target)));
                continue;
            }
            let Some((path, anchor)) = inside(page, &link) else { continue };
            let Some(path) = path else {
                found.push(broken(&BROKEN_LINK, format!("the link {:?} leads out of the project", link.target)));
                continue;
            };
            if path != page.path && !path.is_empty() && !exists(&path) {
                found.push(broken(&BROKEN_LINK, format!("the link {:?} leads to no file", link.target)));
                continue;
            }
            let Some(anchor) = anchor.filter(|_| path.ends_with(".md")) else { continue };
            if !outlines.contains_key(&path) {
                outlines.insert(path.clone(), read(&path).map(|text| outline(&text)).unwrap_or_default());
            }
            let known = outlines.get(&path).is_some_and(|outline| outline.anchors.contains(&anchor));
            if !known {
                found.push(broken(&BROKEN_ANCHOR, format!("{} has no heading #{anchor}", shown(&path))));
            }
        }
    }
    found
}

/// Where a link leads in the project: the path, unless that leaves the project, and the anchor. None for other hosts.
fn inside(page: &Page, link: &Link) -> Option<(Option<String>, Option<String>)> {
    let target = link.target.as_str();
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    let absolute = scheme.is_some_and(|scheme| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    if absolute || target.starts_with("//") || target.is_empty() {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(decoded(anchor))));
    let path = decoded(path.split('?').next().unwrap_or_default());
    let anchor = anchor.filter(|anchor| !anchor.is_empty());
    if path.is_empty() {
        return Some((Some(page.path.clone()), anchor));
    }
    let base = match path.strip_prefix('/') {
        Some(_) => PathBuf::new(),
        None => Path::new(&page.path).parent().map(Path::to_owned).unwrap_or_default(),
    };
    let mut parts: Vec<String> = Vec::new();
    for part in base.join(path.trim_start_matches('/')).components() {
        match part {
            Component::ParentDir => match parts.pop() {
                Some(_) => {}
                None => return Some((None, anchor)),
            },
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    Some((Some(parts.join("/")), anchor))
}

/// A part of a URL without its percent signs.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pages: &[(&str, &str)], required: &[&str]) -> Vec<String> {
        let page = |(path, text): &(&str, &str)| Page { path: (*path).to_owned(), text: (*text).to_owned() };
        let pages: Vec<_> = pages.iter().map(page).collect();
        let required: Vec<_> = required.iter().map(|path| (*path).to_owned()).collect();
        let exists = |path: &str| pages.iter().any(|page| page.path == path) || ["src", "docs/a b.md"].contains(&path);
        let read = |path: &str| (path == "docs/a b.md").then(|| "# Here".to_owned());
        let found = check_pages(&required, &pages, exists, read, str::to_owned);
        found.iter().map(|finding| format!("{}: {}", finding.location.as_ref().unwrap(), finding.message)).collect()
    }

    #[test]
    fn links_count_from_their_file() {
        let good = "# Top\n[a](docs/B.md) [b](./docs/../docs/B.md#two-words) [c](#top) [d](https://x/y) [e](mailto:a@b)\n\
                    [f](docs/a%20b.md#here) [g](/src) [h](src#L10) [i](docs/B.md?plain=1)";
        assert_eq!(check(&[("README.md", good), ("docs/B.md", "## Two words\n[up](../README.md#top)")], &[]), [""; 0]);
    }

    #[test]
    fn what_leads_nowhere_is_found() {
        let bad = "# Top\n[a](B.md) [b](docs/B.md#three)\n\n[c](#nowhere) [d](../x.md) [e][gone] ![f](no.png)";
        assert_eq!(
            check(
                &[("README.md", bad), ("docs/B.md", "## Two words"), ("E.md", " \n")],
                &["E.md", "docs/C.md", "README.md"]
            ),
            [
                "E.md:1:1: E.md has no text",
                "docs/C.md:1:1: docs/C.md is missing",
                "README.md:2:1: the link \"B.md\" leads to no file",
                "README.md:2:11: docs/B.md has no heading #three",
                "README.md:4:1: README.md has no heading #nowhere",
                "README.md:4:15: the link \"../x.md\" leads out of the project",
                "README.md:4:28: the reference \"gone\" is not defined",
                "README.md:4:38: the link \"no.png\" leads to no file",
            ]
        );
    }
}
