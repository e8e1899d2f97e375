//! What a plan looks at beside the objects that differ, what is in them and what needs them.

use crate::model::Ties;

/// For [`read_differing`](crate::model::read_differing): with what it reads, [`plan`](super::plan) says what it says with
/// everything.
pub const TIES: Ties<'static> = Ties {
    // They say what an object has from the beginning.
    everywhere: &["default privilege"],
    // One may have been given by another.
    together: &["grant"],
    families: &["partition_by", "partition_of"],
    // What an attribute of a type loses is in the columns of the type.
    wholes: &["composite type"],
    bound: &[("sequence", "owned_by", "column")],
    apart: &["comment", "security_labels"],
    // Labels are added in place.
    growing: &[("enum", "labels")],
};
