//! What a table's columns ask of the order: what is in the table beside them waits until they are there, are as they shall be,
//! and are known to hold no NULL.

use super::{Orderer, Part};
use crate::model::{Catalog, ObjectId};

impl<'a> Orderer<'a> {
    /// Constraints, indexes, triggers and policies come after the columns of what they are on.
    pub(super) fn after_columns(&mut self, id: &'a ObjectId, parent: Option<&ObjectId>) {
        let Some(parent) = parent else { return };
        if id.kind == "column" {
            return;
        }
        // A primary key's columns have to be not null before, or the server looks at their rows under its lock.
        let object = self.world.after.objects.get(id);
        let is_key = object.is_some_and(|object| object.attrs.get("type").is_some_and(|name| name == "primary key"));
        for column in self.columns(parent) {
            if self.is_let_go(id, column) {
                self.graph.edge((Part::Rest, id), (Part::There, column));
                continue;
            }
            if !self.work.drops(column) || self.world.made.contains(column) {
                self.graph.edge((Part::There, column), (Part::There, id));
            }
            if is_key && object.is_some_and(|object| object.needs.contains(column)) {
                self.graph.edge((Part::Checked, column), (Part::There, id));
            }
        }
        if is_key && id.kind == "constraint" {
            self.after_not_null(id, parent);
        }
    }

    /// The columns of something that have to do with the work.
    pub(super) fn columns(&self, of: &ObjectId) -> Vec<&'a ObjectId> {
        let from = self.work.actions.range(of..).map(|(id, _)| id);
        from.take_while(|id| id.path.starts_with(&of.path))
            .filter(|id| id.kind == "column" && id.path.len() == of.path.len() + 1)
            .collect()
    }

    /// Whether a primary key changes to one without a column that may be NULL afterwards.
    pub(super) fn is_let_go(&self, key: &ObjectId, column: &ObjectId) -> bool {
        let needs = |catalog: &Catalog| {
            let key =
                catalog.objects.get(key).filter(|key| key.attrs.get("type").is_some_and(|name| name == "primary key"));
            key.map(|key| key.needs.contains(column))
        };
        let not_null =
            |catalog: &Catalog| catalog.objects.get(column).is_some_and(|one| one.attrs.contains_key("not_null"));
        !self.work.drops(key)
            && needs(self.world.before) == Some(true)
            && needs(self.world.after) == Some(false)
            && not_null(self.world.before)
            && !not_null(self.world.after)
    }

    /// Names of NOT NULL (PostgreSQL 18) are objects: they are there before the key that demands it, and go after it.
    pub(super) fn after_not_null(&mut self, key: &'a ObjectId, table: &ObjectId) {
        for catalog in [self.world.before, self.world.after] {
            for (id, object) in catalog.children(table) {
                let is = object.attrs.get("type").is_some_and(|name| name == "not null");
                if let Some(id) = self.key(id).filter(|id| is && *id != key) {
                    self.graph.edge((Part::Rest, id), (Part::There, key));
                    self.graph.edge((Part::Away, key), (Part::Away, id));
                }
            }
        }
    }

    /// A table's rows are known by an index once its columns are NOT NULL, which may take transactions.
    pub(super) fn identifies_rows(&mut self, id: &'a ObjectId) {
        if self.identity_changes(id) {
            let (columns, others): (Vec<_>, Vec<_>) =
                self.world.after.children(id).map(|(child, _)| child).partition(|child| child.kind == "column");
            for column in columns {
                self.graph.edge((Part::Checked, column), (Part::Rest, id));
                for index in others.iter().filter(|child| child.kind == "index") {
                    self.graph.edge((Part::Checked, column), (Part::Rest, index));
                }
            }
        }
    }

    /// Whether it is a table that stands and by which rows are known differently.
    pub(super) fn identity_changes(&self, id: &ObjectId) -> bool {
        let identity =
            |catalog: &'a Catalog| catalog.objects.get(id).and_then(|table| table.attrs.get("replica_identity"));
        let stands = id.kind == "table" && !self.work.drops(id) && !self.world.made.contains(id);
        stands && identity(self.world.before) != identity(self.world.after)
    }
}
