//! `CREATE` of tables, indexes and everything else.

use std::ops::Range;

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::node::{
    all_tokens, child, children, expression, has, has_token, inside, last_name, literal, name, span, words,
};
use super::{Action, Code, Column, Constraint, ConstraintKind, Create, CreateIndex, CreateTable, TypeName};

pub(super) fn table(node: &SyntaxNode, base: usize) -> Action {
    let columns = child(node, K::TABLE_ARG_LIST).into_iter().flat_map(|list| list.children().collect::<Vec<_>>());
    let mut table = CreateTable {
        name: child(node, K::TABLE_NAME).map(|node| name(&node)).unwrap_or_default(),
        if_not_exists: has(node, K::IF_NOT_EXISTS),
        temporary: has(node, K::TEMP),
        from_query: node.kind() == K::CREATE_TABLE_AS,
        partition_of: inside(node, K::PARTITION_OF).and_then(|of| child(&of, K::TABLE_NAME_REF)).map(|of| name(&of)),
        ..CreateTable::default()
    };
    for item in columns {
        match item.kind() {
            K::COLUMN => table.columns.push(column(&item, base)),
            _ => table.constraints.extend(constraint(&item)),
        }
    }
    Action::CreateTable(table)
}

pub(super) fn column(node: &SyntaxNode, base: usize) -> Column {
    let mut column = Column {
        span: span(node, base),
        name: last_name(node, K::COLUMN_NAME).unwrap_or_default(),
        data_type: node.children().find(|child| is_type(child.kind())).map(|node| TypeName::read(&node)),
        ..Column::default()
    };
    for clause in node.children() {
        match clause.kind() {
            K::NOT_NULL_CONSTRAINT => column.not_null = true,
            K::DEFAULT_CONSTRAINT => column.default = clause.children().last().map(|value| expression(&value)),
            K::GENERATED_CONSTRAINT if inside(&clause, K::GENERATED_IDENTITY).is_some() => column.identity = true,
            K::GENERATED_CONSTRAINT => column.stored = inside(&clause, K::STORED).is_some(),
            _ => column.constraints.extend(constraint(&clause)),
        }
    }
    column.not_null |= column.constraints.iter().any(|constraint| constraint.kind == ConstraintKind::PrimaryKey);
    for constraint in &mut column.constraints {
        constraint.columns = vec![column.name.clone()];
    }
    column
}

pub(super) fn is_type(kind: K) -> bool {
    matches!(
        kind,
        K::PATH_TYPE
            | K::ARRAY_TYPE
            | K::VARCHAR_TYPE
            | K::CHARACTER_TYPE
            | K::BIT_TYPE
            | K::BIT_VARYING_TYPE
            | K::DOUBLE_TYPE
            | K::TIME_TYPE
            | K::TIMESTAMP_TYPE
            | K::INTERVAL_TYPE
    )
}

pub(super) fn constraint(node: &SyntaxNode) -> Option<Constraint> {
    let kind = match node.kind() {
        K::CHECK_CONSTRAINT => ConstraintKind::Check,
        K::FOREIGN_KEY_CONSTRAINT | K::REFERENCES_CONSTRAINT => ConstraintKind::ForeignKey,
        K::UNIQUE_CONSTRAINT => ConstraintKind::Unique,
        K::PRIMARY_KEY_CONSTRAINT => ConstraintKind::PrimaryKey,
        K::EXCLUDE_CONSTRAINT => ConstraintKind::Exclude,
        K::NOT_NULL_CONSTRAINT => ConstraintKind::NotNull,
        _ => return None,
    };
    let lists = [K::CONSTRAINT_COLUMN_REF_LIST, K::FOREIGN_KEY_COLUMN_LIST];
    let list = node.descendants().find(|inner| lists.contains(&inner.kind())).unwrap_or_else(|| node.clone());
    let mut columns: Vec<_> = children(&list, K::COLUMN_NAME_REF).filter_map(|column| name(&column).pop()).collect();
    if node.kind() == K::REFERENCES_CONSTRAINT {
        columns.clear();
    }
    let condition = (kind == ConstraintKind::Check)
        .then(|| {
            node.children()
                .find(|child| !matches!(child.kind(), K::CONSTRAINT_NAME_CLAUSE | K::NOT_VALID | K::NO_INHERIT))
        })
        .flatten();
    Some(Constraint {
        kind,
        name: child(node, K::CONSTRAINT_NAME_CLAUSE).and_then(|clause| last_name(&clause, K::CONSTRAINT_NAME)),
        columns,
        references: child(node, K::TABLE_NAME_REF).map(|table| name(&table)),
        check: condition.map(|condition| expression(&condition)),
        using_index: child(node, K::USING_INDEX_NAME).and_then(|using| last_name(&using, K::INDEX_REF)),
        not_valid: has(node, K::NOT_VALID) || has(node, K::NOT_ENFORCED),
    })
}

pub(super) fn index(node: &SyntaxNode) -> Action {
    let table = child(node, K::TABLE_RELATION_NAME);
    let items: Vec<_> = child(node, K::PARTITION_ITEM_LIST)
        .map(|list| children(&list, K::PARTITION_ITEM).collect())
        .unwrap_or_default();
    Action::CreateIndex(CreateIndex {
        name: child(node, K::INDEX).map(|node| name(&node)),
        only: table.as_ref().is_some_and(|table| has_token(table, K::ONLY_KW)),
        table: table.map(|node| name(&node)).unwrap_or_default(),
        unique: has_token(node, K::UNIQUE_KW),
        concurrently: has_token(node, K::CONCURRENTLY_KW),
        if_not_exists: has(node, K::IF_NOT_EXISTS),
        keys: items.len(),
        columns: items.iter().filter_map(|item| last_name(item, K::NAME_REF)).collect(),
    })
}

/// Any other `CREATE`: its name is in the first child that is called as what is made is.
pub(super) fn anything(node: &SyntaxNode, base: usize) -> Action {
    let kind = words(node.kind()).trim_start_matches("create ").to_owned();
    let title = kind.to_ascii_uppercase().replace(' ', "_");
    let is_name = |child: &SyntaxNode| {
        let kind = format!("{:?}", child.kind());
        kind == title || kind == format!("{title}_NAME") || matches!(kind.as_str(), "VIEW" | "NAMED_SCHEMA")
    };
    let named = node.children().find(is_name);
    let named = named.map(|node| child(&node, K::SCHEMA).unwrap_or(node));
    let form = [(K::ENUM_TYPE, "enum"), (K::COMPOSITE_TYPE, "composite"), (K::RANGE_TYPE, "range")];
    let arguments =
        child(node, K::PARAM_LIST).into_iter().flat_map(|list| children(&list, K::PARAM).collect::<Vec<_>>());
    let mut constraints: Vec<_> = node.children().filter_map(|clause| constraint(&clause)).collect();
    if kind != "domain" {
        constraints.clear();
    }
    Action::Create(Create {
        name: named.map(|node| name(&node)).unwrap_or_default(),
        on: on(node),
        or_replace: has(node, K::OR_REPLACE),
        if_not_exists: has(node, K::IF_NOT_EXISTS),
        form: form.iter().find(|(kind, _)| has(node, *kind)).map(|(_, form)| *form),
        constraints,
        code: code(node, base),
        volatile: inside(node, K::STABLE).is_none() && inside(node, K::IMMUTABLE).is_none(),
        arguments: arguments.filter_map(|argument| argument_type(&argument)).collect(),
        kind,
    })
}

/// The type of an argument that counts for a routine's identity.
fn argument_type(argument: &SyntaxNode) -> Option<String> {
    if has(argument, K::PARAM_OUT) {
        return None;
    }
    argument.children().find(|child| is_type(child.kind())).map(|node| TypeName::read(&node).to_string())
}

/// The relation that a policy, a trigger or a rule is on.
pub(super) fn on(node: &SyntaxNode) -> Option<super::Name> {
    let clauses = [K::ON_TABLE, K::ON_RELATION, K::RULE_ON];
    let clause = node.children().find(|child| clauses.contains(&child.kind()))?;
    let relation = clause.children().find(|child| matches!(child.kind(), K::TABLE_NAME_REF | K::RELATION_NAME_REF))?;
    Some(name(&relation))
}

/// What a routine or a `DO` runs.
pub(super) fn code(node: &SyntaxNode, base: usize) -> Option<Code> {
    let language = inside(node, K::LANGUAGE_REF).map_or_else(
        || if node.kind() == K::DO { "plpgsql".to_owned() } else { "sql".to_owned() },
        |language| name(&language).concat(),
    );
    let body = match node.kind() {
        K::DO => child(node, K::LITERAL),
        _ => inside(node, K::AS_DEFINITION),
    };
    let shifted = |(_, span): (String, Range<usize>)| base + span.start..base + span.end;
    match body {
        Some(body) => Some(Code { language, span: literal(&body).map(shifted) }),
        None if all_tokens(node).any(|token| token.kind() == K::ATOMIC_KW) => {
            let body = inside(node, K::ATOMIC_BODY).map(|body| span(&body, base));
            Some(Code { language, span: body })
        }
        None => None,
    }
}
