//! JSON for scripts: one object with `format_version`, `command`, the command's data and `findings`.

use serde_json::{Map, Value, json};

use super::{JSON_VERSION, Report};

pub(super) fn render(report: &Report) -> String {
    let mut root = Map::new();
    root.insert("format_version".to_owned(), JSON_VERSION.into());
    root.insert("command".to_owned(), report.command.into());
    root.extend(report.review.as_ref().map(super::review::data).unwrap_or_default());
    root.extend(report.data.clone());
    let (allowed, open): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| finding.waiver.is_some());
    root.insert("findings".to_owned(), json!(open));
    // Apart, so that whoever counts findings need not know of waivers.
    if !allowed.is_empty() {
        root.insert("allowed".to_owned(), json!(allowed));
    }
    format!("{:#}\n", Value::Object(root))
}
