//! The kinds of catalog objects: one folder each, one list of them all.
//!
//! A kind is its query (`query.sql`, runs as it stands in psql), its attributes, and the SQL that makes, changes and removes
//! its objects.
//! Help texts, manifests and the coverage page derive from [`ALL`]; nothing else names every kind.

use crate::base::Ident;
use crate::model::{ObjectId, Shape};

mod access_method;
mod aggregate;
mod base_type;
mod beside;
mod cast;
mod class;
mod collation;
mod column;
mod composite_type;
mod constraint;
mod conversion;
mod counting;
mod database;
mod ddl;
mod default_privilege;
mod domain;
mod enum_type;
mod event_trigger;
mod extension;
mod firing;
mod foreign_data_wrapper;
mod foreign_options;
mod foreign_server;
mod foreign_table;
mod function;
mod grant;
mod index;
mod language;
mod lineage;
mod locking;
mod marks;
mod materialized_view;
mod operator;
mod operator_class;
mod operator_family;
mod parameters;
mod policy;
mod procedure;
mod publication;
mod range_type;
mod routine;
mod rule;
mod schema;
mod sequence;
mod settings;
mod shell_type;
mod statistics;
mod step;
mod subscription;
mod support;
mod swap;
mod table;
mod text_search_configuration;
mod text_search_dictionary;
mod text_search_parser;
mod text_search_template;
mod transform;
mod trigger;
mod user_mapping;
mod view;
mod write;

pub use crate::base::Lock;
pub use class::Class;
pub use constraint::becomes_own;
pub use database::in_place;
pub use ddl::{Alteration, Ddl, Release, Site, World, changed_options};
pub use grant::{grantee, settle_grants};
pub use lineage::{inherited_from, is_renamed_with_parents, leaves_parents, parents, stays_with};
pub use locking::Relatives;
pub use step::{Risk, Step, Steps, Transaction};
pub use swap::free_name;

/// One kind of catalog object.
#[derive(Debug)]
pub struct Kind {
    /// Its name and attributes.
    pub shape: &'static Shape,
    /// A row for each user object: no system object and no member of an extension. Runs as it stands in psql under an
    /// empty `search_path`. Columns: `oid` and, for columns, `sub`, by which others refer to it (left out where nothing
    /// does); `parent` and `parent_sub`, the OIDs of what it is in, and `parent_class` where that may be in several
    /// catalogs; `name`, text or, with arguments, text[]; and exactly the attributes of the shape, plain values of type
    /// text, text[], boolean, integer, bigint, real or jsonb, NULL for the default. Comments and security labels are
    /// read for all kinds at once.
    pub query: &'static str,
    /// The catalog that `oid` is of.
    pub class: Class,
    /// The catalog that `parent` is of, unless a column `parent_class` says so.
    pub within: Option<Class>,
    /// How its objects are made, removed and changed.
    pub ddl: Ddl,
}

impl Kind {
    /// Writes what moves an object to the schema and name of `to`.
    pub fn rename(&self, site: &Site, to: &ObjectId, steps: &mut Steps) {
        if let Some(rename) = self.ddl.rename {
            return rename(site, to, steps);
        }
        let mut here = site.id.clone();
        if here.path.len() > 1 && here.path[0] != to.path[0] {
            let step = steps.run(format!("ALTER {} SET SCHEMA {}", (self.ddl.address)(site), Ident(&to.path[0])));
            self.moves_name(site, step);
            here.path[0].clone_from(&to.path[0]);
        }
        if here.name() != to.name() {
            let moved = Site { id: &here, ..*site };
            let step = steps.run(format!("ALTER {} RENAME TO {}", (self.ddl.address)(&moved), Ident(to.name())));
            self.moves_name(site, step);
        }
    }

    /// Says what another name does: programs say the old one, and relations are locked for it.
    fn moves_name(&self, site: &Site, step: &mut Step) {
        const NAMED_BY_PROGRAMS: &[Class] = &[Class::PG_CLASS, Class::PG_PROC, Class::PG_TYPE, Class::PG_NAMESPACE];
        step.risk_if(NAMED_BY_PROGRAMS.contains(&self.class), Risk::Breaks);
        if self.class == Class::PG_CLASS {
            step.lock(Lock::AccessExclusive, site.id);
        }
    }
}

/// Every kind, parents before children.
pub const ALL: &[&Kind] = &[
    &schema::KIND,
    &extension::KIND,
    &language::KIND,
    &access_method::KIND,
    &collation::KIND,
    &shell_type::KIND,
    &enum_type::KIND,
    &base_type::KIND,
    &range_type::KIND,
    &domain::KIND,
    &composite_type::KIND,
    &sequence::KIND,
    &table::KIND,
    &foreign_data_wrapper::KIND,
    &foreign_server::KIND,
    &user_mapping::KIND,
    &foreign_table::KIND,
    &function::KIND,
    &procedure::KIND,
    &aggregate::KIND,
    &cast::KIND,
    &transform::KIND,
    &conversion::KIND,
    &operator::KIND,
    &operator_family::KIND,
    &operator_class::KIND,
    &view::KIND,
    &materialized_view::KIND,
    &text_search_parser::KIND,
    &text_search_template::KIND,
    &text_search_dictionary::KIND,
    &text_search_configuration::KIND,
    &column::KIND,
    &constraint::KIND,
    &index::KIND,
    &rule::KIND,
    &statistics::KIND,
    &trigger::KIND,
    &policy::KIND,
    &publication::KIND,
    &subscription::KIND,
    &database::KIND,
    &grant::KIND,
    &default_privilege::KIND,
    &event_trigger::KIND,
];

/// Finds a kind by its name in PostgreSQL's words.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.shape.name == name).copied()
}

/// Kinds whose objects are told apart by what they are about and not by a name of their own: there is nothing to rename.
pub const NAMELESS: &[&str] = &[
    "cast",
    "database",
    "default privilege",
    "extension",
    "grant",
    "operator",
    "security label",
    "setting",
    "transform",
    "user mapping",
];

/// Kinds of which the server keeps the objects outside of the database that they belong to: a copy of it lacks them.
pub const OUTSIDE: &[&str] = &["database", "subscription"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    #[test]
    fn shapes_are_documented() {
        for kind in ALL {
            let documented: BTreeSet<_> = kind.shape.attributes.iter().map(|a| a.name).collect();
            assert_eq!(documented.len(), kind.shape.attributes.len(), "{} has one twice", kind.shape.name);
            if let Some(shorthand) = kind.shape.shorthand {
                assert!(documented.contains(shorthand), "{}", kind.shape.name);
            }
            for attribute in kind.shape.attributes {
                assert!(attribute.about.ends_with('.'), "{}", attribute.name);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = ALL.iter().flat_map(|kind| [kind.shape.name, kind.shape.plural]).collect();
        assert_eq!(names.len(), ALL.len() * 2);
    }

    #[test]
    fn folders_are_the_list() {
        let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/kinds")).unwrap();
        assert_eq!(folders.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count(), ALL.len());
    }
}
