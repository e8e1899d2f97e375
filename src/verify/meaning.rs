//! Has the server say whether two expressions mean the same.
//!
//! A person writes `role in ('owner', 'admin')`, the catalog says `(role = ANY (ARRAY['owner'::text, 'admin'::text]))`.
//! Both are planned with `EXPLAIN (VERBOSE)` in a read-only transaction, over a function scan that has the columns of the
//! relation (so that no right on the relation is needed), and the plans are compared: the same server deparses both.
//! Planning folds constants, inlines functions, and no plan shows all of a query, so equal plans count only if both texts
//! also have the same [`ingredients`](super::ingredients); where that fails the answer is "different" or "nobody knows", never "equal".
//!
//! Writes nothing, and runs nothing but immutable functions, which planning evaluates.

use tokio_postgres::{Client, Transaction};

use super::ingredients::{Constant, ingredients};
use crate::base::{Ident, Literal, Result};
use crate::model::{Attribute, Catalog, Form, Object, ObjectId};
use crate::pg::server_error;

/// Two texts of one attribute, and the names that they may use.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) attribute: &'static str,
    pub(super) expected: String,
    pub(super) actual: String,
    form: Form,
    /// Relations in scope: name, and columns with their types.
    scope: Vec<(String, Vec<(String, String)>)>,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Same,
    Different,
    /// Nobody knows, for this reason.
    Unknown(String),
}

impl Question {
    pub(super) fn new(
        attribute: &Attribute,
        id: &ObjectId,
        object: &Object,
        catalog: &Catalog,
        expected: &str,
        actual: &str,
    ) -> Self {
        // A column's default has no columns in scope, but nothing is lost by offering them.
        let relation = object.parent.as_ref().filter(|parent| parent.kind != "schema").unwrap_or(id);
        let columns: Vec<_> = catalog
            .children(relation)
            .filter(|(id, _)| id.kind == "column")
            .filter_map(|(id, column)| Some((id.path.last()?.clone(), column.attrs.get("type")?.as_str()?.to_owned())))
            .collect();
        let scope = match (id.kind.as_str(), relation.kind.as_str()) {
            ("trigger", _) => vec![("old".to_owned(), columns.clone()), ("new".to_owned(), columns)],
            (_, "domain") => {
                let base = catalog.objects.get(relation).and_then(|domain| domain.attrs.get("type")?.as_str());
                base.map(|base| vec![("domain".to_owned(), vec![("value".to_owned(), base.to_owned())])])
                    .unwrap_or_default()
            }
            _ => relation.path.last().map(|name| vec![(name.clone(), columns)]).unwrap_or_default(),
        };
        Self {
            attribute: attribute.name,
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            form: attribute.form,
            scope,
        }
    }

    fn explain(&self, text: &str) -> String {
        if self.form == Form::Query {
            return format!("explain (verbose, costs off) {text}");
        }
        // On lines of its own, so that a comment ends before the parenthesis.
        let mut sql = format!("explain (verbose, costs off) select (\n{text}\n)");
        for (n, (relation, columns)) in self.scope.iter().filter(|(_, columns)| !columns.is_empty()).enumerate() {
            let columns: Vec<_> =
                columns.iter().map(|(name, sql_type)| format!("{} {sql_type}", Ident(name))).collect();
            let keyword = if n == 0 { "from" } else { "," };
            sql.push_str(&format!(
                " {keyword} pg_catalog.jsonb_to_record('{{}}') as {}({})",
                Ident(relation),
                columns.join(", ")
            ));
        }
        sql
    }
}

/// Settings under which both texts are read and both plans written. What planning would leave out because of the data's
/// layout is kept.
const SETTINGS: &str = "
    set local search_path = pg_catalog, pg_temp;
    set local statement_timeout = '10s';
    set local timezone = 'UTC';
    set local datestyle = 'ISO, MDY';
    set local intervalstyle = 'postgres';
    set local extra_float_digits = 3;
    set local quote_all_identifiers = off;
    set local standard_conforming_strings = on;
    set local constraint_exclusion = off;
    set local enable_partition_pruning = off;
    set local jit = off;";

/// Asks the server all questions, in one read-only transaction that is rolled back.
///
/// # Errors
///
/// When the connection is lost; a question that the server refuses is [`Answer::Unknown`].
pub(super) async fn ask<'q>(client: &mut Client, questions: impl Iterator<Item = &'q Question>) -> Result<Vec<Answer>> {
    let failed = |error| server_error(error, "comparing expressions");
    let mut transaction = client.build_transaction().read_only(true).start().await.map_err(failed)?;
    transaction.batch_execute(SETTINGS).await.map_err(failed)?;
    let mut answers = Vec::new();
    for question in questions {
        answers.push(answer(&mut transaction, question).await?);
    }
    transaction.rollback().await.map_err(failed)?;
    Ok(answers)
}

async fn answer(transaction: &mut Transaction<'_>, question: &Question) -> Result<Answer> {
    let [actual, expected] = match [&question.actual, &question.expected].map(|text| ingredients(text)) {
        [Ok(actual), Ok(expected)] => [actual, expected],
        [Err(reason), _] | [_, Err(reason)] => return Ok(Answer::Unknown(reason.to_owned())),
    };
    if !expected.same_but_constants(&actual)
        || !same_constants(transaction, &expected.constants, &actual.constants).await?
    {
        return Ok(Answer::Different);
    }
    let actual = match shown(transaction, question, &question.actual).await? {
        Ok(shown) => shown,
        Err(reason) => return Ok(Answer::Unknown(reason)),
    };
    let expected = match shown(transaction, question, &question.expected).await? {
        Ok(shown) => shown,
        Err(reason) => return Ok(Answer::Unknown(reason)),
    };
    Ok(if actual != expected {
        Answer::Different
    } else if has_rows(&actual) {
        Answer::Unknown("a plan does not show the names of a row's fields".to_owned())
    } else {
        Answer::Same
    })
}

/// Whether a plan has a row that the query made: `to_jsonb(x)` depends on the names of its fields.
fn has_rows(plan: &[String]) -> bool {
    let any = |words: &[&str]| plan.iter().any(|line| words.iter().any(|word| line.contains(word)));
    any(&["ROW(", "::record"]) || (any(&[".*"]) && any(&["Subquery Scan", "CTE Scan", "Values Scan"]))
}

/// What the server makes of a text: its plan, and for a query the names and types of its columns, which no plan shows. Or
/// why it refuses to.
async fn shown(
    transaction: &mut Transaction<'_>,
    question: &Question,
    text: &str,
) -> Result<std::result::Result<Vec<String>, String>> {
    let lost = |error| server_error(error, "comparing expressions");
    let text = text.trim_end().trim_end_matches(';');
    let savepoint = transaction.transaction().await.map_err(lost)?;
    let look = async {
        let mut shown = Vec::new();
        if question.form == Form::Query {
            let columns = savepoint.prepare(text).await?;
            shown.extend(columns.columns().iter().map(|column| format!("{} {}", column.name(), column.type_())));
        }
        // Prepared, so that a text with a semicolon is an error and not a second statement.
        let plan = savepoint.query(question.explain(text).as_str(), &[]).await?;
        shown.extend(plan.iter().map(|row| row.get::<_, String>(0)));
        Ok::<_, tokio_postgres::Error>(shown)
    };
    let shown = match look.await {
        Err(error) if error.is_closed() => return Err(lost(error)),
        result => result.map_err(|error| server_error(error, "the server refused it").to_string()),
    };
    savepoint.rollback().await.map_err(lost)?;
    Ok(shown)
}

/// Whether the constants are the same, in the same order; those of a type that has many spellings for one value as the
/// server reads them: `'5 minutes'` is `'00:05:00'::interval`.
async fn same_constants(transaction: &mut Transaction<'_>, expected: &[Constant], actual: &[Constant]) -> Result<bool> {
    let lost = |error| server_error(error, "comparing expressions");
    if expected.len() != actual.len() {
        return Ok(false);
    }
    for (expected, actual) in expected.iter().zip(actual).filter(|(expected, actual)| expected.value != actual.value) {
        let (Some(sql_type), false) = (actual.sql_type, expected.is_relative()) else { return Ok(false) };
        let [one, other] =
            [expected, actual].map(|constant| format!("({}::{sql_type})::text", Literal(&constant.value)));
        let savepoint = transaction.transaction().await.map_err(lost)?;
        let same = match savepoint.query_one(format!("select {one} = {other}").as_str(), &[]).await {
            Err(error) if error.is_closed() => return Err(lost(error)),
            result => result.is_ok_and(|row| row.get(0)),
        };
        savepoint.rollback().await.map_err(lost)?;
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}
