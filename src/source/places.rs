//! Where objects are made: from an object of a catalog to the file and line of the migration that made it.
//!
//! Found by the statements' text, so what a routine or a dynamic statement makes has no place here. Nothing is refused: a
//! file that can't be read makes nothing.

use std::collections::BTreeMap;

use super::{Direction, Migrations};
use crate::base::{Location, ObjectRef, line_column};
use crate::sql::Script;
use crate::sql::tree::{Action, Inner, Name, Parsed, TableAction, TypeName, inner_statements, parse};

/// The places of what migrations make.
#[derive(Debug, Default)]
pub struct Places {
    /// By kind, name, and name of the relation that it belongs to; the last one counts. With the schema, if it is written.
    made: BTreeMap<Key, (Option<String>, Location)>,
}

type Key = (String, String, String);

impl Places {
    /// Finds what migrations make, in their order.
    #[must_use]
    pub fn of(migrations: &Migrations) -> Self {
        let mut places = Self::default();
        for migration in migrations {
            let Some(file) = migration.file(Direction::Up) else { continue };
            let (text, _) = file.sql();
            let Ok(script) = Script::parse(&file.file, text) else { continue };
            let Ok(statements) = parse(&script, &|_| true) else { continue };
            for statement in &statements {
                places.take(&script, statement);
            }
        }
        places
    }

    /// Where an object was made: its own place, else that of what it belongs to.
    #[must_use]
    pub fn find(&self, object: &ObjectRef) -> Option<&Location> {
        let parent = object.parent.as_deref().map(last_part).unwrap_or_default();
        let own = self.get(&object.kind, &object.name, &parent, object.schema.as_deref());
        own.or_else(|| {
            let kinds =
                ["table", "view", "materialized view", "foreign table", "type", "function", "procedure", "schema"];
            let name = object.parent.as_deref()?;
            kinds.iter().find_map(|kind| self.get(kind, name, "", object.schema.as_deref()))
        })
    }

    fn get(&self, kind: &str, name: &str, parent: &str, schema: Option<&str>) -> Option<&Location> {
        let name = match name.split_once('(') {
            Some((name, arguments)) => signature(&last_part(name), arguments.trim_end_matches(')').split(", ")),
            None => last_part(name),
        };
        let (known, location) = self.made.get(&(kind.to_owned(), name, parent.to_owned()))?;
        let same = known.as_deref().is_none_or(|known| schema.is_none_or(|schema| known == schema));
        same.then_some(location)
    }

    fn take(&mut self, script: &Script<'_>, statement: &Parsed) {
        let at = |offset: usize| {
            let (line, column) = line_column(script.text, offset);
            Location { file: script.file.to_owned(), line, column }
        };
        let start = statement.span.start;
        match &statement.action {
            Action::CreateTable(table) => {
                let kind = if script.text[statement.span.clone()].to_ascii_lowercase().contains("foreign table") {
                    "foreign table"
                } else {
                    "table"
                };
                self.put(kind, &table.name, None, at(start));
                for column in &table.columns {
                    self.put("column", &vec![column.name.clone()], Some(&table.name), at(column.span.start));
                    for name in column.constraints.iter().filter_map(|constraint| constraint.name.clone()) {
                        self.put("constraint", &vec![name], Some(&table.name), at(column.span.start));
                    }
                }
                for name in table.constraints.iter().filter_map(|constraint| constraint.name.clone()) {
                    self.put("constraint", &vec![name], Some(&table.name), at(start));
                }
            }
            Action::CreateIndex(index) => {
                if let Some(name) = &index.name {
                    let last: Vec<_> = name.last().cloned().into_iter().collect();
                    self.put("index", &last, Some(&index.table), at(start));
                }
            }
            Action::Create(made) => {
                let kind = match (made.kind.as_str(), made.form) {
                    ("type", Some(form)) => format!("{form} type"),
                    (kind, _) => kind.to_owned(),
                };
                let mut name = made.name.clone();
                if matches!(kind.as_str(), "function" | "procedure" | "aggregate")
                    && let Some(last) = name.last_mut()
                {
                    *last = signature(last, made.arguments.iter().map(String::as_str));
                }
                self.put(&kind, &name, made.on.as_ref(), at(start));
            }
            Action::AlterTable(table) => {
                for (span, action) in &table.actions {
                    match action {
                        TableAction::AddColumn { column, .. } => {
                            self.put("column", &vec![column.name.clone()], Some(&table.name), at(span.start));
                        }
                        TableAction::AddConstraint(constraint) => {
                            if let Some(name) = &constraint.name {
                                self.put("constraint", &vec![name.clone()], Some(&table.name), at(span.start));
                            }
                        }
                        TableAction::RenameTo(to) => self.rename(&table.name, to),
                        _ => {}
                    }
                }
            }
            Action::Grant(grant) if !grant.revoke => {
                for (object, role) in
                    grant.objects.iter().flat_map(|object| grant.roles.iter().map(move |role| (object, role)))
                {
                    self.put("grant", &vec![role.clone()], Some(object), at(start));
                }
            }
            Action::Do(code) => {
                for inner in inner_statements(script.text, code) {
                    if let Inner::Statement(parsed) = inner {
                        self.take(script, &parsed);
                    }
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, kind: &str, name: &Name, on: Option<&Name>, location: Location) {
        let Some(last) = name.last() else { return };
        let qualified = on.unwrap_or(name);
        let schema = qualified.len().checked_sub(2).and_then(|n| qualified.get(n)).cloned();
        let parent = on.and_then(|on| on.last()).cloned().unwrap_or_default();
        self.made.insert((kind.to_owned(), last.clone(), parent), (schema, location));
    }

    fn rename(&mut self, table: &Name, to: &str) {
        let Some(last) = table.last() else { return };
        let moved: Vec<_> = self
            .made
            .keys()
            .filter(|(kind, name, parent)| parent == last || kind == "table" && name == last)
            .cloned()
            .collect();
        for key in moved {
            let Some(place) = self.made.remove(&key) else { continue };
            let (kind, name, parent) = key;
            let key = if parent == *last { (kind, name, to.to_owned()) } else { (kind, to.to_owned(), parent) };
            self.made.insert(key, place);
        }
    }
}

/// The last part of a name as messages show it, without quotes.
fn last_part(name: &str) -> String {
    crate::base::parse_path(name).ok().and_then(|mut path| path.pop()).unwrap_or_else(|| name.to_owned())
}

/// A routine's name with its argument types under one spelling.
fn signature<'t>(name: &str, arguments: impl Iterator<Item = &'t str>) -> String {
    let types: Vec<_> = arguments.filter(|part| !part.is_empty()).map(|part| TypeName::of(part).to_string()).collect();
    format!("{name}({})", types.join(","))
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::base::ObjectRef;
    use crate::source::Migrations;

    #[test]
    fn objects_of_the_bundle_have_their_places() {
        let places = Places::of(&Migrations::bundle().unwrap());
        let place = |kind: &str, name: &str, parent: Option<&str>| {
            let object = ObjectRef {
                kind: kind.to_owned(),
                schema: Some("ops".to_owned()),
                name: name.to_owned(),
                parent: parent.map(str::to_owned),
            };
            places.find(&object).map(|place| place.file.rsplit('/').next().unwrap_or_default().to_owned())
        };
        let core = Some("V20260213000100__ops_core_schema.sql".to_owned());
        assert_eq!(place("table", "runs", None), core);
        assert_eq!(place("column", "status", Some("runs")), core);
        assert_eq!(place("constraint", "no such", Some("runs")), core, "falls back to the table");
        assert!(place("function", "claim_next_run(text)", None).is_some());
        assert!(place("policy", "members_read", Some("no_such")).is_none());
    }

    #[test]
    fn renamed_tables_keep_theirs() {
        let texts = vec![
            ("V1__a.sql".into(), b"create table s.a (id bigint,\n  x \"E\");\ncreate index i on s.a (id);".to_vec()),
            ("V2__b.sql".into(), b"alter table s.a rename to b;".to_vec()),
        ];
        let places = Places::of(&Migrations::from_texts("", texts).unwrap());
        let column =
            ObjectRef { kind: "column".into(), schema: Some("s".into()), name: "x".into(), parent: Some("b".into()) };
        assert_eq!(places.find(&column).map(|place| (place.line, place.column)), Some((2, 3)));
    }
}
