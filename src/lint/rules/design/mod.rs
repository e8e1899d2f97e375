//! Types and names that are hard to change later.

pub(super) mod column_assigned_twice;
pub(super) mod enum_created;
pub(super) mod enum_value_order;
pub(super) mod name_pattern;
pub(super) mod name_too_long;
pub(super) mod no_char;
pub(super) mod prefer_bigint;
pub(super) mod prefer_bigint_over_smallint;
pub(super) mod prefer_identity;
pub(super) mod prefer_jsonb;
pub(super) mod prefer_text;
pub(super) mod prefer_timestamptz;
pub(super) mod quoted_name;
pub(super) mod reserved_word;
pub(super) mod unqualified_table;
pub(super) mod wide_index;
