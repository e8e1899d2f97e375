//! `column-order-wastes-space`: Columns of eight bytes after smaller ones of fixed size are padded in every row.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, TypeName};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN034",
        name: "column-order-wastes-space",
        severity: Severity::Info,
        description: "Columns of eight bytes after smaller ones of fixed size are padded in every row. In a new table the\n\
        order is free: wide ones first, then narrow ones, then those of varying size.",
        bad: "create table flags (id bigint, active boolean, at timestamptz, hidden boolean, until timestamptz);",
        good: "create table flags (id bigint, at timestamptz, until timestamptz, active boolean, hidden boolean);",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::CreateTable(table) = site.action else { return };
    let sizes: Vec<_> = table.columns.iter().map(|column| column.data_type.as_ref().and_then(fixed_size)).collect();
    let padded = |sizes: &[Option<(u32, u32)>]| {
        let mut at = 0_u32;
        let mut lost = 0_u32;
        for (size, alignment) in sizes.iter().flatten() {
            let padding = (alignment - at % alignment) % alignment;
            lost += padding;
            at += padding + size;
        }
        lost
    };
    let mut best = sizes.clone();
    best.sort_by_key(|size| std::cmp::Reverse(size.map_or(0, |(_, alignment)| alignment)));
    let lost = padded(&sizes).saturating_sub(padded(&best));
    if lost > 0 {
        found
            .say(
                site.span.clone(),
                format!("the order of {}'s columns loses {lost} bytes in every row", shown(&table.name)),
            )
            .on("table", &table.name)
            .hint("columns of eight bytes first, then of four, of two, of one, then those of varying size");
    }
}

/// Size and alignment of a type of fixed size, as `pg_type` has them.
fn fixed_size(data_type: &TypeName) -> Option<(u32, u32)> {
    const EIGHT: &[&str] = &["bigint", "bigserial", "double precision", "timestamp", "timestamptz", "time", "money"];
    const FOUR: &[&str] = &["integer", "serial", "real", "date"];
    match () {
        () if data_type.is(EIGHT) => Some((8, 8)),
        () if data_type.is(FOUR) => Some((4, 4)),
        () if data_type.is(&["smallint", "smallserial"]) => Some((2, 2)),
        () if data_type.is(&["boolean"]) => Some((1, 1)),
        () if data_type.is(&["uuid"]) => Some((16, 1)),
        () => None,
    }
}
