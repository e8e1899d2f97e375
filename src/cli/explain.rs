//! `pgward explain CODE`: what a finding means, with a bad and a good example.

use super::context::Context;
use crate::base::{Code, Error, Exit, Result};
use crate::report::{Line, Report, Tone};

/// Explain a finding's code
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// A code such as VF002, or a name such as attribute-differs; all codes are listed without one
    code: Option<String>,
}

/// Every code that pgward can report.
pub(super) fn codes() -> impl Iterator<Item = &'static Code> {
    let lists = [
        crate::verify::codes::ALL,
        crate::prove::codes::ALL,
        super::snapshot::CODES,
        super::docs::CODES,
        super::status::CODES,
        crate::trace::codes::ALL,
        crate::rls::codes::ALL,
        crate::base::RULE_CODES,
        crate::gate::codes::ALL,
    ];
    lists.into_iter().flatten().copied().chain(crate::lint::codes()).chain(crate::advise::codes())
}

impl Explain {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let Some(wanted) = self.code else {
            let row = |code: &Code| vec![code.code.into(), default(code).into(), code.name.into()];
            let table = crate::report::Table { title: String::new(), rows: codes().map(row).collect() };
            let data = codes().map(to_json).collect::<Vec<_>>();
            let data = [("codes".to_owned(), data.into())].into_iter().collect();
            context.output.report(Report { command: "explain", tables: vec![table], data, ..Report::default() })?;
            return Ok(Exit::Clean);
        };
        let code =
            codes().find(|code| code.code.eq_ignore_ascii_case(&wanted) || code.name == wanted).ok_or_else(|| {
                Error::input(format!("there is no code {wanted:?}")).with_hint("`pgward explain` lists all codes")
            })?;
        if !context.output.is_for_people() {
            let data = [("code".to_owned(), to_json(code))].into_iter().collect();
            context.output.report(Report { command: "explain", data, ..Report::default() })?;
            return Ok(Exit::Clean);
        }
        let out = context.output;
        out.line(Line::new(Tone::Strong, format!("{} {} ({})", code.code, code.name, default(code))))?;
        out.line(format!("\n{}", wrapped(code.description, 100)))?;
        for (title, example) in [("Finds", code.bad), ("Does not find", code.good)] {
            out.line(Line::new(Tone::Strong, format!("\n{title}")))?;
            out.line(format!("  {}", example.replace('\n', "\n  ")))?;
        }
        Ok(Exit::Clean)
    }
}

/// What its findings count for where nothing is configured.
fn default(code: &Code) -> String {
    let off = crate::lint::RULES.iter().any(|rule| rule.off && rule.code == *code);
    if off { format!("off, else {}", code.severity) } else { code.severity.to_string() }
}

fn to_json(code: &Code) -> serde_json::Value {
    serde_json::json!({
        "code": code.code,
        "name": code.name,
        "severity": code.severity,
        "off_by_default": default(code) != code.severity.to_string(),
        "description": code.description,
        "bad": code.bad,
        "good": code.good,
    })
}

/// Breaks a text into lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.len() - 1;
        if !lines[line].is_empty() && lines[line].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !lines[line].is_empty() {
                lines[line].push(' ');
            }
            lines[line].push_str(word);
        }
    }
    lines.join("\n")
}
