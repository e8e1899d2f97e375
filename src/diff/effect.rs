//! What making a change does to a running system, as whoever plans it knows: the diff itself can't say.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::model::ObjectId;

/// The sort of effect, least harmful first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EffectClass {
    /// Nobody notices.
    Safe,
    /// Takes a lock that others may wait for.
    Lock,
    /// Reads every row while a lock is held.
    Scan,
    /// Writes the table or index anew.
    Rewrite,
    /// Fails where rows are not as it demands.
    Fails,
    /// Lets somebody do what they could not do before, or the other way round.
    Access,
    /// Breaks programs that read or write it as it was.
    Breaking,
    /// Rows or values are gone.
    #[serde(rename = "data loss")]
    DataLoss,
}

impl EffectClass {
    /// Every class, least harmful first.
    pub const ALL: &[Self] =
        &[Self::Safe, Self::Lock, Self::Scan, Self::Rewrite, Self::Fails, Self::Access, Self::Breaking, Self::DataLoss];
}

impl fmt::Display for EffectClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safe => "safe",
            Self::Lock => "lock",
            Self::Scan => "scan",
            Self::Rewrite => "rewrite",
            Self::Fails => "fails",
            Self::Access => "access",
            Self::Breaking => "breaking",
            Self::DataLoss => "data loss",
        })
    }
}

/// One effect of a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Effect {
    /// The sort.
    pub class: EffectClass,
    /// One sentence in lower case without a full stop: which lock on what, what is lost, who gains what.
    pub text: String,
}

/// The effects of changes, by the object that is changed.
pub type Effects = BTreeMap<ObjectId, Vec<Effect>>;
