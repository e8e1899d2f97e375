//! Exit status of the program: a contract with scripts and CI.

/// How a command ended.
///
/// The three values are all there are: a check that could not be evaluated is [`Exit::Failed`], never clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: nothing to object to.
    Clean,
    /// 1: findings at or above the threshold.
    Findings,
    /// 2: the work could not be done.
    Failed,
}

impl Exit {
    /// The number given to the operating system.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }
}
