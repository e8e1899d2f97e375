//! The rules: one file each, one line each in [`RULES`].

use std::ops::Range;

use super::site::{Rule, Site};
use crate::sql::tree::{Action, Column, Constraint, ConstraintKind, Name, TableAction};

mod access;
mod breaking;
mod design;
mod locks;
mod transactions;

#[cfg(test)]
mod tests;

/// Every rule, in the order of its code.
pub static RULES: &[&Rule] = &[
    &locks::index_without_concurrently::RULE,
    &locks::drop_index_without_concurrently::RULE,
    &locks::concurrently_in_transaction::RULE,
    &locks::reindex_without_concurrently::RULE,
    &locks::detach_without_concurrently::RULE,
    &locks::attach_scans_partition::RULE,
    &locks::check_scans_table::RULE,
    &locks::foreign_key_scans_table::RULE,
    &locks::validate_in_same_transaction::RULE,
    &locks::set_not_null_scans_table::RULE,
    &locks::required_column::RULE,
    &locks::volatile_default::RULE,
    &locks::stored_generated_column::RULE,
    &locks::numbered_column::RULE,
    &locks::type_change_rewrites::RULE,
    &locks::unique_without_index::RULE,
    &locks::primary_key_without_index::RULE,
    &locks::key_of_nullable_columns::RULE,
    &locks::exclusion_constraint::RULE,
    &locks::no_lock_timeout::RULE,
    &locks::no_statement_timeout::RULE,
    &locks::session_settings_missing::RULE,
    &locks::timeout_misused::RULE,
    &locks::several_tables_locked::RULE,
    &locks::set_logged::RULE,
    &locks::storage_moved::RULE,
    &locks::trigger_on_table_in_use::RULE,
    &locks::table_rewritten::RULE,
    &locks::refresh_without_concurrently::RULE,
    &locks::alter_table_again::RULE,
    &locks::domain_constraint::RULE,
    &locks::column_order_wastes_space::RULE,
    &transactions::transaction_control::RULE,
    &transactions::begin_without_commit::RULE,
    &transactions::not_repeatable::RULE,
    &transactions::dynamic_sql::RULE,
    &transactions::data_with_schema_change::RULE,
    &transactions::update_without_where::RULE,
    &transactions::delete_without_where::RULE,
    &transactions::unquoted_dynamic_sql::RULE,
    &breaking::drop_table::RULE,
    &breaking::drop_column::RULE,
    &breaking::drop_schema::RULE,
    &breaking::drop_database::RULE,
    &breaking::drop_constraint::RULE,
    &breaking::drop_view::RULE,
    &breaking::drop_routine::RULE,
    &breaking::drop_type::RULE,
    &breaking::drop_sequence::RULE,
    &breaking::drop_domain::RULE,
    &breaking::drop_extension::RULE,
    &breaking::drop_default::RULE,
    &breaking::drop_expression::RULE,
    &breaking::drop_index::RULE,
    &breaking::drop_trigger::RULE,
    &breaking::drop_not_null::RULE,
    &breaking::truncate::RULE,
    &breaking::truncate_cascade::RULE,
    &breaking::drop_cascade::RULE,
    &breaking::drop_owned::RULE,
    &breaking::rename_table::RULE,
    &breaking::rename_column::RULE,
    &breaking::rename_object::RULE,
    &breaking::rename_enum_value::RULE,
    &breaking::rename_schema::RULE,
    &breaking::set_schema::RULE,
    &breaking::alter_identity::RULE,
    &breaking::sequence_values::RULE,
    &breaking::set_default::RULE,
    &breaking::replica_identity::RULE,
    &breaking::disable_trigger::RULE,
    &breaking::inheritance_changed::RULE,
    &breaking::publication_changed::RULE,
    &breaking::add_column::RULE,
    &breaking::add_enum_value::RULE,
    &breaking::composite_changed::RULE,
    &breaking::new_restriction::RULE,
    &breaking::object_replaced::RULE,
    &access::policy_created::RULE,
    &access::policy_altered::RULE,
    &access::policy_dropped::RULE,
    &access::row_security_disabled::RULE,
    &access::row_security_enabled::RULE,
    &access::revoke::RULE,
    &access::grant::RULE,
    &access::grant_to_public::RULE,
    &access::owner_changed::RULE,
    &access::role_membership::RULE,
    &access::routine_options::RULE,
    &access::view_options::RULE,
    &access::role_options::RULE,
    &access::database_options::RULE,
    &access::system_options::RULE,
    &access::extension_altered::RULE,
    &access::default_privileges::RULE,
    &access::other_teams_object::RULE,
    &design::prefer_bigint::RULE,
    &design::prefer_bigint_over_smallint::RULE,
    &design::prefer_identity::RULE,
    &design::no_char::RULE,
    &design::prefer_text::RULE,
    &design::prefer_timestamptz::RULE,
    &design::prefer_jsonb::RULE,
    &design::enum_created::RULE,
    &design::enum_value_order::RULE,
    &design::name_too_long::RULE,
    &design::unqualified_table::RULE,
    &design::column_assigned_twice::RULE,
    &design::quoted_name::RULE,
    &design::reserved_word::RULE,
    &design::wide_index::RULE,
    &design::name_pattern::RULE,
];

/// Constraints of a kind that are added to a table that was there before, at a new column or by themselves.
fn added<'a>(site: &Site<'a>, kind: ConstraintKind) -> Vec<(Range<usize>, &'a Name, &'a Constraint)> {
    let mut found = Vec::new();
    for (span, table, action) in site.alterations() {
        let constraints = match action {
            TableAction::AddConstraint(constraint) => std::slice::from_ref(constraint),
            TableAction::AddColumn { column, .. } => column.constraints.as_slice(),
            _ => continue,
        };
        let of_kind = constraints.iter().filter(|constraint| constraint.kind == kind);
        found.extend(of_kind.map(|constraint| (span.clone(), table, constraint)));
    }
    found
}

/// Columns that are made, in new tables and in old ones.
fn columns<'a>(site: &Site<'a>) -> Vec<(Range<usize>, &'a Name, &'a Column)> {
    match site.action {
        Action::CreateTable(table) if !table.temporary => {
            table.columns.iter().map(|column| (column.span.clone(), &table.name, column)).collect()
        }
        Action::AlterTable(table) => {
            let columns = table.actions.iter().filter_map(|(span, action)| match action {
                TableAction::AddColumn { column, .. } => Some((span.clone(), &table.name, column)),
                _ => None,
            });
            columns.collect()
        }
        _ => Vec::new(),
    }
}

/// A name that a statement gives.
struct Made<'a> {
    /// What is called so, in PostgreSQL's words.
    kind: &'a str,
    name: &'a str,
    span: Range<usize>,
}

/// The names that a statement makes. What the server names itself is not among them.
fn made_names<'a>(site: &Site<'a>) -> Vec<Made<'a>> {
    let made = |kind, name: &'a String, span: &Range<usize>| Made { kind, name, span: span.clone() };
    let of_constraint = |constraint: &'a Constraint, span: &Range<usize>| {
        constraint.name.as_ref().map(|name| made(constraint.kind.words(), name, span))
    };
    let mut names = Vec::new();
    for (span, _, column) in columns(site) {
        names.push(made("column", &column.name, &span));
        names.extend(column.constraints.iter().filter_map(|constraint| of_constraint(constraint, &span)));
    }
    let whole = &site.span;
    match site.action {
        Action::CreateTable(table) if !table.temporary => {
            names.extend(table.name.last().map(|name| made("table", name, whole)));
            names.extend(table.constraints.iter().filter_map(|constraint| of_constraint(constraint, whole)));
        }
        Action::CreateIndex(index) => {
            let name = index.name.as_ref().and_then(|name| name.last());
            names.extend(name.map(|name| made("index", name, whole)));
        }
        Action::Create(create) if !matches!(create.kind.as_str(), "operator" | "cast" | "extension") => {
            names.extend(create.name.last().map(|name| made(&create.kind, name, whole)));
        }
        Action::AlterTable(table) => {
            for (span, action) in &table.actions {
                match action {
                    TableAction::RenameTo(to) => names.push(made("table", to, span)),
                    TableAction::RenameColumn { to, .. } => names.push(made("column", to, span)),
                    TableAction::AddConstraint(constraint) => names.extend(of_constraint(constraint, span)),
                    _ => {}
                }
            }
        }
        Action::Alter(alter) => {
            let renames = alter.changes.iter().filter(|change| change.what == "rename to");
            names.extend(renames.filter_map(|change| change.words.last()).map(|to| made(&alter.kind, to, whole)));
        }
        _ => {}
    }
    names
}
