//! Which statement it is, and the statements that neither create, alter nor drop.

use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::node::{all_tokens, all_words, child, children, has, has_token, inside, literal, name, words};
use super::{Action, Grant, Setting, Verb, Write, alter, create};

pub(super) fn read(node: &SyntaxNode, base: usize) -> Action {
    match node.kind() {
        K::CREATE_TABLE | K::CREATE_FOREIGN_TABLE | K::CREATE_TABLE_AS => create::table(node, base),
        K::SELECT_INTO => match inside(node, K::INTO_CLAUSE).and_then(|into| child(&into, K::TABLE_NAME)) {
            Some(table) => {
                let table = super::CreateTable { name: name(&table), from_query: true, ..Default::default() };
                Action::CreateTable(table)
            }
            None => Action::Other,
        },
        K::CREATE_INDEX => create::index(node),
        K::ALTER_TABLE | K::ALTER_FOREIGN_TABLE => alter::table(node, base),
        K::SET | K::RESET => setting(node),
        K::SELECT | K::CALL => call(node),
        K::REINDEX => reindex(node),
        K::REFRESH => Action::Refresh {
            view: child(node, K::VIEW_REF).map(|view| name(&view)).unwrap_or_default(),
            concurrently: has_token(node, K::CONCURRENTLY_KW),
        },
        K::VACUUM if has_token(node, K::FULL_KW) || option(node, K::VACUUM_OPTION_LIST, K::FULL_KW) => {
            Action::Rewrite { command: "VACUUM FULL", table: first_table(node) }
        }
        K::CLUSTER => Action::Rewrite { command: "CLUSTER", table: first_table(node) },
        K::REPACK if !all_words(node).contains(&"concurrently".to_owned()) => {
            Action::Rewrite { command: "REPACK", table: first_table(node) }
        }
        K::INSERT | K::UPDATE | K::DELETE | K::MERGE | K::TRUNCATE => write(node),
        K::COPY if has(node, K::COPY_FROM) => Action::Write(Write {
            verb: Verb::Insert,
            tables: first_table(node).into_iter().collect(),
            filtered: false,
            from_query: true,
            cascade: false,
            columns: Vec::new(),
        }),
        K::LOCK => lock(node),
        K::GRANT | K::REVOKE => grant(node),
        K::DO => create::code(node, base).map_or(Action::Other, Action::Do),
        kind => match words(kind) {
            words if words.starts_with("create ") => create::anything(node, base),
            words if words.starts_with("alter ") => alter::anything(node),
            words if words.starts_with("drop ") => alter::drop(node),
            _ => Action::Other,
        },
    }
}

fn first_table(node: &SyntaxNode) -> Option<super::Name> {
    inside(node, K::TABLE_NAME_REF).map(|table| name(&table))
}

fn option(node: &SyntaxNode, list: K, word: K) -> bool {
    child(node, list).is_some_and(|list| all_tokens(&list).any(|token| token.kind() == word))
}

fn setting(node: &SyntaxNode) -> Action {
    let Some(parameter) = inside(node, K::CONFIG_PARAMETER_REF) else { return Action::Other };
    let value = inside(node, K::TO_CONFIG_VALUE).map(|value| {
        let mut tokens = all_tokens(&value);
        tokens.next();
        tokens.map(|token| token.text().trim_matches('\'').to_owned()).collect::<Vec<_>>().join("")
    });
    Action::Set(Setting {
        name: name(&parameter).join("."),
        value: value.filter(|value| !value.eq_ignore_ascii_case("default")),
        local: has(node, K::LOCAL_SCOPE),
    })
}

/// A `CALL`, or a `SELECT` that does nothing but call functions; `set_config` with literals is a `SET`.
fn call(node: &SyntaxNode) -> Action {
    if let Some(writing) =
        node.descendants().skip(1).find(|inner| matches!(inner.kind(), K::DELETE | K::UPDATE | K::INSERT))
    {
        return write(&writing);
    }
    if node.kind() == K::CALL {
        return Action::Call(child(node, K::PROCEDURE_NAME_REF).map(|called| name(&called)).into_iter().collect());
    }
    if has(node, K::FROM_CLAUSE) {
        return Action::Other;
    }
    let calls: Vec<_> = node.descendants().filter(|inner| inner.kind() == K::CALL_EXPR).collect();
    let callee =
        |call: &SyntaxNode| call.children().find(|child| child.kind() != K::ARG_LIST).map(|callee| name(&callee));
    if let [call] = calls.as_slice()
        && callee(call).is_some_and(|name| name.last().is_some_and(|last| last == "set_config"))
        && let Some(arguments) = child(call, K::ARG_LIST)
    {
        let mut arguments = children(&arguments, K::ARG);
        let mut text = || arguments.next().and_then(|argument| literal(&argument)).map(|(text, _)| text);
        if let (Some(name), value) = (text(), text()) {
            let local = arguments.next().is_some_and(|local| all_words(&local) == ["true"]);
            return Action::Set(Setting { name: name.to_ascii_lowercase(), value, local });
        }
    }
    Action::Call(calls.iter().filter_map(callee).collect())
}

fn reindex(node: &SyntaxNode) -> Action {
    let target = node.children().find(|child| child.kind() != K::REINDEX_OPTION_LIST);
    let named = target.as_ref().and_then(|target| target.children().last());
    Action::Reindex {
        kind: target
            .as_ref()
            .map(|target| words(target.kind()).trim_start_matches("reindex target ").to_owned())
            .unwrap_or_default(),
        name: named.map(|named| name(&named)).unwrap_or_default(),
        concurrently: target.is_some_and(|target| has_token(&target, K::CONCURRENTLY_KW))
            || option(node, K::REINDEX_OPTION_LIST, K::CONCURRENTLY_KW),
    }
}

fn write(node: &SyntaxNode) -> Action {
    let (verb, tables) = match node.kind() {
        K::TRUNCATE => {
            let list = child(node, K::TABLE_LIST).into_iter().flat_map(|list| list.children().collect::<Vec<_>>());
            (Verb::Truncate, list.map(|table| name(&table)).collect())
        }
        kind => {
            let verb = match kind {
                K::INSERT => Verb::Insert,
                K::UPDATE => Verb::Update,
                K::DELETE => Verb::Delete,
                _ => Verb::Merge,
            };
            let kinds = [K::RELATION_NAME, K::RELATION_NAME_REF, K::TABLE_RELATION_NAME];
            let table = node.children().find(|child| kinds.contains(&child.kind()));
            (verb, table.map(|table| name(&table)).into_iter().collect())
        }
    };
    let targets = match verb {
        Verb::Insert => child(node, K::COLUMN_TARGET_LIST),
        Verb::Update => child(node, K::SET_CLAUSE),
        _ => None,
    };
    let columns = targets.into_iter().flat_map(|targets| {
        let targets = targets.descendants().filter(|inner| inner.kind() == K::COLUMN_TARGET);
        // `a[1] = …, a[2] = …` assign to one column twice, and may.
        targets
            .filter(|target| target.children().count() == 1)
            .filter_map(|target| name(&target).pop())
            .collect::<Vec<_>>()
    });
    let values = child(node, K::VALUES).is_some() || has(node, K::DEFAULT_VALUES);
    Action::Write(Write {
        verb,
        tables,
        filtered: has(node, K::WHERE_CLAUSE) || has(node, K::WHERE_CURRENT_OF),
        from_query: verb == Verb::Insert && !values,
        cascade: has(node, K::CASCADE),
        columns: columns.collect(),
    })
}

fn lock(node: &SyntaxNode) -> Action {
    let relations = child(node, K::RELATION_LIST).into_iter().flat_map(|list| list.children().collect::<Vec<_>>());
    let mode = child(node, K::LOCK_MODE_CLAUSE).and_then(|clause| clause.children().next());
    Action::Lock {
        tables: relations.map(|relation| name(&relation)).collect(),
        mode: mode.map_or_else(|| "access exclusive".to_owned(), |mode| words(mode.kind())),
    }
}

fn grant(node: &SyntaxNode) -> Action {
    let objects = child(node, K::ON_PRIVILEGE_OBJECTS_CLAUSE).and_then(|on| on.children().next());
    let privileges = match child(node, K::REVOKE_COMMAND_LIST) {
        Some(list) => children(&list, K::REVOKE_COMMAND)
            .map(|command| {
                let words = all_words(&command);
                words.into_iter().take_while(|word| word != "(").collect::<Vec<_>>().join(" ")
            })
            .collect(),
        None => vec!["all".to_owned()],
    };
    let kind = match objects.as_ref().map(|objects| words(objects.kind()).trim_start_matches("privilege ").to_owned()) {
        Some(kind) if kind == "default" => "table".to_owned(),
        Some(kind) => kind,
        None => "role".to_owned(),
    };
    let roles =
        child(node, K::ROLE_REF_LIST).into_iter().flat_map(|list| children(&list, K::ROLE_REF).collect::<Vec<_>>());
    let name_of =
        |object: SyntaxNode| name(&object.children().next().filter(|_| has(&object, K::PARAM_LIST)).unwrap_or(object));
    Action::Grant(Grant {
        revoke: node.kind() == K::REVOKE,
        privileges,
        objects: objects.map(|objects| objects.children().map(name_of).collect()).unwrap_or_default(),
        roles: roles.map(|role| name(&role).concat()).collect(),
        kind,
    })
}
