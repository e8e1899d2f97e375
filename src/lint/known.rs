//! What is known of a database's tables while its migrations are read: from a catalog, and from the statements before.
//!
//! What is not known counts as there: a table that no file made may have rows and users.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::model::Catalog;
use crate::sql::tree::{Action, Column, Constraint, ConstraintKind, Expression, Inner, Name, TableAction, TypeName};

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    tables: BTreeMap<Name, Table>,
    routines: BTreeMap<String, Routine>,
    indexes: BTreeMap<String, Index>,
    /// The schemas in which names without one are looked for; empty stands for `public`.
    search_path: Vec<String>,
    /// What the file at hand made: kind and last part of the name, with that of the table where it has one.
    fresh: BTreeSet<(String, String, String)>,
}

/// A table.
#[derive(Debug, Default, Clone)]
pub(super) struct Table {
    pub(super) columns: BTreeMap<String, KnownColumn>,
    pub(super) checks: BTreeMap<String, Check>,
    /// Made by the file at hand.
    pub(super) fresh: bool,
    pub(super) temporary: bool,
    pub(super) partitioned: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct KnownColumn {
    pub(super) data_type: Option<TypeName>,
    pub(super) not_null: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Check {
    pub(super) valid: bool,
    /// The column that it says is not NULL.
    pub(super) not_null: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Routine {
    pub(super) volatile: bool,
    /// What it runs, where a file made it.
    pub(super) inner: Arc<Vec<Inner>>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Index {
    pub(super) table: Name,
    pub(super) columns: Vec<String>,
    pub(super) fresh: bool,
}

impl Known {
    /// What a catalog says.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut known = Self::default();
        for (id, object) in &catalog.objects {
            let text = |name: &str| object.attrs.get(name).and_then(Value::as_str);
            let list = |name: &str| -> Vec<String> {
                let list = object.attrs.get(name).and_then(Value::as_array).into_iter().flatten();
                list.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            let is = |name: &str| object.attrs.get(name).and_then(Value::as_bool);
            let (Some(last), Some(table)) = (id.path.last(), id.path.get(..2)) else { continue };
            match id.kind.as_ref() {
                "table" => {
                    let table = known.tables.entry(table.to_vec()).or_default();
                    table.partitioned = object.attrs.contains_key("partition_by");
                }
                "column" => {
                    let column = KnownColumn {
                        data_type: text("type").map(TypeName::of),
                        not_null: is("not_null") == Some(true),
                    };
                    known.tables.entry(table.to_vec()).or_default().columns.insert(last.clone(), column);
                }
                "constraint" if text("type") == Some("check") => {
                    let check = Check {
                        valid: is("validated") != Some(false) && is("enforced") != Some(false),
                        not_null: text("expression").and_then(not_null_of),
                    };
                    known.tables.entry(table.to_vec()).or_default().checks.insert(last.clone(), check);
                }
                "index" => {
                    let index = Index { table: table.to_vec(), columns: list("columns"), fresh: false };
                    known.indexes.insert(last.clone(), index);
                }
                "function" | "procedure" => {
                    let volatile = text("volatility").is_none_or(|volatility| volatility == "volatile");
                    let name = id.path.get(1).unwrap_or(last).clone();
                    known.routines.insert(name, Routine { volatile, inner: Arc::default() });
                }
                _ => {}
            }
        }
        known
    }

    /// A table by its name; one without schema is looked for on the search path.
    pub(super) fn table(&self, name: &Name) -> Option<&Table> {
        self.key(name).and_then(|key| self.tables.get(key))
    }

    /// A name with its schema: that of the table that is known by it, or else the first of the search path.
    pub(super) fn full_name(&self, name: &Name) -> Name {
        match (name.as_slice(), self.key(name)) {
            (_, Some(key)) if key.len() > 1 => key.clone(),
            ([only], _) => {
                let schema = self.search_path.iter().find(|schema| !schema.starts_with('$'));
                vec![schema.map_or("public", String::as_str).to_owned(), only.clone()]
            }
            _ => name.clone(),
        }
    }

    fn key(&self, name: &Name) -> Option<&Name> {
        if let Some((key, _)) = self.tables.get_key_value(name) {
            return Some(key);
        }
        let on_path = |schema: &String| match self.search_path.is_empty() {
            true => schema == "public",
            false => self.search_path.contains(schema),
        };
        let same = |key: &&Name| match (key.as_slice(), name.as_slice()) {
            ([schema, one], [other]) | ([one], [schema, other]) => one == other && on_path(schema),
            _ => false,
        };
        self.tables.keys().find(same)
    }

    fn table_mut(&mut self, name: &Name) -> &mut Table {
        let key = self.key(name).unwrap_or(name).clone();
        self.tables.entry(key).or_default()
    }

    pub(super) fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.get(name)
    }

    pub(super) fn routine(&self, name: &Name) -> Option<&Routine> {
        self.routines.get(name.last()?)
    }

    /// Whether the file at hand made an object.
    pub(super) fn is_fresh(&self, kind: &str, name: &Name, on: Option<&Name>) -> bool {
        let Some(last) = name.last() else { return false };
        if kind == "table" || kind == "foreign table" {
            return self.table(name).is_some_and(|table| table.fresh || table.temporary);
        }
        if kind == "index" {
            return self
                .index(last)
                .is_some_and(|index| index.fresh || self.table(&index.table).is_some_and(|t| t.fresh));
        }
        if on.is_some_and(|on| self.table(on).is_some_and(|table| table.fresh)) {
            return true;
        }
        self.fresh.contains(&(kind.to_owned(), last.clone(), on.and_then(|on| on.last()).cloned().unwrap_or_default()))
    }

    /// A new file begins: what is there now was there before it.
    pub(super) fn settle(&mut self) {
        self.fresh.clear();
        self.search_path.clear();
        self.tables.retain(|_, table| !table.temporary);
        self.tables.values_mut().for_each(|table| table.fresh = false);
        self.indexes.values_mut().for_each(|index| index.fresh = false);
    }

    /// Takes in what a statement does.
    pub(super) fn apply(&mut self, action: &Action, inner: &Arc<Vec<Inner>>) {
        match action {
            Action::CreateTable(made) if !made.if_not_exists || self.table(&made.name).is_none() => {
                let parent = made.partition_of.as_ref().and_then(|parent| self.table(parent));
                let mut table = parent.cloned().unwrap_or_default();
                (table.fresh, table.temporary) = (true, made.temporary);
                made.columns.iter().for_each(|column| table.add_column(column));
                made.constraints.iter().for_each(|constraint| table.add_constraint(constraint));
                self.tables.insert(made.name.clone(), table);
            }
            Action::CreateIndex(made) => {
                if let Some(name) = made.name.as_ref().and_then(|name| name.last()) {
                    let index = Index { table: made.table.clone(), columns: made.columns.clone(), fresh: true };
                    self.indexes.insert(name.clone(), index);
                }
            }
            Action::Create(made) => {
                let Some(last) = made.name.last() else { return };
                if matches!(made.kind.as_str(), "function" | "procedure") {
                    let routine = Routine { volatile: made.volatile, inner: Arc::clone(inner) };
                    let replaced = self.routines.insert(last.clone(), routine).is_some();
                    if replaced && made.or_replace {
                        return;
                    }
                }
                let on = made.on.as_ref().and_then(|on| on.last()).cloned().unwrap_or_default();
                if !made.if_not_exists {
                    self.fresh.insert((made.kind.clone(), last.clone(), on));
                }
            }
            Action::Set(set) if set.name == "search_path" => {
                let value = set.value.as_deref().unwrap_or_default();
                let schemas = value.split(',').map(|schema| schema.trim().trim_matches('"').to_owned());
                self.search_path = schemas.filter(|schema| !schema.is_empty()).collect();
            }
            Action::AlterTable(altered) => {
                for (_, action) in &altered.actions {
                    self.alter(&altered.name, action);
                }
            }
            Action::Drop(dropped) => {
                for name in &dropped.names {
                    if dropped.kind == "table"
                        && let Some(key) = self.key(name).cloned()
                    {
                        self.tables.remove(&key);
                    }
                }
            }
            _ => {}
        }
    }

    fn alter(&mut self, name: &Name, action: &TableAction) {
        if let TableAction::RenameTo(to) = action {
            let Some(key) = self.key(name).cloned() else { return };
            if let Some(table) = self.tables.remove(&key) {
                let renamed = key[..key.len() - 1].iter().chain([to]).cloned().collect();
                self.tables.insert(renamed, table);
            }
            return;
        }
        let fresh_constraint = match action {
            TableAction::AddConstraint(Constraint { name: Some(constraint), .. }) => Some(constraint.clone()),
            _ => None,
        };
        if let Some(constraint) = fresh_constraint {
            let table = name.last().cloned().unwrap_or_default();
            self.fresh.insert(("constraint".to_owned(), constraint, table));
        }
        if let TableAction::AddColumn { column, .. } = action {
            let table = name.last().cloned().unwrap_or_default();
            self.fresh.insert(("column".to_owned(), column.name.clone(), table));
        }
        let table = self.table_mut(name);
        match action {
            TableAction::AddColumn { column, .. } => table.add_column(column),
            TableAction::DropColumn { column, .. } => {
                table.columns.remove(column);
            }
            TableAction::AddConstraint(constraint) => table.add_constraint(constraint),
            TableAction::DropConstraint { name, .. } => {
                table.checks.remove(name);
            }
            TableAction::Validate(name) => {
                if let Some(check) = table.checks.get_mut(name) {
                    check.valid = true;
                }
            }
            TableAction::SetType { column, data_type, .. } => {
                table.columns.entry(column.clone()).or_default().data_type = Some(data_type.clone());
            }
            TableAction::Column { column, what } if what == "set not null" || what == "drop not null" => {
                table.columns.entry(column.clone()).or_default().not_null = what == "set not null";
            }
            TableAction::RenameColumn { from, to } => {
                if let Some(column) = table.columns.remove(from) {
                    table.columns.insert(to.clone(), column);
                }
            }
            _ => {}
        }
    }

    /// Whether an expression gives another value for each row, as far as is known.
    pub(super) fn is_volatile(&self, expression: &Expression) -> bool {
        expression.calls.iter().any(|call| {
            let builtin = |name: &String| STABLE.binary_search(&name.as_str()).is_ok();
            match call.as_slice() {
                [schema, name] if schema == "pg_catalog" => !builtin(name),
                [name] if builtin(name) => false,
                _ => self.routine(call).is_none_or(|routine| routine.volatile),
            }
        })
    }
}

impl Table {
    fn add_column(&mut self, column: &Column) {
        let known = KnownColumn { data_type: column.data_type.clone(), not_null: column.not_null };
        self.columns.insert(column.name.clone(), known);
        column.constraints.iter().for_each(|constraint| self.add_constraint(constraint));
    }

    fn add_constraint(&mut self, constraint: &Constraint) {
        match constraint.kind {
            ConstraintKind::Check => {
                let name = constraint.name.clone().unwrap_or_else(|| format!("?{}", self.checks.len()));
                let not_null = constraint.check.as_ref().and_then(|check| not_null_of(&check.text));
                self.checks.insert(name, Check { valid: !constraint.not_valid, not_null });
            }
            ConstraintKind::PrimaryKey | ConstraintKind::NotNull if !constraint.not_valid => {
                for column in &constraint.columns {
                    self.columns.entry(column.clone()).or_default().not_null = true;
                }
            }
            _ => {}
        }
    }

    /// Whether a valid check already says that a column is not NULL.
    pub(super) fn is_known_not_null(&self, column: &str) -> bool {
        self.columns.get(column).is_some_and(|column| column.not_null)
            || self.checks.values().any(|check| check.valid && check.not_null.as_deref() == Some(column))
    }
}

/// The column of a condition `column IS NOT NULL`.
fn not_null_of(condition: &str) -> Option<String> {
    let mut bare = condition.trim();
    while let Some(inner) = bare.strip_prefix('(').and_then(|bare| bare.strip_suffix(')')) {
        bare = inner.trim();
    }
    let words: Vec<_> = bare.split_whitespace().collect();
    match words.as_slice() {
        [column, is, not, null] if [*is, *not, *null].join(" ").eq_ignore_ascii_case("is not null") => {
            crate::base::parse_path(column).ok()?.pop()
        }
        _ => None,
    }
}

/// Functions of PostgreSQL that are used in defaults and give one value for a whole statement, in byte order.
#[rustfmt::skip]
const STABLE: &[&str] = &[
    "abs", "age", "array_append", "array_fill", "array_length", "array_to_string", "btrim", "cardinality", "ceil",
    "ceiling", "chr", "clamp", "coalesce", "concat", "concat_ws", "convert_from", "convert_to", "current_catalog",
    "current_database", "current_date", "current_role", "current_schema", "current_setting", "current_time",
    "current_timestamp", "current_user", "date", "date_bin", "date_part", "date_trunc", "daterange", "decode", "encode",
    "extract", "floor", "format", "greatest", "int4range", "int8range", "isfinite", "json_build_array",
    "json_build_object", "json_object", "jsonb_build_array", "jsonb_build_object", "jsonb_object", "jsonb_set",
    "justify_hours", "least", "left", "length", "localtime", "localtimestamp", "lower", "lpad", "ltrim", "make_date",
    "make_interval", "make_time", "make_timestamp", "make_timestamptz", "md5", "mod", "now", "nullif", "numrange",
    "octet_length", "point", "position", "power", "quote_ident", "quote_literal", "repeat", "replace", "reverse",
    "right", "round", "row_to_json", "rpad", "rtrim", "session_user", "setweight", "sha224", "sha256", "sha384",
    "sha512", "split_part", "statement_timestamp", "string_to_array", "strpos", "substr", "substring", "timezone",
    "to_char", "to_date", "to_hex", "to_json", "to_jsonb", "to_number", "to_timestamp", "to_tsquery", "to_tsvector",
    "transaction_timestamp", "translate", "trim", "trunc", "tsrange", "tstzrange", "upper", "user",
];

#[cfg(test)]
mod tests {
    use super::{STABLE, not_null_of};

    #[test]
    fn conditions_that_say_not_null() {
        assert!(STABLE.is_sorted());
        assert_eq!(not_null_of("(\"A b\" IS NOT NULL)"), None, "names with spaces are left to the scan");
        assert_eq!(not_null_of("((email is  not null))").as_deref(), Some("email"));
        assert_eq!(not_null_of("email is not null or true"), None);
    }
}
