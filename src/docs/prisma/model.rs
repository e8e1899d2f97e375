//! A model: a table or view as Prisma writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::field::{Field, FieldType};
use super::index::{self, Keys};
use super::names::{Names, string};
use super::{Scope, comment};
use crate::docs::notes;
use crate::docs::relation::Relation;

/// A table or view with its fields.
pub(super) struct Model<'a, 'd> {
    pub(super) relation: &'d Relation<'a>,
    pub(super) name: String,
    pub(super) fields: Vec<Field<'a, 'd>>,
    pub(super) names: Names,
    pub(super) keys: Keys<'a>,
    /// Whether Prisma leaves it out of its client, because nothing identifies a row.
    pub(super) ignored: bool,
    /// The fields of relations, a line each.
    pub(super) references: Vec<Vec<String>>,
    /// What of relations can't be said.
    pub(super) comments: Vec<String>,
}

impl<'a, 'd> Model<'a, 'd> {
    pub(super) fn of(scope: &Scope<'a, 'd>, relation: &'d Relation<'a>) -> Self {
        let mut names = Names::default();
        let fields = relation.columns.iter().map(|column| Field {
            column,
            name: names.take(column.name, "field"),
            ty: FieldType::of(scope, &column.ty),
        });
        let fields: Vec<_> = fields.collect();
        let mut model = Self {
            relation,
            name: scope.types[relation.entry.id].clone(),
            fields,
            names,
            keys: Keys::default(),
            ignored: false,
            references: Vec::new(),
            comments: Vec::new(),
        };
        model.keys = index::of(&model);
        let identifies = |set: &Vec<&str>| set.iter().all(|name| model.field(name).is_some_and(Field::identifies));
        model.ignored = !model.keys.unique.iter().any(identifies);
        model
    }

    /// The field of a column.
    pub(super) fn field(&self, column: &str) -> Option<&Field<'a, 'd>> {
        self.fields.iter().find(|field| field.column.name == column)
    }

    /// The name of a column's field.
    pub(super) fn field_name(&self, column: &str) -> String {
        self.field(column).map_or_else(|| column.to_owned(), |field| field.name.clone())
    }

    /// Writes it as a `model` or a `view`.
    pub(super) fn write(&self, scope: &Scope<'_, '_>, keyword: &str, text: &mut String) {
        let is_view = keyword == "view";
        text.push('\n');
        comment(text, "", self.relation.entry.comment());
        comment(text, "", notes::nature(self.relation).iter().filter(|note| *note != "view"));
        comment(text, "", notes::checks(self.relation));
        comment(text, "", notes::other_constraints(self.relation));
        comment(text, "", &self.keys.comments);
        comment(text, "", &self.comments);
        comment(text, "", notes::security(self.relation));
        comment(text, "", notes::triggers(self.relation));
        comment(text, "", notes::others(self.relation));
        if self.ignored && !is_view {
            comment(text, "", ["nothing that Prisma knows identifies a row, so its client leaves this out"]);
        }
        let _ = writeln!(text, "{keyword} {} {{", self.name);
        let mut attributes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        if !is_view {
            for (column, attribute) in &self.keys.of_fields {
                attributes.entry(column).or_default().push(attribute.clone());
            }
        }
        let lines: Vec<_> = self
            .fields
            .iter()
            .map(|field| {
                let given = attributes.get(field.column.name).map_or(&[][..], Vec::as_slice);
                (self.field_comments(scope, field), field.name.clone(), field.written(scope, given))
            })
            .chain(self.references.iter().map(|parts| (Vec::new(), parts[0].clone(), parts[1..].to_vec())))
            .collect();
        // Aligned as Prisma's own formatter does.
        let names = lines.iter().map(|(_, name, _)| name.len()).max().unwrap_or_default();
        let types = lines.iter().map(|(.., parts)| parts[0].len()).max().unwrap_or_default();
        for (comments, name, parts) in &lines {
            comment(text, "  ", comments);
            let line = format!("  {name:names$} {:types$} {}", parts[0], parts[1..].join(" "));
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text.push('\n');
        if !is_view {
            for line in &self.keys.of_model {
                let _ = writeln!(text, "  {line}");
            }
        }
        if self.name != self.relation.name() {
            let _ = writeln!(text, "  @@map({})", string(self.relation.name()));
        }
        if self.ignored && !is_view {
            text.push_str("  @@ignore\n");
        }
        let _ = writeln!(text, "  @@schema({})\n}}", string(self.relation.schema()));
    }

    fn field_comments(&self, scope: &Scope<'_, '_>, field: &Field<'_, '_>) -> Vec<String> {
        let mut comments: Vec<_> = field.column.entry.comment().map(str::to_owned).into_iter().collect();
        if let Some(domain) = scope.database.named("domain", &field.column.ty) {
            comments.push(domain.id.to_string());
        }
        comments.extend(notes::column(field.column));
        if field.ty.list && !field.column.not_null && self.relation.entry.kind() == "table" {
            comments.push("may be null".to_owned());
        }
        comments
    }
}
