//! Where output goes: data to standard output, everything else to standard error.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};

use crate::base::{Error, Exit, Finding, Result, Severity};
use crate::report::{FORMATS, Format, Line, Report, render_error, render_line};

/// The two streams and how much is said on them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    format: &'static Format,
    quiet: bool,
    verbose: bool,
}

impl Output {
    /// Chooses streams and format; `color` is `auto`, `always` or `never`.
    pub(super) fn new(format: &str, quiet: bool, verbose: bool, color: clap::ColorChoice) -> Self {
        match color {
            clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
            clap::ColorChoice::Always => anstream::ColorChoice::Always,
            clap::ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        let format = FORMATS.iter().find(|known| known.name == format).unwrap_or(&FORMATS[0]);
        Self { format, quiet, verbose }
    }

    /// Whether a person reads standard output, and not a program.
    pub(super) fn is_for_people(self) -> bool {
        self.format.name == "terminal"
    }

    /// Whether `--verbose` was given.
    pub(super) fn is_verbose(self) -> bool {
        self.verbose
    }

    /// Whether progress may be drawn on standard error.
    pub(super) fn draws_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Prints a line of the result as it comes, for people only: a machine format prints one document at the end.
    pub(super) fn line(self, line: impl Into<Line>) -> Result<()> {
        if self.is_for_people() && !self.quiet {
            self.data(&format!("{}\n", render_line(&line.into())))
        } else {
            Ok(())
        }
    }

    /// Prints data as it is.
    pub(super) fn data(self, text: &str) -> Result<()> {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).or_else(|error| match error.kind() {
            // Whoever reads has seen enough.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(Error::environment("standard output can't be written to").with_source(error)),
        })
    }

    /// Says something on standard error, unless `--quiet`.
    pub(super) fn note(self, text: impl AsRef<str>) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr().lock(), "{}", text.as_ref());
        }
    }

    /// Prints a report in the chosen format; with `--quiet`, people get only what is wrong.
    pub(super) fn report(self, mut report: Report) -> Result<()> {
        if self.quiet && self.is_for_people() {
            if report.all().next().is_none() {
                return Ok(());
            }
            report.tables.clear();
        }
        report.codes = super::explain::codes().collect();
        if self.is_for_people() {
            report.sources = sources(&report);
        }
        self.data(&(self.format.render)(&report))
    }

    /// Prints an error: for people on standard error, and for programs as a document too.
    pub(super) fn error(self, command: &str, error: &Error) {
        self.error_document(Some(command), error);
        let _ = write!(anstream::stderr().lock(), "{}", render_error(error));
    }

    /// Prints an error as a document, where the format has one for it; there is no command where the command line could
    /// not be read.
    pub(super) fn error_document(self, command: Option<&str>, error: &Error) {
        if let Some(failure) = self.format.failure {
            let _ = self.data(&failure(command, error));
        }
    }
}

/// No file that a person reads a finding in is longer.
const LONGEST: u64 = 1 << 20;

/// The texts of the files that findings are about. One that can't be read is named all the same.
fn sources(report: &Report) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for place in report.open().filter_map(|finding| finding.location.as_ref()) {
        if !texts.contains_key(&place.file)
            && std::fs::metadata(&place.file).is_ok_and(|about| about.is_file() && about.len() <= LONGEST)
            && let Ok(text) = std::fs::read_to_string(&place.file)
        {
            texts.insert(place.file.clone(), text);
        }
    }
    texts
}

/// The exit status that findings ask for, given the lowest severity that counts. What is allowed does not count.
pub(super) fn verdict<'f>(findings: impl IntoIterator<Item = &'f Finding>, fail_on: Severity) -> Exit {
    let counts = |finding: &Finding| finding.waiver.is_none() && finding.severity >= fail_on;
    if findings.into_iter().any(counts) { Exit::Findings } else { Exit::Clean }
}
