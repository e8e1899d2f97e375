//! JSON for scripts: one object with `format_version`, `command`, the command's data and `findings`.

use serde_json::{Map, Value, json};

use super::{JSON_VERSION, Report};

pub(super) fn render(report: &Report) -> String {
    let mut root = Map::new();
    root.insert("format_version".to_owned(), JSON_VERSION.into());
    root.insert("command".to_owned(), report.command.into());
    root.extend(report.review.as_ref().map(super::review::data).unwrap_or_default());
    root.extend(report.data.clone());
    root.insert("findings".to_owned(), json!(report.findings));
    format!("{:#}\n", Value::Object(root))
}
