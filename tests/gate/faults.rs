//! What a fault is, and how 200 of them are drawn.

use std::path::Path;

/// One fault.
pub(crate) struct Fault {
    /// What was done.
    pub(crate) what: String,
    /// The check that must object to it.
    pub(crate) check: &'static str,
    /// What the gate must name.
    pub(crate) object: String,
    pub(crate) act: Act,
}

/// How it is planted.
pub(crate) enum Act {
    /// A migration that comes last.
    Migration(String),
    /// Files are changed.
    Files(Box<dyn Fn(&Path) + Send + Sync>),
    /// Somebody typed this into the target.
    Target(String),
}

impl Fault {
    pub(crate) fn migration(check: &'static str, object: &str, sql: &str) -> Self {
        Self { what: sql.to_owned(), check, object: object.to_owned(), act: Act::Migration(sql.to_owned()) }
    }

    pub(crate) fn target(object: &str, sql: &str) -> Self {
        let what = format!("in the target: {sql}");
        Self { what, check: "drift", object: object.to_owned(), act: Act::Target(sql.to_owned()) }
    }

    pub(crate) fn files(
        check: &'static str,
        object: &str,
        what: &str,
        act: impl Fn(&Path) + Send + Sync + 'static,
    ) -> Self {
        Self { what: what.to_owned(), check, object: object.to_owned(), act: Act::Files(Box::new(act)) }
    }

    /// Plants it; returns what is to be run in the target.
    pub(crate) fn plant(&self, copy: &Path) -> Option<&str> {
        match &self.act {
            Act::Migration(sql) => {
                let file = |ending: &str| copy.join(format!("migrations/V20991231000000__planted{ending}"));
                std::fs::write(file(".sql"), format!("{sql};\n")).unwrap();
                // That it does not restore everything is found, too.
                std::fs::write(file(".down.sql"), "select 1;\n").unwrap();
                None
            }
            Act::Files(act) => {
                act(copy);
                None
            }
            Act::Target(sql) => Some(sql),
        }
    }
}

/// Draws `number` of the candidates; the same seed draws the same.
pub(crate) fn draw(mut candidates: Vec<Fault>, number: usize, seed: &mut u64) -> Vec<Fault> {
    let mut drawn = Vec::new();
    while drawn.len() < number && !candidates.is_empty() {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(*seed >> 33).unwrap() % candidates.len();
        drawn.push(candidates.swap_remove(at));
    }
    drawn
}
