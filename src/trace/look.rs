//! Asking the server what a transaction holds, and the difference between two answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::TracedStatement;
use crate::base::{Lock, Path, Result};
use crate::model::ObjectId;
use crate::pg::{Options, Session, connect};

/// How long the watching session waits between two looks.
const PAUSE: Duration = Duration::from_micros(200);

/// What was there before a file.
pub(super) struct Relations {
    by_oid: BTreeMap<u32, Relation>,
}

struct Relation {
    id: ObjectId,
    kind: char,
    file: i64,
}

impl Relations {
    pub(super) async fn read(session: &Session) -> Result<Self> {
        let rows = session.client().query(include_str!("relations.sql"), &[]).await;
        let rows = rows.map_err(|error| session.error(error, "read the relations of the throw-away database"))?;
        let mut by_oid = BTreeMap::new();
        for row in rows {
            let kind = row.get::<_, String>(1).chars().next().unwrap_or('r');
            let name = match kind {
                'i' | 'I' => "index",
                'm' => "materialized view",
                _ => "table",
            };
            let id = ObjectId::new(name, [row.get::<_, String>(2), row.get(3)]);
            by_oid.insert(row.get(0), Relation { id, kind, file: row.get(4) });
        }
        Ok(Self { by_oid })
    }

    pub(super) fn tables(&self) -> Vec<ObjectId> {
        self.by_oid.values().filter(|known| matches!(known.kind, 'r' | 'p')).map(|known| known.id.clone()).collect()
    }

    /// Begins a transaction that has a writer's lock on every table.
    fn writers_lock(&self) -> String {
        let tables: Vec<_> = self.tables().iter().map(|table| Path(&table.path).to_string()).collect();
        let lock = |tables: Vec<String>| format!("begin; lock table {} in row exclusive mode", tables.join(", "));
        if tables.is_empty() { "begin".to_owned() } else { lock(tables) }
    }

    fn oids(&self) -> Vec<u32> {
        self.by_oid.keys().copied().collect()
    }
}

/// What a transaction holds and has done.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Table to its strongest lock.
    locks: BTreeMap<u32, Lock>,
    files: BTreeMap<u32, i64>,
    scans: BTreeMap<u32, i64>,
}

impl Look {
    pub(super) async fn take(session: &Session, relations: &Relations) -> Result<Self> {
        let rows = session.client().query(include_str!("look.sql"), &[&relations.oids()]).await;
        let rows = rows.map_err(|error| session.error(error, "look at what the statement did"))?;
        let mut look = Self::default();
        for row in rows {
            let oid = row.get(0);
            look.files.insert(oid, row.get(1));
            look.scans.insert(oid, row.get(2));
            let modes: Vec<String> = row.get(3);
            if let Some(mode) = modes.iter().filter_map(|mode| Lock::parse(mode)).max() {
                look.locks.insert(oid, mode);
            }
        }
        Ok(look)
    }

    /// What came since an earlier look of the same transaction.
    pub(super) fn since(&self, before: &Self, relations: &Relations) -> TracedStatement {
        let mut seen = TracedStatement::default();
        for (oid, relation) in &relations.by_oid {
            let is_table = !matches!(relation.kind, 'i' | 'I');
            let (was, is) = (before.locks.get(oid), self.locks.get(oid));
            if let Some(mode) = is.filter(|_| is_table && is > was) {
                seen.locks.push((relation.id.clone(), *mode));
            }
            if let Some(mode) = was.filter(|mode| is_table && **mode >= Lock::Share) {
                seen.held.push((relation.id.clone(), *mode));
            }
            let file = |look: &Self| look.files.get(oid).copied();
            let old = file(before).unwrap_or(relation.file);
            if file(self).is_some_and(|new| new != old) {
                seen.rewritten.push(relation.id.clone());
            }
            let scans = |look: &Self| look.scans.get(oid).copied().unwrap_or(0);
            if is_table && scans(self) > scans(before) {
                seen.scanned.push(relation.id.clone());
            }
        }
        seen
    }
}

/// The locks that were seen, and what came of the statement.
type Sampled = (Vec<(ObjectId, Lock)>, Result<(), tokio_postgres::Error>);

/// Runs a statement that makes transactions of its own, and looks from another session meanwhile.
///
/// That session holds a writer's lock on every table, so that the statement has to wait where it can be seen, and lets go
/// as soon as it does.
pub(super) async fn sampled(
    session: &Session,
    database: &Options,
    relations: &Relations,
    sql: &str,
) -> Result<Sampled> {
    let pid = session.client().query_one("select pg_catalog.pg_backend_pid()", &[]).await;
    let pid: i32 = pid.map_err(|error| session.error(error, "ask for the session's number"))?.get(0);
    let watch = connect(database).await?;
    let failed = |error| watch.error(error, "watch a session");
    let prepared = watch.client().prepare(include_str!("locks.sql")).await.map_err(failed)?;
    watch.client().batch_execute(&relations.writers_lock()).await.map_err(failed)?;
    let mut holds = true;
    let mut seen: BTreeSet<(u32, Lock)> = BTreeSet::new();
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&pid];
    let run = session.client().batch_execute(sql);
    tokio::pin!(run);
    let outcome = loop {
        tokio::select! {
            outcome = &mut run => break outcome,
            rows = watch.client().query(&prepared, &parameters) => {
                let rows = rows.map_err(failed)?;
                seen.extend(rows.iter().filter_map(|row| Some((row.get(0), Lock::parse(row.get(1))?))));
                if holds && rows.iter().any(|row| row.get(2)) {
                    watch.client().batch_execute("rollback").await.map_err(failed)?;
                    holds = false;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    watch.close().await;
    let mut strongest: BTreeMap<u32, Lock> = BTreeMap::new();
    for (oid, mode) in seen {
        let known = strongest.entry(oid).or_insert(mode);
        *known = (*known).max(mode);
    }
    let locks = strongest.into_iter().filter_map(|(oid, mode)| {
        let relation = relations.by_oid.get(&oid).filter(|relation| !matches!(relation.kind, 'i' | 'I'))?;
        Some((relation.id.clone(), mode))
    });
    Ok((locks.collect(), outcome))
}
