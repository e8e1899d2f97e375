//! The lines that differ between two texts.

use similar::{ChangeTag, TextDiff};

/// Which text a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Mark {
    /// Of both.
    Same,
    /// Of the first.
    Old,
    /// Of the second.
    New,
    /// Where a stretch begins: `@@ -1,3 +1,4 @@`.
    Place,
}

impl Mark {
    /// The sign before a line.
    pub(in crate::report) fn sign(self) -> &'static str {
        match self {
            Self::Same => " ",
            Self::Old => "-",
            Self::New => "+",
            Self::Place => "",
        }
    }
}

/// Returns the stretches of lines that differ, with three lines around them; without a first or second text, all lines.
pub(in crate::report) fn hunks(old: Option<&str>, new: Option<&str>) -> Vec<(Mark, String)> {
    let (Some(old), Some(new)) = (old, new) else {
        let mark = if old.is_some() { Mark::Old } else { Mark::New };
        return old.or(new).unwrap_or_default().lines().map(|line| (mark, line.to_owned())).collect();
    };
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    let mut lines = Vec::new();
    let whole = old.lines().count().max(new.lines().count()) <= 8;
    for hunk in unified.context_radius(if whole { 8 } else { 3 }).iter_hunks() {
        if !whole {
            lines.push((Mark::Place, hunk.header().to_string().trim_end().to_owned()));
        }
        for change in hunk.iter_changes() {
            let mark = match change.tag() {
                ChangeTag::Equal => Mark::Same,
                ChangeTag::Delete => Mark::Old,
                ChangeTag::Insert => Mark::New,
            };
            let mut line = change.value().trim_end_matches(['\n', '\r']).to_owned();
            // A blank at the end of a line is a difference that nobody sees.
            if mark != Mark::Same && line.ends_with([' ', '\t']) {
                line.push('¶');
            }
            lines.push((mark, line));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Mark, hunks};

    #[test]
    fn only_what_differs_and_what_is_near() {
        let old: String = (1..=30).map(|n| format!("line {n}\n")).collect();
        let lines = hunks(Some(&old), Some(&old.replace("line 20\n", "line twenty \n")));
        assert_eq!(lines.len(), 9);
        assert_eq!(lines[0], (Mark::Place, "@@ -17,7 +17,7 @@".to_owned()));
        assert_eq!(lines[4..6], [(Mark::Old, "line 20".to_owned()), (Mark::New, "line twenty ¶".to_owned())]);
        assert_eq!(hunks(None, Some("a\nb")).len(), 2);
    }
}
