//! What can be told of a statement from its words: transaction control, no place in a transaction, lost data.
//!
//! Words only: a `DO` block or a function call may do anything, and what cannot be seen here the server refuses.

use std::ops::Range;

use super::script::{Script, Statement};

/// What a statement does to the transaction it runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`, but not `ROLLBACK TO SAVEPOINT`.
    Rollback,
    /// `PREPARE TRANSACTION`, `COMMIT PREPARED`, `ROLLBACK PREPARED`.
    TwoPhase,
}

/// What a statement does to the transaction it runs in, if anything. Savepoints are no matter.
#[must_use]
pub fn control(statement: &Statement<'_>) -> Option<Control> {
    let begins = |words: &[&str]| statement.starts_with(words);
    if begins(&["prepare", "transaction"]) || begins(&["commit", "prepared"]) || begins(&["rollback", "prepared"]) {
        Some(Control::TwoPhase)
    } else if begins(&["begin"]) || begins(&["start", "transaction"]) {
        Some(Control::Begin)
    } else if begins(&["commit"]) || begins(&["end"]) {
        Some(Control::Commit)
    } else if begins(&["abort"]) || begins(&["rollback"]) && !rolls_back_to_savepoint(statement) {
        Some(Control::Rollback)
    } else {
        None
    }
}

fn rolls_back_to_savepoint(statement: &Statement<'_>) -> bool {
    ["work", "transaction"].iter().any(|filler| statement.starts_with(&["rollback", filler, "to"]))
        || statement.starts_with(&["rollback", "to"])
}

/// The statements of a script that begin or end a transaction, with their numbers.
pub fn transaction_control<'s>(script: &'s Script<'_>) -> impl Iterator<Item = (usize, Control)> + 's {
    script.statements.iter().enumerate().filter_map(|(n, statement)| Some((n, control(statement)?)))
}

/// Statements that run on the server as one: a single one, or all from a `BEGIN` to its `COMMIT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The numbers of its statements.
    pub statements: Range<usize>,
    /// The bytes of the text that it takes up.
    pub span: Range<usize>,
}

/// Cuts a script that runs outside of a transaction into steps.
///
/// # Errors
///
/// The number of the statement that does not fit: a `COMMIT` without `BEGIN`, a `BEGIN` that is never committed or is
/// inside another, any `ROLLBACK`, and two-phase commits.
pub fn steps(script: &Script<'_>) -> Result<Vec<Step>, usize> {
    let mut steps = Vec::new();
    let mut open = None;
    for (n, statement) in script.statements.iter().enumerate() {
        match (control(statement), open) {
            (Some(Control::Begin), None) => open = Some(n),
            (Some(Control::Commit), Some(first)) => {
                let span = script.statements[first].span.start..statement.span.end;
                steps.push(Step { statements: first..n + 1, span });
                open = None;
            }
            (None, Some(_)) => {}
            (None, None) => steps.push(Step { statements: n..n + 1, span: statement.span.clone() }),
            (Some(_), _) => return Err(n),
        }
    }
    open.map_or(Ok(steps), Err)
}

/// Why a statement can't run inside a transaction block, where its words tell: what to call it.
#[must_use]
pub fn no_transaction_reason(statement: &Statement<'_>) -> Option<&'static str> {
    // First words, a word further on (or none), what to call it.
    const TABLE: &[(&[&str], Option<&str>, &str)] = &[
        (&["create", "index"], Some("concurrently"), "CREATE INDEX CONCURRENTLY"),
        (&["create", "unique", "index"], Some("concurrently"), "CREATE INDEX CONCURRENTLY"),
        (&["drop", "index"], Some("concurrently"), "DROP INDEX CONCURRENTLY"),
        (&["reindex"], Some("concurrently"), "REINDEX CONCURRENTLY"),
        (&["reindex", "database"], None, "REINDEX DATABASE"),
        (&["reindex", "schema"], None, "REINDEX SCHEMA"),
        (&["reindex", "system"], None, "REINDEX SYSTEM"),
        (&["vacuum"], None, "VACUUM"),
        (&["create", "database"], None, "CREATE DATABASE"),
        (&["drop", "database"], None, "DROP DATABASE"),
        (&["create", "tablespace"], None, "CREATE TABLESPACE"),
        (&["drop", "tablespace"], None, "DROP TABLESPACE"),
        (&["alter", "system"], None, "ALTER SYSTEM"),
        (&["discard", "all"], None, "DISCARD ALL"),
        (&["repack"], Some("concurrently"), "REPACK CONCURRENTLY"),
    ];
    if statement.starts_with(&["alter", "table"])
        && follows(statement, "partition").any(|_| statement.has_word("detach"))
        && statement.tokens.last().is_some_and(|last| last.is_word("concurrently"))
    {
        return Some("DETACH PARTITION CONCURRENTLY");
    }
    if statement.starts_with(&["alter", "database"]) && follows(statement, "set").any(|next| next == "tablespace") {
        return Some("ALTER DATABASE SET TABLESPACE");
    }
    if statement.starts_with(&["cluster"]) && statement.tokens.len() <= 1 {
        return Some("CLUSTER of all tables");
    }
    TABLE
        .iter()
        .find(|(first, further, _)| {
            statement.starts_with(first) && further.is_none_or(|word| has_early(statement, word))
        })
        .map(|(_, _, name)| *name)
}

/// Whether a word stands before `ON`, parentheses aside: the place of `CONCURRENTLY` and not of a column of that name.
fn has_early(statement: &Statement<'_>, word: &str) -> bool {
    statement.tokens.iter().take_while(|token| !token.is_word("on")).any(|token| token.is_word(word))
}

/// The words that come right after each occurrence of a word.
fn follows<'s>(statement: &'s Statement<'_>, word: &'s str) -> impl Iterator<Item = String> + 's {
    statement.tokens.windows(2).filter(move |pair| pair[0].is_word(word)).filter_map(|pair| pair[1].name())
}

/// How a statement may lose data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It deletes rows or drops what holds them; what to call it.
    Certain(&'static str),
    /// It runs code that can't be judged from its words; what to call it.
    Opaque(&'static str),
}

/// Whether a statement may lose data, by its words.
#[must_use]
pub fn loss(statement: &Statement<'_>) -> Option<Loss> {
    const DROPPED: &[(&[&str], &str)] = &[
        (&["drop", "table"], "DROP TABLE"),
        (&["drop", "schema"], "DROP SCHEMA"),
        (&["drop", "database"], "DROP DATABASE"),
        (&["drop", "owned"], "DROP OWNED"),
        (&["drop", "extension"], "DROP EXTENSION"),
        (&["truncate"], "TRUNCATE"),
    ];
    const OPAQUE: &[(&[&str], &str)] = &[(&["do"], "DO"), (&["call"], "CALL"), (&["execute"], "EXECUTE")];
    if let Some((_, name)) = DROPPED.iter().find(|(words, _)| statement.starts_with(words)) {
        return Some(Loss::Certain(name));
    }
    if let Some((_, name)) = OPAQUE.iter().find(|(words, _)| statement.starts_with(words)) {
        return Some(Loss::Opaque(name));
    }
    if (statement.starts_with(&["drop", "type"]) || statement.starts_with(&["drop", "domain"]))
        && statement.has_word("cascade")
    {
        return Some(Loss::Certain("DROP TYPE CASCADE"));
    }
    if statement.starts_with(&["alter", "table"]) && drops_column(statement) {
        return Some(Loss::Certain("DROP COLUMN"));
    }
    // Also in `with gone as (delete from …)`, but not `on delete cascade` or `for delete`.
    let data = ["delete", "with", "explain", "merge"].iter().any(|first| statement.starts_with(&[first]));
    (data && statement.has_word("delete")).then_some(Loss::Certain("DELETE"))
}

/// Whether an ALTER TABLE drops a column: `drop [column]`, not `drop constraint`, `alter c drop default` and the like.
fn drops_column(statement: &Statement<'_>) -> bool {
    const OTHER: &[&str] = &["constraint", "default", "not", "identity", "expression"];
    statement.tokens.windows(2).any(|pair| pair[0].is_word("drop") && !OTHER.iter().any(|word| pair[1].is_word(word)))
}

/// Whether a statement changes the session for those after it: `SET` (not `LOCAL`), `RESET`, `set_config()`.
#[must_use]
pub fn sets_session(statement: &Statement<'_>) -> bool {
    const NOT: &[&[&str]] = &[&["set", "local"], &["set", "constraints"], &["set", "transaction"]];
    (statement.starts_with(&["set"]) && !NOT.iter().any(|words| statement.starts_with(words)))
        || statement.starts_with(&["reset"])
        || statement.starts_with(&["select"]) && statement.has_word("set_config")
}

/// The index that a `CREATE INDEX CONCURRENTLY` builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// Its name, unless the server chooses one.
    pub name: Option<String>,
    /// The table's name, in one or more parts.
    pub table: Vec<String>,
}

/// The index that a statement builds, if it is a `CREATE INDEX CONCURRENTLY`.
#[must_use]
pub fn index_built_concurrently(statement: &Statement<'_>) -> Option<ConcurrentIndex> {
    if no_transaction_reason(statement)? != "CREATE INDEX CONCURRENTLY" {
        return None;
    }
    let mut tokens = statement.tokens.iter().skip_while(|token| !token.is_word("concurrently")).skip(1).peekable();
    if tokens.peek().is_some_and(|token| token.is_word("if")) {
        tokens.by_ref().take(3).for_each(drop);
    }
    let name = match tokens.peek() {
        Some(token) if token.is_word("on") => None,
        _ => tokens.next()?.name(),
    };
    tokens.next_if(|token| token.is_word("on"))?;
    tokens.next_if(|token| token.is_word("only"));
    let mut table = vec![tokens.next()?.name()?];
    while tokens.next_if(|token| token.is_symbol(".")).is_some() {
        table.push(tokens.next()?.name()?);
    }
    Some(ConcurrentIndex { name, table })
}
