//! What a rule sees of a statement, and how it says what it found.

use std::ops::Range;

use super::conventions::Conventions;
use super::effects::{Touch, touches};
use super::engine::RunBy;
use super::known::{Known, Table};
use crate::base::{Code, Lock, ObjectRef};
use crate::sql::Statement;
use crate::sql::tree::{Action, Name, TableAction};

/// One rule: its code, and the function that looks at a statement.
#[derive(Debug)]
pub struct Rule {
    /// The code, with description and examples.
    pub code: Code,
    /// Whether it is off unless it is configured.
    pub off: bool,
    /// What it says of the server's work, for a trace to confirm.
    pub claim: Option<Claim>,
    /// Whether it looks into the bodies of routines too, which don't run when they are made.
    pub(super) in_bodies: bool,
    /// Looks at a statement.
    pub(super) check: fn(&Site<'_>, &mut Found),
}

impl Rule {
    /// A rule of a code that looks at statements that run.
    pub(super) const fn new(code: Code, check: fn(&Site<'_>, &mut Found)) -> Self {
        Self { code, off: false, claim: None, in_bodies: false, check }
    }

    /// The same rule with a claim that a trace can confirm.
    pub(super) const fn claims(self, claim: Claim) -> Self {
        Self { claim: Some(claim), ..self }
    }

    /// The same rule, off unless it is configured.
    pub(super) const fn off(self) -> Self {
        Self { off: true, ..self }
    }

    /// The same rule, for the bodies of routines too.
    pub(super) const fn in_bodies(self) -> Self {
        Self { in_bodies: true, ..self }
    }
}

/// What a rule says the server will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// A table or an index is written anew.
    Rewrites,
    /// All rows are read while writers wait.
    Scans,
    /// Readers or writers wait for the lock.
    Blocks,
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// In the file itself.
    File,
    /// In a `DO` block.
    Do,
    /// In the text of an `EXECUTE` in a `DO` block.
    Executed,
    /// In a routine that the file makes and then calls.
    Called,
    /// In a routine that is only made.
    Body,
}

/// A strong lock that an earlier statement of the transaction took on a table that was there before.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) table: Name,
    pub(super) mode: Lock,
    pub(super) line: u32,
}

/// What earlier statements of the file have done.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// Settings in force: name and value.
    pub(super) settings: Vec<(String, String)>,
    /// Strong locks of the transaction.
    pub(super) held: Vec<Held>,
    /// Tables with rows that the transaction has written to in bulk.
    pub(super) written: Vec<Name>,
    /// Constraints added `NOT VALID` in the transaction: table and name.
    pub(super) not_valid: Vec<(Name, String)>,
    /// The table that the statement before this one altered.
    pub(super) altered: Option<Name>,
}

impl Past {
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A statement in its place.
pub(super) struct Site<'a> {
    pub(super) action: &'a Action,
    pub(super) span: Range<usize>,
    /// The statement as the runner sees it; not of what is inside code.
    pub(super) statement: Option<&'a Statement<'a>>,
    pub(super) within: Within,
    /// Whether values enter a dynamic statement unquoted; `None` for statements that could be read.
    pub(super) dynamic: Option<bool>,
    /// Whether it runs inside a transaction block.
    pub(super) in_transaction: bool,
    pub(super) run_by: RunBy,
    /// The file that it stands in.
    pub(super) file: &'a str,
    /// What the project has agreed on.
    pub(super) conventions: &'a Conventions,
    pub(super) known: &'a Known,
    pub(super) past: &'a Past,
    /// Whether transactions are left to the file.
    pub(super) alone: bool,
    /// The statements of the file after this one.
    pub(super) later: &'a [Statement<'a>],
}

impl<'a> Site<'a> {
    /// Whether a table was there before the file, and may have rows and users.
    pub(super) fn existing(&self, name: &Name) -> bool {
        self.table(name).is_none_or(|table| !table.fresh && !table.temporary)
    }

    pub(super) fn table(&self, name: &Name) -> Option<&'a Table> {
        self.known.table(name)
    }

    /// The actions of an `ALTER TABLE` of a table that was there before.
    pub(super) fn alterations(&self) -> impl Iterator<Item = (Range<usize>, &'a Name, &'a TableAction)> {
        let table = match self.action {
            Action::AlterTable(table) if self.existing(&table.name) => Some(table),
            _ => None,
        };
        table
            .into_iter()
            .flat_map(|table| table.actions.iter().map(move |(span, action)| (span.clone(), &table.name, action)))
    }

    /// The locks that it takes on what was there before.
    pub(super) fn touches(&self) -> Vec<Touch> {
        touches(self.action, self.known).into_iter().filter(|touch| self.existing(&touch.table)).collect()
    }

    /// The strongest lock of it that makes writers wait.
    pub(super) fn blocking(&self) -> Option<Touch> {
        self.touches().into_iter().filter(|touch| touch.mode >= Lock::Share).max_by_key(|touch| touch.mode)
    }

    /// What is dropped of these kinds and was there before.
    pub(super) fn dropped(&self, kinds: &[&str]) -> Vec<&'a Name> {
        match self.action {
            Action::Drop(drop) if kinds.contains(&drop.kind.as_str()) => {
                drop.names.iter().filter(|name| !self.known.is_fresh(&drop.kind, name, drop.on.as_ref())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What a rule found in a statement.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) list: Vec<Said>,
}

/// One thing that was found.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) object: Option<ObjectRef>,
    pub(super) hint: Option<String>,
}

impl Found {
    pub(super) fn say(&mut self, span: Range<usize>, message: impl Into<String>) -> &mut Said {
        self.list.push(Said { span, message: message.into(), object: None, hint: None });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}

impl Said {
    /// Names what it is about.
    pub(super) fn on(&mut self, kind: &str, name: &Name) -> &mut Self {
        self.object = object(kind, name, None);
        self
    }

    /// Names the part of a table that it is about.
    pub(super) fn of(&mut self, kind: &str, name: &str, table: &Name) -> &mut Self {
        self.object = object(kind, &vec![name.to_owned()], Some(table));
        self
    }

    pub(super) fn hint(&mut self, hint: impl Into<String>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }
}

fn object(kind: &str, name: &Name, parent: Option<&Name>) -> Option<ObjectRef> {
    let within = parent.unwrap_or(name);
    Some(ObjectRef {
        kind: kind.to_owned(),
        schema: within.len().checked_sub(2).and_then(|n| within.get(n)).cloned(),
        name: name.last()?.clone(),
        parent: parent.and_then(|parent| parent.last()).cloned(),
    })
}

/// A name as messages show it.
pub(super) fn shown(name: &Name) -> String {
    crate::base::Path(name).to_string()
}
