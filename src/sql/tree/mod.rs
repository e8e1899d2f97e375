//! What a statement is, read from its syntax tree: the model that lint's rules and the map of objects to files work on.
//!
//! A statement that the parser does not read is an error with its place: nothing is guessed from half a tree. What a
//! statement does to a database is not known here; the server alone says that.

mod alter;
mod body;
mod create;
mod node;
mod other;
#[cfg(test)]
mod tests;
mod types;

use std::ops::Range;

use squawk_syntax::{SourceFile, SyntaxKind, ast::AstNode as _};

use super::script::{Script, Statement, token_span};
use crate::base::{Error, Excerpt, Result};

pub use body::{Inner, inner_statements};
pub use types::TypeName;

/// A name of one or more parts, folded as the server folds it.
pub type Name = Vec<String>;

/// One statement and what it is.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// What it is.
    pub action: Action,
}

/// What a statement is, as far as a rule asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `CREATE TABLE`, `CREATE FOREIGN TABLE`, `CREATE TABLE AS`, `SELECT INTO`.
    CreateTable(CreateTable),
    /// `CREATE INDEX`.
    CreateIndex(CreateIndex),
    /// Any other `CREATE`.
    Create(Create),
    /// `ALTER TABLE`, `ALTER FOREIGN TABLE`.
    AlterTable(AlterTable),
    /// Any other `ALTER`.
    Alter(Alter),
    /// `DROP`.
    Drop(Drop),
    /// `SET`, `RESET` and `set_config()` with a literal name.
    Set(Setting),
    /// `REINDEX`.
    Reindex {
        /// What is reindexed: `table`, `index`, `schema`, `database`, `system`.
        kind: String,
        /// Its name.
        name: Name,
        /// Whether `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh {
        /// The view.
        view: Name,
        /// Whether `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `VACUUM FULL`, `CLUSTER`, `REPACK`: a table is written anew.
    Rewrite {
        /// The command's name.
        command: &'static str,
        /// The table, unless all are meant.
        table: Option<Name>,
    },
    /// `INSERT`, `UPDATE`, `DELETE`, `MERGE`, `TRUNCATE`, `COPY FROM`.
    Write(Write),
    /// `LOCK TABLE`.
    Lock {
        /// The tables.
        tables: Vec<Name>,
        /// The mode in lower case, such as `access exclusive`.
        mode: String,
    },
    /// `GRANT` and `REVOKE`, of privileges and of roles.
    Grant(Grant),
    /// `DO`.
    Do(Code),
    /// `CALL`, and `SELECT` of functions alone: the routines' names.
    Call(Vec<Name>),
    /// Anything else, by its first words.
    Other,
}

/// `CREATE TABLE` and its like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateTable {
    /// The table.
    pub name: Name,
    /// Whether `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Whether `TEMPORARY`.
    pub temporary: bool,
    /// Whether it is made from a query.
    pub from_query: bool,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its table constraints.
    pub constraints: Vec<Constraint>,
    /// The table that it is a partition of.
    pub partition_of: Option<Name>,
}

/// A column that is made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// Its name.
    pub name: String,
    /// Its type, if one is written.
    pub data_type: Option<TypeName>,
    /// Whether `NOT NULL`, or part of an inline primary key.
    pub not_null: bool,
    /// The default's text and the functions it calls.
    pub default: Option<Expression>,
    /// Whether it is an identity column.
    pub identity: bool,
    /// Whether it is generated and stored.
    pub stored: bool,
    /// Constraints written at the column, `NOT NULL` aside.
    pub constraints: Vec<Constraint>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expression {
    /// Its text.
    pub text: String,
    /// The functions that it calls.
    pub calls: Vec<Name>,
    /// The bare names in it.
    pub names: Vec<String>,
}

/// What a constraint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `CHECK`.
    Check,
    /// `FOREIGN KEY`, `REFERENCES`.
    ForeignKey,
    /// `UNIQUE`.
    Unique,
    /// `PRIMARY KEY`.
    PrimaryKey,
    /// `EXCLUDE`.
    Exclude,
    /// `NOT NULL` as a constraint of its own.
    NotNull,
}

impl ConstraintKind {
    /// What it is called in PostgreSQL's words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::ForeignKey => "foreign key",
            Self::Unique => "unique",
            Self::PrimaryKey => "primary key",
            Self::Exclude => "exclude",
            Self::NotNull => "not null",
        }
    }
}

/// A constraint that is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// What it is.
    pub kind: ConstraintKind,
    /// Its name, if it is given one.
    pub name: Option<String>,
    /// The table's columns that it names.
    pub columns: Vec<String>,
    /// The table that a foreign key references.
    pub references: Option<Name>,
    /// The condition of a check.
    pub check: Option<Expression>,
    /// The index that it is made from.
    pub using_index: Option<String>,
    /// Whether `NOT VALID` or `NOT ENFORCED`: rows are not looked at.
    pub not_valid: bool,
}

/// `CREATE INDEX`.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateIndex {
    /// Its name, unless the server chooses one.
    pub name: Option<Name>,
    /// The table.
    pub table: Name,
    /// Whether `ON ONLY`.
    pub only: bool,
    /// Whether `UNIQUE`.
    pub unique: bool,
    /// Whether `CONCURRENTLY`.
    pub concurrently: bool,
    /// Whether `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// How many keys it has, columns and expressions.
    pub keys: usize,
    /// Those of its keys that are columns.
    pub columns: Vec<String>,
}

/// A `CREATE` of anything but a table or an index.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Create {
    /// What is made, in PostgreSQL's words: `view`, `function`, `materialized view`, `policy`.
    pub kind: String,
    /// Its name; for routines without arguments.
    pub name: Name,
    /// The relation that it is on: of policies, triggers, rules.
    pub on: Option<Name>,
    /// Whether `OR REPLACE`.
    pub or_replace: bool,
    /// Whether `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Of a type: `enum`, `composite`, `range`, `base`.
    pub form: Option<&'static str>,
    /// Of a domain: its constraints.
    pub constraints: Vec<Constraint>,
    /// Of a routine: what it runs.
    pub code: Option<Code>,
    /// Of a routine: whether it is neither stable nor immutable.
    pub volatile: bool,
    /// Of a routine: its argument types as written.
    pub arguments: Vec<String>,
}

/// A text of code.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Code {
    /// The language in lower case.
    pub language: String,
    /// The code's bytes in the file, without quotes; `None` where the quotes can't be taken off in place.
    pub span: Option<Range<usize>>,
}

/// `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterTable {
    /// The table.
    pub name: Name,
    /// Whether it is a foreign table.
    pub foreign: bool,
    /// Whether `IF EXISTS`.
    pub if_exists: bool,
    /// What is done, in order, with the bytes in the file.
    pub actions: Vec<(Range<usize>, TableAction)>,
}

/// One action of an `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq)]
pub enum TableAction {
    /// `ADD COLUMN`.
    AddColumn {
        /// The column.
        column: Column,
        /// Whether `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP COLUMN`.
    DropColumn {
        /// The column.
        column: String,
        /// Whether `CASCADE`.
        cascade: bool,
    },
    /// `ADD CONSTRAINT`.
    AddConstraint(Constraint),
    /// `DROP CONSTRAINT`.
    DropConstraint {
        /// The constraint.
        name: String,
        /// Whether `CASCADE`.
        cascade: bool,
    },
    /// `VALIDATE CONSTRAINT`.
    Validate(String),
    /// `ALTER COLUMN … TYPE`.
    SetType {
        /// The column.
        column: String,
        /// The new type.
        data_type: TypeName,
        /// Whether there is a `USING`.
        using: bool,
        /// Whether there is a `COLLATE`.
        collate: bool,
    },
    /// Another action on a column.
    Column {
        /// The column.
        column: String,
        /// The action: `set not null`, `drop default`, `add generated`, `set statistics`.
        what: String,
    },
    /// `RENAME TO`.
    RenameTo(String),
    /// `RENAME COLUMN`.
    RenameColumn {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// `RENAME CONSTRAINT`.
    RenameConstraint,
    /// `ATTACH PARTITION`.
    Attach(Name),
    /// `DETACH PARTITION`.
    Detach {
        /// The partition.
        partition: Name,
        /// Whether `CONCURRENTLY` or `FINALIZE`.
        concurrently: bool,
    },
    /// Any other: `owner to`, `set schema`, `enable rls`, `disable trigger`, `set logged`.
    Other(String),
}

/// An `ALTER` of anything but a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Alter {
    /// What is altered.
    pub kind: String,
    /// Its name.
    pub name: Name,
    /// The relation that it is on.
    pub on: Option<Name>,
    /// What is done: `rename to`, `set schema`, `owner to`, `add value`, `add constraint`, …, with the words in it.
    pub changes: Vec<Change>,
}

/// One thing that an `ALTER` does.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is.
    pub what: String,
    /// All words and names of it, folded.
    pub words: Vec<String>,
    /// The constraint that is added to a domain.
    pub constraint: Option<Constraint>,
}

/// `DROP`.
#[derive(Debug, Clone, PartialEq)]
pub struct Drop {
    /// What is dropped, in PostgreSQL's words.
    pub kind: String,
    /// The names.
    pub names: Vec<Name>,
    /// The relation that it is on: of policies, triggers, rules.
    pub on: Option<Name>,
    /// Whether `IF EXISTS`.
    pub if_exists: bool,
    /// Whether `CASCADE`.
    pub cascade: bool,
    /// Whether `CONCURRENTLY`.
    pub concurrently: bool,
}

/// A setting that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its name in lower case.
    pub name: String,
    /// The value's text without quotes; `None` for `DEFAULT` and `RESET`.
    pub value: Option<String>,
    /// Whether it lasts for the transaction only.
    pub local: bool,
}

/// The verb of a statement that writes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `INSERT`, `COPY FROM`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `MERGE`.
    Merge,
    /// `TRUNCATE`.
    Truncate,
}

/// A statement that writes rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// What it does.
    pub verb: Verb,
    /// The tables written to.
    pub tables: Vec<Name>,
    /// Whether a `WHERE` chooses rows.
    pub filtered: bool,
    /// Whether the rows come from a query.
    pub from_query: bool,
    /// Whether `CASCADE`.
    pub cascade: bool,
    /// The columns assigned, in order.
    pub columns: Vec<String>,
}

/// `GRANT` or `REVOKE`.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Whether it takes away.
    pub revoke: bool,
    /// What is granted: privileges in lower case, or roles.
    pub privileges: Vec<String>,
    /// The kind of objects: `table`, `function`, `schema`, `all tables in schema`, …; `role` for memberships.
    pub kind: String,
    /// The objects.
    pub objects: Vec<Name>,
    /// To or from whom, folded; `public` for everybody.
    pub roles: Vec<String>,
}

/// Reads what the statements of a script are.
///
/// # Errors
///
/// [`ErrorKind::Input`](crate::base::ErrorKind::Input), with the place, for the first statement that is no SQL as far as
/// the parser knows; `accepted` says which statements (by number) are to be taken as [`Action::Other`] then.
pub fn parse(script: &Script<'_>, accepted: &dyn Fn(&Statement<'_>) -> bool) -> Result<Vec<Parsed>> {
    let read = |statement: &Statement<'_>| match action(statement.text, statement.span.start) {
        Ok(action) => Ok(Parsed { span: statement.span.clone(), action }),
        Err(_) if accepted(statement) => Ok(Parsed { span: statement.span.clone(), action: Action::Other }),
        Err(Unread { message, span }) => {
            let span = if span.is_empty() { token_span(script.text, span.start) } else { span };
            // The parser calls tokens by names of its own.
            let message = match message.split_once(", found ") {
                Some((expected, _)) if !span.is_empty() => {
                    format!("{expected}, found {:?}", &script.text[span.clone()])
                }
                _ => message,
            };
            let label = "here".to_owned();
            let excerpt = Excerpt { file: script.file.to_owned(), text: script.text.to_owned(), span, label };
            Err(Error::input(format!("this is no SQL that pgward can read: {message}"))
                .with_excerpt(excerpt)
                .with_hint("if the server takes it, put `-- pgward:allow not-parsed REASON` above the statement"))
        }
    };
    script.statements.iter().map(read).collect()
}

/// Why a text is no statement, and where.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) message: String,
    pub(super) span: Range<usize>,
}

/// What a single statement is. `base` is where its text begins in the file.
pub(super) fn action(text: &str, base: usize) -> std::result::Result<Action, Unread> {
    let parse = SourceFile::parse(text);
    if let Some(error) = parse.errors().first() {
        let range = error.range();
        let start = base + usize::from(range.start()).min(text.len());
        let end = base + usize::from(range.end()).clamp(start - base, text.len());
        return Err(Unread { message: error.message().to_owned(), span: start..end });
    }
    let root = parse.tree();
    let mut statements = root.syntax().children().filter(|node| node.kind() != SyntaxKind::EMPTY_STMT);
    let Some(statement) = statements.next() else { return Ok(Action::Other) };
    Ok(other::read(&statement, base))
}
