//! What is wrong with the schema that is there: rules over what the catalogs of one database say, asked in bulk.
//!
//! Reads only, in one read-only transaction, and needs no right but to connect: every fact comes from catalogs that each
//! role can read. What an API role may do is never guessed from grants, the server is asked (`has_table_privilege` and its
//! like). Knows no files and prints nothing.

mod expression;
mod facts;
mod rule;
mod rules;

use tokio_postgres::Client;

pub use rule::{NotEvaluated, Outcome, Rule};
pub use rules::RULES;

use crate::base::{Code, Ident, Result, Severity};
use crate::model::SchemaFilter;
use rule::Found;

/// What the person says about the database.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The roles that act for the outside world; see [`advise`] for what is taken when there are none.
    pub api_roles: Vec<String>,
}

/// A rule could not decide.
pub static NOT_EVALUATED: Code = Code {
    code: "AD000",
    name: "advice-not-evaluated",
    severity: Severity::Error,
    description: "A rule could not decide about an object, for the reason given: an expression that is not understood, or a \
                  table that the connected role may not read. A rule that was not evaluated is never counted as passed; \
                  the command exits 2.",
    bad: "-- a policy with an expression in a syntax that pgward's reader does not know",
    good: "-- the same condition in a function that the policy calls",
};

/// Every code of this room.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    std::iter::once(&NOT_EVALUATED).chain(RULES.iter().map(|rule| rule.code))
}

/// Applies every rule to the managed schemas.
///
/// API roles are those of `options`. Without any they are `anon` and `authenticated`, as far as one of them holds something
/// in the managed schemas; and where neither does, every role that holds something there and neither owns any of it nor
/// bypasses row-level security. PUBLIC is always one. PostgREST's settings play no part: what it does not serve today is
/// still within reach of who connects otherwise.
///
/// No transaction may be open on `client`.
///
/// # Errors
///
/// When the connection is lost, or a role of `options` is not there.
pub async fn advise(client: &mut Client, filter: &SchemaFilter, options: &Options) -> Result<Outcome> {
    let facts = facts::read(client, filter, options).await?;
    let mut outcome = Outcome { api_roles: facts.api_roles.clone(), ..Outcome::default() };
    for rule in RULES {
        let mut found = Found::new(rule.code);
        (rule.check)(&facts, &mut found);
        outcome.take(found);
    }
    for policy in facts.policies.iter().filter(|policy| policy.managed) {
        for reason in &policy.unreadable {
            outcome.not_evaluated.push(NotEvaluated {
                code: None,
                object: Some(facts.policy_ref(policy)),
                reason: match facts.relation(policy.relation) {
                    Some(table) => format!("policy {} on {}: {reason}", Ident(&policy.name), table.qualified()),
                    None => reason.clone(),
                },
            });
        }
    }
    outcome.findings.sort_by(|a, b| (b.severity, a.code, &a.object).cmp(&(a.severity, b.code, &b.object)));
    Ok(outcome)
}
