//! `pgward advise`: what is wrong with the schema that is there.

use std::time::{Duration, Instant};

use serde_json::json;

use super::context::Context;
use super::output::verdict;
use crate::advise::{NOT_EVALUATED, Options, Outcome, RULES, advise, codes};
use crate::base::{Error, Exit, Finding, Ident, Result, Severity};
use crate::pg::Session;
use crate::report::{Case, Line, Outcome as Reported, Report, Tone, count, duration};

/// Look for what is wrong with the schema of a database: access, policies, functions, keys, indexes
///
/// Reads catalogs in a read-only transaction, and needs no right but to connect. Exits 0 when there is nothing to object
/// to, 1 when there is, and 2 when a rule could not be evaluated.
#[derive(Debug, clap::Args)]
pub(super) struct Advise {
    /// A role that acts for the outside world; may be repeated [default: pgward.toml's, else anon and authenticated, else all that were granted something]
    #[arg(long = "api-role", value_name = "ROLE")]
    api_roles: Vec<String>,
    /// The lowest severity that makes the command exit 1
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = super::context::severity)]
    fail_on: Severity,
}

impl Advise {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let mut session = context.connect().await?;
        let advised = check(context, &mut session, &self.api_roles).await?;
        session.close().await;
        let exit = advised.exit(self.fail_on);
        context.output.report(advised.report("advise", self.fail_on))?;
        Ok(exit)
    }
}

/// A database that was looked at, and what to say about it.
pub(super) struct Advised {
    outcome: Outcome,
    /// What was found and what was not evaluated, as the configuration counts it.
    pub(super) findings: Vec<Finding>,
    took: Duration,
}

/// Applies the rules to a database: the API roles are those named, else the configuration's.
///
/// # Errors
///
/// A lost connection, an API role or a schema that is not there: a slip of the pen would otherwise look clean.
pub(super) async fn check(context: &Context, session: &mut Session, api_roles: &[String]) -> Result<Advised> {
    let start = Instant::now();
    let api_roles = if api_roles.is_empty() { context.config.advise.api_roles.clone() } else { api_roles.to_vec() };
    let filter = context.schemas();
    for name in filter.schemas().unwrap_or_default() {
        let query = "select pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) is not null";
        let parameters = [(name as _, tokio_postgres::types::Type::TEXT)];
        let rows = session.client().query_typed(query, &parameters).await;
        let rows = rows.map_err(|error| session.error(error, "look for the managed schemas"))?;
        if !rows.first().is_some_and(|row| row.get(0)) {
            return Err(Error::input(format!("there is no schema {} in the database", Ident(name)))
                .with_hint("`pgward up` applies migrations; --schema NAME names another schema"));
        }
    }
    let outcome = advise(session.client_mut(), &filter, &Options { api_roles }).await?;
    let unknown = outcome.not_evaluated.iter().map(|unknown| {
        let rule = unknown.code.map_or(String::new(), |code| format!("{code} was not evaluated: "));
        let mut finding = Finding::new(&NOT_EVALUATED, format!("{rule}{}", unknown.reason));
        finding.object.clone_from(&unknown.object);
        finding
    });
    let all = unknown.chain(outcome.findings.iter().cloned()).collect();
    // A part of the schemas says nothing about allowances for the rest.
    let ran: Vec<_> = if context.global.schemas.is_empty() { codes().collect() } else { Vec::new() };
    let findings = context.settle(all, &ran);
    Ok(Advised { outcome, findings, took: start.elapsed() })
}

impl Advised {
    /// The exit status: what was not evaluated is never green.
    pub(super) fn exit(&self, fail_on: Severity) -> Exit {
        if self.outcome.not_evaluated.is_empty() { verdict(&self.findings, fail_on) } else { Exit::Failed }
    }

    /// What was looked at, and what of it could not be evaluated.
    pub(super) fn in_short(&self) -> (String, Option<String>) {
        let unknown = self.outcome.not_evaluated.len();
        let rules = count(RULES.len(), "rule");
        (rules.clone(), (unknown > 0).then(|| format!("{unknown} could not be decided by {rules}")))
    }

    pub(super) fn report(&self, command: &'static str, fail_on: Severity) -> Report {
        let of = |severity| {
            self.findings.iter().filter(|finding| finding.waiver.is_none() && finding.severity == severity).count()
        };
        let unknown = self.outcome.not_evaluated.len();
        let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Info));
        // Said as what it is, unless the configuration counts it otherwise.
        let errors = errors.saturating_sub(unknown);
        let waived = self.findings.iter().filter(|finding| finding.waiver.is_some()).count();
        let found: Vec<_> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| count(number, noun))
            .chain((unknown > 0).then(|| format!("{unknown} not evaluated")))
            .chain((waived > 0).then(|| format!("{waived} waived")))
            .collect();
        let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
        let tone = match (errors + unknown, warnings) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Warn,
            _ => Tone::Bad,
        };
        let roles: Vec<_> = self.outcome.api_roles.iter().map(|role| Ident(role).to_string()).collect();
        let roles = roles.join(", ");
        let summary = format!("{found}: {} for {roles} ({})", count(RULES.len(), "rule"), duration(self.took));
        let cases = RULES.iter().map(|rule| {
            let code = rule.code.code;
            let findings: Vec<_> = self.findings.iter().filter(|finding| finding.code == code).cloned().collect();
            let unknown = self.outcome.not_evaluated.iter().any(|unknown| unknown.code.is_none_or(|of| of == code));
            let outcome = match verdict(&findings, fail_on) {
                Exit::Findings => Reported::Findings,
                _ if unknown => Reported::NotEvaluated,
                _ => Reported::Passed,
            };
            Case { name: format!("{code} {}", rule.code.name), outcome, findings }
        });
        let not_evaluated: Vec<_> = self
            .outcome
            .not_evaluated
            .iter()
            .map(|unknown| json!({ "code": unknown.code, "object": unknown.object, "reason": unknown.reason }))
            .collect();
        let data = json!({ "advised": {
            "rules": RULES.len(),
            "api_roles": self.outcome.api_roles,
            "not_evaluated": not_evaluated,
        }});
        Report {
            command,
            cases: cases.collect(),
            findings: self.findings.clone(),
            summary: Line::new(tone, summary),
            data: data.as_object().cloned().unwrap_or_default(),
            fail_on: Some(fail_on),
            ..Report::default()
        }
    }
}
