//! Printing rows: a table for people, objects for programs.

use serde_json::{Map, Value};

use super::context::Context;
use crate::base::Result;
use crate::report::{Line, Report, Table, count};

/// Prints rows: `columns` of each for people, all of each for programs, under a name.
pub(super) fn print(
    context: &Context,
    command: &'static str,
    name: &str,
    noun: &str,
    rows: Vec<Value>,
    columns: &[&str],
) -> Result<()> {
    let shown = rows.iter().map(|row| columns.iter().map(|column| cell(&row[*column])).collect()).collect();
    let summary = count(rows.len(), noun).into();
    report(context, command, (name, Value::Array(rows)), shown, summary)
}

/// Prints one object: a line a field for people.
pub(super) fn print_one(context: &Context, command: &'static str, name: &str, row: Value, summary: Line) -> Result<()> {
    let fields = row.as_object().into_iter().flatten();
    let shown = fields
        .filter(|(_, value)| !value.is_null() && **value != Value::Array(Vec::new()) && !is_empty_object(value))
        .map(|(field, value)| vec![Line::from(field.as_str()), cell(value)])
        .collect();
    report(context, command, (name, row), shown, summary)
}

fn report(
    context: &Context,
    command: &'static str,
    (name, value): (&str, Value),
    rows: Vec<Vec<Line>>,
    summary: Line,
) -> Result<()> {
    context.output.report(Report {
        command,
        tables: vec![Table { title: String::new(), rows }],
        summary,
        data: [(name.to_owned(), value)].into_iter().collect(),
        ..Report::default()
    })
}

fn is_empty_object(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn cell(value: &Value) -> Line {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => text.replace('\n', " ").into(),
        other => other.to_string().into(),
    }
}
