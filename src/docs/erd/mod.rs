//! An entity relationship diagram as one self-contained SVG: no script, no font, no link out; light and dark by the
//! reader's own choice.
//!
//! The drawing is a function of the catalog alone, so that two pages of the same schema are the same bytes.

mod draw;
mod layout;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use super::relation::Database;
use crate::model::{Catalog, ObjectId};

/// What is said of an object in a drawing that shows a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// It stays, and is not what it was.
    Changed,
}

/// Draws the tables of a catalog, or these of them, with the foreign keys between them.
///
/// `marks` are for tables, columns, and constraints (a foreign key's line). Without tables to draw, the picture says so.
#[must_use]
pub fn erd_svg(catalog: &Catalog, only: Option<&BTreeSet<ObjectId>>, marks: &BTreeMap<ObjectId, Mark>) -> String {
    let database = Database::of(catalog);
    // A partition that is not asked for by name is drawn by its parent's note alone.
    let tables: Vec<_> = match only {
        None => database.shown_tables(),
        Some(only) => {
            let tables = database.schemas.iter().flat_map(|schema| &schema.tables);
            tables.filter(|table| only.contains(table.entry.id)).collect()
        }
    };
    draw::svg(&database, &tables, marks)
}
