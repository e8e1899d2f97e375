//! Takes files in order, statement by statement, through the rules.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use super::conventions::Conventions;
use super::known::Known;
use super::rules::RULES;
use super::site::{Held, Past, Rule, Said, Site, Within};
use super::waiver::Waivers;
use crate::base::{Code, Finding, Location, Lock, Result, Severity, line_column};
use crate::model::Catalog;
use crate::sql::tree::{Action, Inner, Name, Parsed, TableAction, Verb, inner_statements, parse};
use crate::sql::{Control, Script, Statement, control, directives, steps};

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// What it is called in findings.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Whether its findings are wanted; otherwise it is read only for what it makes.
    pub wanted: bool,
}

/// Who runs the files, which decides on transactions and timeouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunBy {
    /// pgward: a transaction for each file unless a directive says otherwise, with a lock timeout.
    #[default]
    Pgward,
    /// Another runner that puts each file into a transaction.
    Transaction,
    /// Another runner that runs statements one by one, as psql does.
    Statements,
}

/// How files are looked at.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Who runs the files.
    pub run_by: RunBy,
    /// The day that waivers' ends are compared with, as `2027-01-31`.
    pub today: &'a str,
    /// Whether a rule is on for a file.
    pub enabled: &'a dyn Fn(&Rule, &str) -> bool,
    /// What the files will be applied to, if it is known.
    pub before: Option<&'a Catalog>,
    /// What the project has agreed on.
    pub conventions: &'a Conventions,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Linted {
    /// What was found, in order of files and places; what a waiver accepts says so.
    pub findings: Vec<Finding>,
    /// How many statements were looked at in the wanted files.
    pub statements: usize,
    /// `EXECUTE` statements whose text could not be read.
    pub dynamic: usize,
}

static NOT_PARSED: Code = Code {
    code: "LN900",
    name: "not-parsed",
    severity: Severity::Error,
    description: "A statement is no SQL as far as pgward's parser knows, so no rule has seen it. This is an error\n\
        (exit status 2), never a finding: what can't be looked at is not green. Where the server takes the\n\
        statement, waive this code above it; then the statement is passed over by all rules.",
    bad: "creat table t (id bigint);",
    good: "create table t (id bigint);",
};

/// The codes of this part.
pub(super) const CODES: &[&Code] = &[&NOT_PARSED];

/// Takes files through the rules, in the order in which they are applied.
///
/// # Errors
///
/// [`ErrorKind::Input`](crate::base::ErrorKind::Input), with the place, for text that is no SQL, and for directives that
/// pgward does not know.
pub fn lint(files: &[File<'_>], options: &Options<'_>) -> Result<Linted> {
    let mut linted = Linted::default();
    let mut known = options.before.map(Known::of).unwrap_or_default();
    for (file, read) in files.iter().zip(read_all(files, options.today)) {
        known.settle();
        let read = read?;
        let script = &read.script;
        let mut waivers = Waivers::of(script, options.today);
        for statement in read.unread() {
            let _ = waivers.find(&NOT_PARSED, &statement.span);
        }
        let alone = match options.run_by {
            RunBy::Statements => true,
            RunBy::Pgward | RunBy::Transaction => directives(script)?.no_transaction,
        };
        let mut pass = Pass {
            alone,
            options,
            script,
            read: &read,
            past: Past::default(),
            known: &mut known,
            found: Vec::new(),
            linted: &mut linted,
        };
        pass.file();
        let found = pass.found;
        if !file.wanted {
            continue;
        }
        linted.statements += script.statements.len();
        let mut placed = Vec::new();
        for (rule, said) in found {
            let span = said.span.clone();
            let mut finding = finding(&rule.code, said, script);
            finding.waiver = waivers.find(&rule.code, &span);
            placed.push((span, finding));
        }
        let enabled = |code: &Code| {
            RULES.iter().find(|rule| rule.code == *code).is_none_or(|rule| (options.enabled)(rule, file.name))
        };
        placed.extend(waivers.complaints(&enabled));
        placed.sort_by(|(one, a), (two, b)| (one.start, a.code).cmp(&(two.start, b.code)));
        // A loop or a called routine may say the same thing of one place twice.
        placed.dedup_by(|(_, one), (_, two)| one == two);
        linted.findings.extend(placed.into_iter().map(|(_, finding)| finding));
    }
    Ok(linted)
}

fn finding(code: &'static Code, said: Said, script: &Script<'_>) -> Finding {
    let (line, column) = line_column(script.text, said.span.start);
    Finding {
        object: said.object,
        location: Some(Location { file: script.file.to_owned(), line, column }),
        hint: said.hint,
        ..Finding::new(code, said.message)
    }
}

/// One file on its way through.
struct Pass<'p, 'a> {
    /// Whether transactions are left to the file.
    alone: bool,
    options: &'p Options<'p>,
    script: &'p Script<'a>,
    read: &'p Reading<'a>,
    past: Past,
    known: &'p mut Known,
    found: Vec<(&'static Rule, Said)>,
    linted: &'p mut Linted,
}

/// Where a statement runs.
#[derive(Clone, Copy)]
struct Place<'s> {
    within: Within,
    statement: Option<&'s Statement<'s>>,
    later: &'s [Statement<'s>],
    in_transaction: bool,
}

impl Pass<'_, '_> {
    fn file(&mut self) {
        let blocks = self.blocks();
        let mut open = None;
        for (n, (statement, parsed)) in self.script.statements.iter().zip(&self.read.parsed).enumerate() {
            if blocks[n] != open || blocks[n].is_none() {
                // Locks end with their transaction, settings don't.
                self.past.held.clear();
                self.past.written.clear();
                self.past.not_valid.clear();
            }
            open = blocks[n];
            let later = &self.script.statements[n + 1..];
            let place =
                Place { within: Within::File, statement: Some(statement), later, in_transaction: open.is_some() };
            self.statement(&parsed.action, parsed.span.clone(), &self.read.inner[n], place);
        }
    }

    /// For each statement the number of its transaction block, if it runs in one.
    fn blocks(&self) -> Vec<Option<usize>> {
        let statements = &self.script.statements;
        if !self.alone {
            return vec![Some(0); statements.len()];
        }
        if let Ok(steps) = steps(self.script) {
            let mut blocks = vec![None; statements.len()];
            for (n, step) in steps.iter().enumerate().filter(|(_, step)| step.statements.len() > 1) {
                blocks[step.statements.clone()].fill(Some(n));
            }
            return blocks;
        }
        let mut open = None;
        let block = |(n, statement): (usize, &Statement<'_>)| match control(statement) {
            Some(Control::Begin) => {
                open = Some(n);
                open
            }
            Some(Control::Commit | Control::Rollback | Control::TwoPhase) => open.take(),
            None => open,
        };
        statements.iter().enumerate().map(block).collect()
    }

    /// Takes a statement through the rules, then what it runs, then remembers what it did.
    fn statement(&mut self, action: &Action, span: Range<usize>, inner: &Arc<Vec<Inner>>, place: Place<'_>) {
        self.rules(action, span.clone(), place, None);
        match action {
            Action::Do(_) => {
                for inner in inner.iter() {
                    self.inner(inner, None, Place { within: Within::Do, statement: None, ..place });
                }
            }
            Action::Call(names) if place.within != Within::Body => {
                for name in names {
                    let Some(routine) = self.known.routine(name) else { continue };
                    if matches!(place.within, Within::Called) {
                        continue;
                    }
                    for inner in routine.inner.clone().iter() {
                        self.inner(
                            inner,
                            Some(span.clone()),
                            Place { within: Within::Called, statement: None, ..place },
                        );
                    }
                }
            }
            Action::Create(_) if place.within == Within::File => {
                for inner in inner.iter() {
                    self.inner(inner, None, Place { within: Within::Body, statement: None, ..place });
                }
            }
            _ => {}
        }
        if place.within != Within::Body {
            self.remember(action, span, inner);
        }
    }

    /// A statement inside code; `at` is the place to point at, if it isn't its own.
    fn inner(&mut self, inner: &Inner, at: Option<Range<usize>>, place: Place<'_>) {
        match inner {
            Inner::Statement(parsed) => {
                let inner = inner_of(self.script.text, &parsed.action);
                self.statement(&parsed.action, at.unwrap_or_else(|| parsed.span.clone()), &inner, place);
            }
            Inner::Executed(parsed) => {
                let place =
                    Place { within: if place.within == Within::Do { Within::Executed } else { place.within }, ..place };
                // Code inside of it has no place in the file.
                let inner = Arc::default();
                self.statement(&parsed.action, at.unwrap_or_else(|| parsed.span.clone()), &inner, place);
            }
            Inner::Dynamic { span, unquoted } => {
                if place.within != Within::Body {
                    self.linted.dynamic += 1;
                }
                self.rules(&Action::Other, at.unwrap_or_else(|| span.clone()), place, Some(*unquoted));
            }
        }
    }

    fn rules(&mut self, action: &Action, span: Range<usize>, place: Place<'_>, dynamic: Option<bool>) {
        let site = Site {
            action,
            span: span.clone(),
            statement: place.statement,
            within: place.within,
            dynamic,
            in_transaction: place.in_transaction,
            run_by: self.options.run_by,
            file: self.script.file,
            conventions: self.options.conventions,
            known: self.known,
            past: &self.past,
            alone: self.alone,
            later: place.later,
        };
        for rule in RULES {
            if (place.within == Within::Body && !rule.in_bodies) || !(self.options.enabled)(rule, self.script.file) {
                continue;
            }
            let mut found = super::site::Found::default();
            (rule.check)(&site, &mut found);
            for mut said in found.list {
                // Parts of a statement that was called or executed have no place of their own here.
                if matches!(place.within, Within::Called | Within::Executed) {
                    said.span = span.clone();
                }
                match place.within {
                    Within::Do | Within::Executed => said.message.push_str(", in a DO block"),
                    Within::Called => said.message.push_str(", in a routine that is called here"),
                    Within::File | Within::Body => {}
                }
                self.found.push((rule, said));
            }
        }
    }

    fn remember(&mut self, action: &Action, span: Range<usize>, inner: &Arc<Vec<Inner>>) {
        let (line, _) = line_column(self.script.text, span.start);
        let site = Site {
            action,
            span,
            statement: None,
            within: Within::File,
            dynamic: None,
            in_transaction: false,
            run_by: self.options.run_by,
            file: self.script.file,
            conventions: self.options.conventions,
            known: self.known,
            past: &self.past,
            alone: self.alone,
            later: &[],
        };
        let strong = site.touches().into_iter().filter(|touch| touch.mode >= Lock::Share);
        let held: Vec<_> = strong.map(|touch| Held { table: touch.table, mode: touch.mode, line }).collect();
        let bulk = |name: &&Name| site.existing(name);
        let written: Vec<Name> = match action {
            Action::Write(write) if write.verb != Verb::Insert || write.from_query => {
                write.tables.iter().filter(bulk).cloned().collect()
            }
            _ => Vec::new(),
        };
        self.past.held.extend(held);
        self.past.written.extend(written);
        self.past.altered = None;
        match action {
            Action::Set(set) => {
                self.past.settings.retain(|(name, _)| *name != set.name);
                self.past.settings.extend(set.value.clone().map(|value| (set.name.clone(), value)));
            }
            Action::AlterTable(table) => {
                self.past.altered = Some(table.name.clone());
                for (_, action) in &table.actions {
                    if let TableAction::AddConstraint(constraint) = action
                        && let (true, Some(name)) = (constraint.not_valid, &constraint.name)
                    {
                        self.past.not_valid.push((table.name.clone(), name.clone()));
                    }
                }
            }
            _ => {}
        }
        self.known.apply(action, inner);
    }
}

/// A file that was read.
struct Reading<'a> {
    script: Script<'a>,
    parsed: Vec<Parsed>,
    /// What the code in each statement runs.
    inner: Vec<Arc<Vec<Inner>>>,
    unread: Vec<usize>,
}

impl<'a> Reading<'a> {
    fn of(file: &File<'a>, today: &str) -> Result<Self> {
        let script = Script::parse(file.name, file.text)?;
        let accepted = RefCell::new(Waivers::of(&script, today));
        let unread = RefCell::new(Vec::new());
        let parsed = parse(&script, &|statement| {
            let accepts = accepted.borrow_mut().find(&NOT_PARSED, &statement.span).is_some();
            if accepts {
                unread.borrow_mut().push(statement.span.start);
            }
            accepts
        })?;
        drop(accepted);
        let starts = unread.into_inner();
        let unread = (0..parsed.len()).filter(|n| starts.contains(&parsed[*n].span.start)).collect();
        let inner = parsed.iter().map(|parsed| inner_of(file.text, &parsed.action)).collect();
        Ok(Self { script, parsed, inner, unread })
    }

    /// The statements that are passed over.
    fn unread(&self) -> impl Iterator<Item = &Statement<'a>> {
        self.unread.iter().map(|n| &self.script.statements[*n])
    }
}

/// Reads files, as many at the same time as there are processors. In their order.
fn read_all<'a>(files: &[File<'a>], today: &str) -> Vec<Result<Reading<'a>>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len()).max(1);
    let share = |first: usize| -> Vec<_> {
        files.iter().skip(first).step_by(threads).map(|file| Reading::of(file, today)).collect()
    };
    let mut shares: Vec<_> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|n| scope.spawn(move || share(n))).collect();
        let first = share(0).into_iter();
        let others = others.into_iter().map(|other| match other.join() {
            Ok(share) => share.into_iter(),
            Err(panic) => std::panic::resume_unwind(panic),
        });
        [first].into_iter().chain(others).collect()
    });
    (0..files.len()).filter_map(|n| shares[n % threads].next()).collect()
}

/// What the code in a statement runs.
fn inner_of(text: &str, action: &Action) -> Arc<Vec<Inner>> {
    let code = match action {
        Action::Do(code) => Some(code),
        Action::Create(made) => made.code.as_ref(),
        _ => None,
    };
    Arc::new(code.map(|code| inner_statements(text, code)).unwrap_or_default())
}
