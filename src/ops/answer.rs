//! Calling a function of the schema, and what it answers.

use serde_json::Value;
use tokio_postgres::types::ToSql;

use crate::base::{Error, Result};
use crate::pg::Session;

/// What a function of the schema answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It was done; the answer's fields.
    Done(Value),
    /// It was refused.
    Refused {
        /// The stable word for why.
        code: String,
        /// The sentence.
        error: String,
    },
}

impl Answer {
    /// The answer, or the refusal as an error.
    ///
    /// # Errors
    ///
    /// What the function refused, with its code as a note.
    pub fn done(self) -> Result<Value> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Refused { code, error } => Err(Error::input(error).with_note(format!("code: {code}"))),
        }
    }

    /// The code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Done(_) => None,
            Self::Refused { code, .. } => Some(code),
        }
    }
}

/// Calls a function: `claim_next_run($1)` with its parameters.
///
/// # Errors
///
/// What the server says, with a hint where the schema is not there or too old.
pub async fn call(session: &Session, function: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Answer> {
    let sql = format!("select ops.{function}");
    let row = session.client().query_one(&sql, params).await.map_err(|error| failed(session, error))?;
    let value: Value = row.get(0);
    if value["success"] == true {
        return Ok(Answer::Done(value));
    }
    let text = |field: &str| value[field].as_str().unwrap_or("unknown").to_owned();
    Ok(Answer::Refused { code: text("code"), error: text("error") })
}

/// An error of the server about the schema.
pub(super) fn failed(session: &Session, error: tokio_postgres::Error) -> Error {
    let code = error.code().map(|code| code.code().to_owned());
    let error = session.error(error, "the ops schema could not be asked");
    match code.as_deref() {
        // undefined schema, table, column, function
        Some("3F000" | "42P01" | "42703" | "42883") => {
            error.with_hint("the bundle's migrations make what is missing: pgward up")
        }
        _ => error,
    }
}
