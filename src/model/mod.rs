//! The catalog as a value: objects by identity, their canonical text, and which schemas are looked at.
//!
//! Pure: no database, no files. Knows how kinds are shaped ([`Shape`]) but none of them by heart.

mod bound;
mod catalog;
mod content;
mod differing;
mod filter;
mod id;
mod references;
mod referring;
mod shape;
mod snapshot;

pub use bound::attrs_of_renamed;
pub use catalog::{Attrs, Catalog, Object, Uncovered};
pub use content::Tree;
pub use differing::{Ties, read_differing};
pub use filter::SchemaFilter;
pub use id::{Identity, ObjectId};
pub use shape::{Attribute, Compared, Form, Shape};
pub use snapshot::{SNAPSHOT_VERSION, Snapshot, digest, digest_of, read_snapshot, write_snapshot, write_snapshot_to};
