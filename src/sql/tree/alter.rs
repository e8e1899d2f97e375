//! `ALTER` of tables and of everything else.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::create::{column, constraint, is_type, on};
use super::node::{all_words, child, has, has_token, last_name, name, span, words};
use super::{Action, Alter, AlterTable, Change, TableAction, TypeName};

pub(super) fn table(node: &SyntaxNode, base: usize) -> Action {
    let Some(named) = child(node, K::TABLE_RELATION_NAME) else { return Action::Other };
    let actions = node
        .children()
        .filter(|child| !matches!(child.kind(), K::TABLE_RELATION_NAME | K::IF_EXISTS))
        .map(|child| (span(&child, base), action(&child, base)));
    Action::AlterTable(AlterTable {
        name: name(&named),
        foreign: node.kind() == K::ALTER_FOREIGN_TABLE,
        if_exists: has(node, K::IF_EXISTS),
        actions: actions.collect(),
    })
}

fn action(node: &SyntaxNode, base: usize) -> TableAction {
    let cascade = has(node, K::CASCADE);
    let constraint_name = || last_name(node, K::CONSTRAINT_NAME_REF).unwrap_or_default();
    let column_name = || last_name(node, K::COLUMN_NAME_REF).unwrap_or_default();
    let table = || child(node, K::TABLE_NAME_REF).map(|table| name(&table)).unwrap_or_default();
    let other = || TableAction::Other(words(node.kind()));
    match node.kind() {
        K::ADD_COLUMN => {
            TableAction::AddColumn { column: column(node, base), if_not_exists: has(node, K::IF_NOT_EXISTS) }
        }
        K::DROP_COLUMN => TableAction::DropColumn { column: column_name(), cascade },
        K::ADD_CONSTRAINT => {
            node.children().find_map(|child| constraint(&child)).map_or_else(other, TableAction::AddConstraint)
        }
        K::DROP_CONSTRAINT => TableAction::DropConstraint { name: constraint_name(), cascade },
        K::VALIDATE_CONSTRAINT => TableAction::Validate(constraint_name()),
        K::ALTER_COLUMN => alter_column(node, column_name()),
        K::TABLE_RENAME_TO => TableAction::RenameTo(last_name(node, K::TABLE_NAME).unwrap_or_default()),
        K::RENAME_COLUMN => {
            TableAction::RenameColumn { from: column_name(), to: last_name(node, K::COLUMN_NAME).unwrap_or_default() }
        }
        K::RENAME_CONSTRAINT => TableAction::RenameConstraint,
        K::ATTACH_PARTITION => TableAction::Attach(table()),
        K::DETACH_PARTITION => TableAction::Detach {
            partition: table(),
            concurrently: has(node, K::DETACH_CONCURRENTLY) || has(node, K::DETACH_FINALIZE),
        },
        _ => other(),
    }
}

fn alter_column(node: &SyntaxNode, column: String) -> TableAction {
    let Some(option) = node.children().find(|child| child.kind() != K::COLUMN_NAME_REF) else {
        return TableAction::Other(words(node.kind()));
    };
    match option.children().find(|child| is_type(child.kind())) {
        Some(data_type) if option.kind() == K::SET_TYPE => TableAction::SetType {
            column,
            data_type: TypeName::read(&data_type),
            using: has(&option, K::USING_EXPR),
            collate: has(&option, K::COLLATE),
        },
        _ => TableAction::Column { column, what: words(option.kind()) },
    }
}

/// Any other `ALTER`: what stands first is its name, everything after it what is done.
pub(super) fn anything(node: &SyntaxNode) -> Action {
    let kind = words(node.kind()).trim_start_matches("alter ").to_owned();
    let mut parts =
        node.children().filter(|child| !matches!(child.kind(), K::IF_EXISTS | K::ON_TABLE | K::ON_RELATION));
    let named = if kind == "system" || kind == "default privileges" { None } else { parts.next() };
    let changes = parts.flat_map(|part| match part.kind() {
        K::ALTER_TYPE_ATTRIBUTE_ACTION_LIST | K::FUNC_OPTION_LIST | K::ALTER_POLICY_TO | K::ROLE_OPTION_LIST => {
            part.children().collect()
        }
        _ => vec![part],
    });
    let change = |part: SyntaxNode| {
        let what = words(part.kind());
        Change {
            // `view rename to` and its like are one thing.
            what: if what.ends_with("rename to") { "rename to".to_owned() } else { what },
            words: all_words(&part),
            constraint: part.children().find_map(|child| constraint(&child)),
        }
    };
    let named = named.map(|named| {
        let signature = named.children().find(|child| format!("{:?}", child.kind()).ends_with("_NAME_REF"));
        name(&signature.filter(|_| format!("{:?}", named.kind()).ends_with("_SIG")).unwrap_or(named))
    });
    Action::Alter(Alter { name: named.unwrap_or_default(), on: on(node), changes: changes.map(change).collect(), kind })
}

/// `DROP`: all references in it are what goes.
pub(super) fn drop(node: &SyntaxNode) -> Action {
    let kind = words(node.kind()).trim_start_matches("drop ").to_owned();
    let skipped = [K::IF_EXISTS, K::CASCADE, K::RESTRICT, K::ON_TABLE, K::ON_RELATION];
    let parts = node.children().filter(|child| !skipped.contains(&child.kind()));
    let names = parts.flat_map(|part| match part.kind() {
        K::FUNCTION_SIG_LIST | K::PROCEDURE_SIG_LIST | K::ROUTINE_SIG_LIST => part.children().collect(),
        _ => vec![part],
    });
    let name_of =
        |part: SyntaxNode| name(&part.children().next().filter(|_| has(&part, K::PARAM_LIST)).unwrap_or(part));
    Action::Drop(super::Drop {
        names: names.map(name_of).collect(),
        on: on(node),
        if_exists: has(node, K::IF_EXISTS),
        cascade: has(node, K::CASCADE),
        concurrently: has_token(node, K::CONCURRENTLY_KW),
        kind,
    })
}
