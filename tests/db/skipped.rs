//! Tests that can't be made on this machine.

use std::io::Write as _;

/// Notes it for the last line of the run (`ci/lib.sh` prints it), and says so where a test is run by hand.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to note it")]
pub fn skipped(what: &str, why: &str) {
    // Past the test harness, which would keep it to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED {what}: {why}");
    if let Ok(path) = std::env::var("PGWARD_TEST_SKIPPED") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        writeln!(file, "{what} ({why})").unwrap();
    }
}
