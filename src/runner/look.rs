//! The tables of a database as a transaction sees them, and what a down did to them.
//!
//! Data is: rows of ordinary tables, and values of their columns. No data is: generated columns, materialised views,
//! positions of sequences, temporary tables, the history itself, and tables of extensions but for those that pg_dump would dump.
//! Values that an UPDATE or a change of type overwrites are not seen.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::SimpleQueryRow;

use super::history::HistoryTable;
use super::wire::Answer;
use crate::base::Literal;

/// Something that holds data, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Touched {
    /// The table, as SQL writes it.
    pub(super) table: String,
    pub(super) what: What,
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// It is gone.
    Table,
    /// A column is gone.
    Column(String),
    /// Rows may be gone: some were deleted, or the table has other storage than before.
    Rows,
}

/// All tables by OID.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look(BTreeMap<u32, Table>);

#[derive(Debug, PartialEq, Eq)]
struct Table {
    name: String,
    storage: String,
    /// Rows that this transaction deleted. Where the server does not count: whether it has the lock for it.
    deleted: u64,
    columns: BTreeMap<i32, String>,
}

impl Look {
    /// The query; [`parse`](Self::parse) reads its answer.
    pub(super) fn query(history: &HistoryTable) -> String {
        format!(
            "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname), c.relfilenode, \
             CASE WHEN pg_catalog.current_setting('track_counts')::pg_catalog.bool \
               THEN pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) \
               ELSE (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks l \
                 WHERE l.pid = pg_catalog.pg_backend_pid() AND l.relation = c.oid AND l.mode IN ('RowExclusiveLock', \
                   'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) END, \
             (SELECT pg_catalog.json_object_agg(a.attnum, a.attname) FROM pg_catalog.pg_attribute a \
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' \
             AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
             AND NOT (n.nspname = {schema} AND c.relname IN ({table}, {partial})) \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d \
               JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_extension'::regclass \
               WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' \
                 AND NOT c.oid = ANY (coalesce(e.extconfig, '{{}}')))",
            schema = Literal(&history.schema),
            table = Literal(&history.table),
            partial = Literal(&history.partial_name()),
        )
        .replace("::regclass", "::pg_catalog.regclass")
    }

    pub(super) fn parse(answer: &Answer) -> Self {
        let table = |row: &SimpleQueryRow| {
            let columns: BTreeMap<i32, String> =
                row.get(4).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
            let table = Table {
                name: row.get(1)?.to_owned(),
                storage: row.get(2)?.to_owned(),
                deleted: row.get(3).and_then(|text| text.parse().ok()).unwrap_or(0),
                columns,
            };
            Some((row.get(0)?.parse().ok()?, table))
        };
        Self(answer.rows.iter().filter_map(table).collect())
    }

    /// What happened to these tables, given how they are now. Names are those of before.
    pub(super) fn compare(&self, now: &Self) -> BTreeSet<Touched> {
        let mut touched = BTreeSet::new();
        for (oid, was) in &self.0 {
            let mut add = |what| touched.insert(Touched { table: was.name.clone(), what });
            let Some(is) = now.0.get(oid) else {
                add(What::Table);
                continue;
            };
            for (_, column) in was.columns.iter().filter(|(number, _)| !is.columns.contains_key(number)) {
                add(What::Column(column.clone()));
            }
            if was.storage != is.storage || was.deleted != is.deleted {
                add(What::Rows);
            }
        }
        touched
    }
}
