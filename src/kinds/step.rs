//! Statements, and what each does to a running system.
//!
//! Holds text and facts; knows no kind and no order.

use serde::Serialize;

use crate::base::Lock;
use crate::model::ObjectId;

/// What a statement does that somebody would want to know before it runs, beside the locks it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Reads a whole table or index while its lock is held.
    Scans,
    /// Writes a whole table or index anew while its lock is held.
    Rewrites,
    /// Changes what roles may do.
    ChangesAccess,
    /// Fails where rows are not as it demands.
    FailsOnRows,
    /// Programs that use the object as it was fail afterwards.
    Breaks,
    /// Rows, values or a sequence's state are gone for good.
    LosesData,
}

impl Risk {
    /// A phrase for reports: `rewrites the table`.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Scans => "scans",
            Self::Rewrites => "rewrites",
            Self::ChangesAccess => "changes access",
            Self::FailsOnRows => "fails where rows are not as it demands",
            Self::Breaks => "breaks programs that use the object as it was",
            Self::LosesData => "loses data",
        }
    }
}

/// When a statement may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// In one transaction with others.
    #[default]
    Shared,
    /// In a transaction after the one of the statements before it, so that their locks are gone, or their effects
    /// can be used (a new label of an enum).
    Later,
    /// In none: CONCURRENTLY and the like.
    Outside,
}

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The statement, without a semicolon at its end.
    pub sql: String,
    /// The locks that it takes on what stood before, with the object as reports show it.
    pub locks: Vec<(Lock, String)>,
    /// What else it does.
    pub risks: Vec<Risk>,
    /// When it may run.
    pub transaction: Transaction,
    /// A sentence for whoever reads the plan.
    pub note: Option<String>,
}

impl Step {
    /// Says which lock it takes on what.
    pub fn lock(&mut self, lock: Lock, on: &ObjectId) -> &mut Self {
        self.locks.push((lock, on.to_string()));
        self
    }

    /// Says what it does.
    pub fn risk(&mut self, risk: Risk) -> &mut Self {
        if !self.risks.contains(&risk) {
            self.risks.push(risk);
        }
        self
    }

    /// Says what it does if something holds.
    pub fn risk_if(&mut self, holds: bool, risk: Risk) -> &mut Self {
        if holds { self.risk(risk) } else { self }
    }

    /// Says that it can't run in a transaction.
    pub fn outside(&mut self) -> &mut Self {
        self.transaction = Transaction::Outside;
        self
    }

    /// Whether it reads rows, in a transaction after the one before it, and nobody who reads or writes waits for that.
    #[must_use]
    pub fn checks_apart(&self) -> bool {
        self.transaction == Transaction::Later
            && self.risks.contains(&Risk::Scans)
            && self.locks.iter().all(|(lock, _)| *lock <= Lock::ShareUpdateExclusive)
    }

    /// Says that what came before has to be committed.
    pub fn later(&mut self) -> &mut Self {
        self.transaction = Transaction::Later;
        self
    }

    /// Adds a sentence for whoever reads the plan.
    pub fn note(&mut self, note: impl Into<String>) -> &mut Self {
        self.note = Some(note.into());
        self
    }
}

/// The statements for one object, in order.
#[derive(Debug, Default)]
pub struct Steps {
    /// What to run.
    pub steps: Vec<Step>,
    /// Why the object has to be made anew after all, where [`alter`](super::Ddl::alter) found that it must be; what it
    /// wrote is void then.
    pub recreate: Option<String>,
    /// Whether what needs the object has to be removed before and made again after, as a view of a column whose type
    /// changes. Indexes and constraints of the same table are the server's to rebuild.
    pub rebuild_dependents: bool,
    /// The columns that the statements bring over to the object as it is then, with their values: they are not in the
    /// way, but what needs them is.
    pub moves: Vec<ObjectId>,
    /// Other objects that have to be made anew, with all that is in them.
    pub anew: Vec<ObjectId>,
    /// What has to run before anything is made: it is in the way of that.
    pub first: Vec<Step>,
    /// Names of relations that the statements free: the change's first ones, or those that remove the object.
    pub frees: Vec<Vec<String>>,
    /// Names of relations that the statements take, which have to be free.
    pub takes: Vec<Vec<String>>,
    /// The objects that are changed before this one is.
    pub after: Vec<ObjectId>,
}

impl Steps {
    /// Adds a statement, to run in one transaction with others unless said otherwise on what is returned.
    pub fn run(&mut self, sql: impl Into<String>) -> &mut Step {
        add(&mut self.steps, sql.into())
    }

    /// Adds a statement that runs before anything is made.
    pub fn run_first(&mut self, sql: impl Into<String>) -> &mut Step {
        add(&mut self.first, sql.into())
    }

    /// Says that the object can't be changed so and has to be made anew.
    pub fn recreate(&mut self, why: impl Into<String>) {
        self.recreate.get_or_insert(why.into());
    }

    /// Says that another object, such as the one that this one is in, can't be changed so and has to be made anew.
    pub fn recreate_other(&mut self, id: &ObjectId) {
        self.anew.push(id.clone());
    }

    /// Says that the statements bring a column over to the object as it is after them.
    pub fn moves(&mut self, column: &ObjectId) {
        self.moves.push(column.clone());
    }

    /// Says that what needs the object has to be removed before and made again after.
    pub fn rebuild_dependents(&mut self) {
        self.rebuild_dependents = true;
    }
}

fn add(steps: &mut Vec<Step>, sql: String) -> &mut Step {
    let at = steps.len();
    steps.push(Step { sql, locks: Vec::new(), risks: Vec::new(), transaction: Transaction::Shared, note: None });
    &mut steps[at]
}
