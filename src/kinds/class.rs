//! The system catalogs, by the OIDs that they have had in every version: how the server's dependencies, comments and
//! rights say which object they mean.
//!
//! OIDs end here and in `introspect`; no [`Catalog`](crate::model::Catalog) holds one.

/// A system catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class(pub u32);

impl Class {
    /// For what has no OID of its own, such as a grant.
    pub const NONE: Self = Self(0);
    /// Types of all sorts.
    pub const PG_TYPE: Self = Self(1247);
    /// Functions, procedures, aggregates.
    pub const PG_PROC: Self = Self(1255);
    /// Relations; with a number, their columns.
    pub const PG_CLASS: Self = Self(1259);
    /// Databases.
    pub const PG_DATABASE: Self = Self(1262);
    /// Foreign servers.
    pub const PG_FOREIGN_SERVER: Self = Self(1417);
    /// User mappings.
    pub const PG_USER_MAPPING: Self = Self(1418);
    /// Foreign data wrappers.
    pub const PG_FOREIGN_DATA_WRAPPER: Self = Self(2328);
    /// Access methods.
    pub const PG_AM: Self = Self(2601);
    /// Casts.
    pub const PG_CAST: Self = Self(2605);
    /// Constraints.
    pub const PG_CONSTRAINT: Self = Self(2606);
    /// Conversions between encodings.
    pub const PG_CONVERSION: Self = Self(2607);
    /// Procedural languages.
    pub const PG_LANGUAGE: Self = Self(2612);
    /// Schemas.
    pub const PG_NAMESPACE: Self = Self(2615);
    /// Operator classes.
    pub const PG_OPCLASS: Self = Self(2616);
    /// Operators.
    pub const PG_OPERATOR: Self = Self(2617);
    /// Rules.
    pub const PG_REWRITE: Self = Self(2618);
    /// Triggers.
    pub const PG_TRIGGER: Self = Self(2620);
    /// Operator families.
    pub const PG_OPFAMILY: Self = Self(2753);
    /// Extensions.
    pub const PG_EXTENSION: Self = Self(3079);
    /// Policies.
    pub const PG_POLICY: Self = Self(3256);
    /// Extended statistics.
    pub const PG_STATISTIC_EXT: Self = Self(3381);
    /// Collations.
    pub const PG_COLLATION: Self = Self(3456);
    /// Event triggers.
    pub const PG_EVENT_TRIGGER: Self = Self(3466);
    /// Transforms.
    pub const PG_TRANSFORM: Self = Self(3576);
    /// Text search dictionaries.
    pub const PG_TS_DICT: Self = Self(3600);
    /// Text search parsers.
    pub const PG_TS_PARSER: Self = Self(3601);
    /// Text search configurations.
    pub const PG_TS_CONFIG: Self = Self(3602);
    /// Text search templates.
    pub const PG_TS_TEMPLATE: Self = Self(3764);
    /// Subscriptions.
    pub const PG_SUBSCRIPTION: Self = Self(6100);
    /// Publications.
    pub const PG_PUBLICATION: Self = Self(6104);
    /// Default privileges.
    pub const PG_DEFAULT_ACL: Self = Self(826);
}
