//! A stretch of a text file with what it is about under it, as compilers show it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::base::{Excerpt, Finding, Severity};

/// Writes an excerpt; colours are an error's.
pub(super) fn write(text: &mut String, excerpt: &Excerpt) {
    write_as(text, excerpt, Level::ERROR);
}

/// Writes the line that a finding is about, of a file whose text is at hand. Returns whether there is one.
pub(super) fn write_line(text: &mut String, finding: &Finding, file: &str) -> bool {
    let Some(place) = &finding.location else { return false };
    let before = usize::try_from(place.line).map_or(usize::MAX, |line| line.saturating_sub(1));
    let mut start = 0;
    for _ in 0..before {
        match file[start..].find('\n') {
            Some(end) => start += end + 1,
            None => return false,
        }
    }
    let line = file[start..].lines().next().unwrap_or_default();
    let skipped = usize::try_from(place.column).map_or(0, |column| column.saturating_sub(1));
    let at = line.char_indices().nth(skipped).map_or(line.len(), |(byte, _)| byte);
    let end = line.trim_end().len().max(at);
    if line.trim().is_empty() {
        return false;
    }
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let excerpt = Excerpt {
        file: place.file.clone(),
        text: file.to_owned(),
        span: start + at..start + end,
        label: String::new(),
    };
    write_as(text, &excerpt, level);
    true
}

fn write_as(text: &mut String, excerpt: &Excerpt, level: Level<'_>) {
    let mut annotation = AnnotationKind::Primary.span(clamp(excerpt));
    if !excerpt.label.is_empty() {
        annotation = annotation.label(&excerpt.label);
    }
    let snippet = Snippet::source(&excerpt.text).path(&excerpt.file).annotation(annotation);
    let group = Group::with_level(level).element(snippet);
    let rendered = Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group]).to_string();
    text.push_str(rendered.trim_end());
    text.push('\n');
}

/// The span on character boundaries and inside the text: the renderer panics on others.
fn clamp(excerpt: &Excerpt) -> std::ops::Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(excerpt.text.len());
        while !excerpt.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(excerpt.span.start);
    start..boundary(excerpt.span.end).max(start)
}
