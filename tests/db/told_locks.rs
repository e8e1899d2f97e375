//! The locks that a plan tells are those that the server takes.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::try_join;
use pgward::base::Lock;
use pgward::model::{Catalog, Object, ObjectId};
use pgward::pg::Session;

/// What stood before a plan: nobody waits for anything else. Without the children and partitions that move, as where they are
/// when a statement comes is a matter of order.
pub struct Stood(Vec<u32>);

/// Relations that statements are about, as reports show them. A lock on an index or a sequence stops nobody that one on its
/// table doesn't.
const RELATIONS: &str = "
select c.oid, k.name || ' ' || format('%I.%I', n.nspname, c.relname)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join (values ('r', 'table'), ('p', 'table'), ('v', 'view'), ('m', 'materialized view'), ('f', 'foreign table')) k (kind, name)
    on k.kind = c.relkind::text
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

const TAKEN: &str = "
select l.relation, l.mode
from pg_locks l
where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
    and l.database = (select oid from pg_database where datname = current_database())";

impl Stood {
    pub async fn look(session: &Session, before: &Catalog, after: &Catalog) -> Self {
        let rows = session.client().query(RELATIONS, &[]).await.unwrap();
        let moving = moving(before, after);
        Self(rows.iter().filter(|row| !moving.contains(row.get::<_, &str>(1))).map(|row| row.get(0)).collect())
    }

    /// Runs a statement in a transaction of its own. Says which locks that others wait for it took that it does not tell, or
    /// the other way round.
    pub async fn run(
        &self,
        session: &Session,
        statement: &str,
        told: &[(Lock, String)],
    ) -> Result<Vec<String>, tokio_postgres::Error> {
        let client = session.client();
        // Who runs the next ones is told in one of its own.
        let begin = format!("begin;\n{}", statement.replace("SET LOCAL ROLE", "SET ROLE"));
        let (names, (), taken, ()) = try_join!(
            client.query_typed(RELATIONS, &[]),
            client.batch_execute(&begin),
            client.query_typed(TAKEN, &[]),
            client.batch_execute("commit"),
        )?;
        let names = names.iter().map(|row| (row.get(0), row.get(1))).filter(|(oid, _)| self.0.contains(oid));
        let names: BTreeMap<u32, String> = names.collect();
        let strongest = |locks: &mut dyn Iterator<Item = (Lock, String)>| {
            let mut found = BTreeMap::new();
            for (lock, name) in locks.filter(|(lock, _)| *lock >= Lock::ShareUpdateExclusive) {
                let known = found.entry(name).or_insert(lock);
                *known = lock.max(*known);
            }
            found
        };
        let taken = strongest(
            &mut taken.iter().filter_map(|row| Some((Lock::parse(row.get(1))?, names.get(&row.get(0))?.clone()))),
        );
        let told = strongest(&mut told.iter().filter(|(_, on)| names.values().any(|name| name == on)).cloned());
        let shown = |lock: Option<&Lock>| lock.map_or("none", |lock| lock.name());
        let all: BTreeSet<&String> = taken.keys().chain(told.keys()).collect();
        let differing = all.into_iter().filter(|name| taken.get(*name) != told.get(*name));
        // A statement may find nothing to do, or take less on an older server; and whether a key is there while a partition
        // moves is a matter of order.
        let may_be_less =
            [" IF EXISTS ", " NO INHERIT", " EXCLUDE USING "].iter().any(|words| statement.contains(words))
                || statement.ends_with(" DROP NOT NULL");
        let moves = [" ATTACH PARTITION ", " DETACH PARTITION "].iter().any(|words| statement.contains(words));
        let is_named =
            |name: &str| statement.contains(name.trim_start_matches("foreign ").trim_start_matches("table "));
        let is_less = |name: &String| told.get(name) > taken.get(name);
        let certain = |name: &&String| if moves { is_named(name) } else { !may_be_less || !is_less(name) };
        let line = |name: &String| {
            let (told, taken) = (shown(told.get(name)), shown(taken.get(name)));
            format!("{name}: tells {told}, takes {taken}: {statement}")
        };
        Ok(differing.filter(certain).map(line).collect())
    }
}

/// The tables that do not inherit from the same ones all the time, and what is below them.
fn moving(before: &Catalog, after: &Catalog) -> BTreeSet<String> {
    let of =
        |object: &Object| ["inherits", "partition_of", "partition_bound"].map(|name| object.attrs.get(name).cloned());
    let is_moving = |(id, object): &(&ObjectId, &Object)| {
        id.kind.ends_with("table") && after.objects.get(*id).is_some_and(|after| of(object) != of(after))
    };
    let mut found: BTreeSet<&ObjectId> = before.objects.iter().filter(is_moving).map(|(id, _)| id).collect();
    loop {
        let paths: BTreeSet<_> = found.iter().map(|id| id.path.clone()).collect();
        let below =
            before.objects.iter().filter(|(_, object)| object.inherits_from().iter().any(|path| paths.contains(path)));
        let known = found.len();
        found.extend(below.map(|(id, _)| id));
        if found.len() == known {
            return found.into_iter().map(ToString::to_string).collect();
        }
    }
}
