//! Every kind's cases, both ways: planned, carried out on a copy, read back, no difference left, a second plan empty;
//! with pg_dump as an observer from outside; and the guard that no attribute is without a case.
//!
//! `PGWARD_CASE=table/,index/` runs those whose name contains one of these, and says what it plans and which attributes
//! of their kinds the guard would miss.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "what is run is told by the environment, and a test says what it does"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use futures_util::{StreamExt, stream};
use pgward::diff::{Change, Rename, Renaming, diff, renames};
use pgward::introspect;
use pgward::kinds;
use pgward::model::{Catalog, SchemaFilter};
use pgward::pg::{self, Options, Scratch, Session};
use pgward::plan::{Timeouts, write_plan};
use pgward::prove::{self, Inverse, Task, prove_plan};
use pgward::runner::HistoryTable;
use tokio::sync::{Mutex, MutexGuard};

use crate::definitions::differing;
use crate::differing::says_the_same;
use crate::support::server_url;
use crate::told_locks::Stood;

/// A pair of schemas.
pub struct Case {
    pub name: String,
    old: String,
    pub new: String,
    pub since: u32,
}

pub fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kinds");
    let mut found = Vec::new();
    for kind in std::fs::read_dir(root).unwrap() {
        let kind = kind.unwrap();
        let Ok(files) = std::fs::read_dir(kind.path().join("cases")) else { continue };
        for file in files {
            let path = file.unwrap().path();
            let name = format!("{}/{}", kind.file_name().display(), path.file_stem().unwrap().display());
            let text = std::fs::read_to_string(&path).unwrap();
            let first = text.lines().next().unwrap_or_default();
            let since = first.strip_prefix("-- from ").map_or(0, |since| since.trim().parse().unwrap());
            let (_, rest) = text.split_once("-- old\n").unwrap_or_else(|| panic!("{name} has no `-- old`"));
            let (old, new) = rest.split_once("-- new\n").unwrap_or_else(|| panic!("{name} has no `-- new`"));
            found.push(Case { name, old: old.to_owned(), new: new.to_owned(), since });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// A database that a script made, and its catalog.
pub async fn build(server: &Options, sql: &str) -> Result<(Scratch, Catalog), String> {
    let scratch = Scratch::create(server).await.map_err(|error| error.to_string())?;
    let mut session = pg::connect(scratch.options()).await.unwrap();
    // Each script is one of its own, so that one may begin with what can't run in a transaction.
    for statement in split(sql) {
        if let Err(error) = session.client().batch_execute(&statement).await {
            return Err(format!("{}\n  in {statement}", pgward::pg::server_error(error, "the case's SQL")));
        }
    }
    let catalog =
        introspect::read(session.client_mut(), &SchemaFilter::all()).await.map_err(|error| error.to_string())?;
    let differing = differing(session.client()).await;
    session.close().await;
    match differing.as_slice() {
        [] => Ok((scratch, catalog)),
        _ => Err(format!("not the server's words: {}", differing.join("\n  "))),
    }
}

fn split(sql: &str) -> Vec<String> {
    let script = pgward::sql::Script::parse("case", sql).unwrap();
    script.statements.iter().map(|statement| statement.text.to_owned()).collect()
}

/// What pg_dump says of a schema, if there is one that can read the server.
fn dump(options: &Options) -> Option<String> {
    let url = format!("{}/{}", server_url().rsplit_once('/').unwrap().0, options.database());
    let output =
        Command::new("pg_dump").args(["-s", "-d", &url]).output().ok().filter(|output| output.status.success())?;
    // One of `introspect::EQUIVALENCES`: a dump that was restored is not dumped as it was either.
    let text = String::from_utf8(output.stdout).unwrap().replace("FROM ( VALUES (", "FROM (VALUES (");
    let kept = text.lines().filter(|line| !line.starts_with("\\") && !line.starts_with("--") && !line.is_empty());
    let mut kept: Vec<String> = kept.map(in_any_order_of_columns).collect();
    // Which of two equal neighbours comes first may depend on when they were made.
    kept.sort_unstable();
    Some(kept.join("\n"))
}

/// A line of a dump without what the order of a table's columns decides: whether it ends with a comma, as all of a list do but
/// the last, and in which order extended statistics name columns.
pub fn in_any_order_of_columns(line: &str) -> String {
    let line = line.trim_end_matches(',');
    match line.starts_with("CREATE STATISTICS ").then(|| line.split_once(" ON ")).flatten() {
        Some((head, rest)) => {
            let (columns, table) = rest.rsplit_once(" FROM ").unwrap_or((rest, ""));
            let mut columns: Vec<_> = columns.split(", ").collect();
            columns.sort_unstable();
            format!("{head} ON {} FROM {table}", columns.join(", "))
        }
        None => line.to_owned(),
    }
}

async fn one_way(
    label: &str,
    from: &(Scratch, Catalog),
    to: &(Scratch, Catalog),
    renames: &[Rename],
) -> Result<(), String> {
    let history = HistoryTable::default();
    let filter = SchemaFilter::all();
    let task =
        Task { before: &from.1, after: &to.1, renames, filter: &filter, history: &history, inverse: Inverse::No };
    let proven = prove_plan(&from.0, task).await.map_err(|error| format!("{label}: {}", describe(&error)))?;
    if std::env::var_os("PGWARD_CASE").is_some() {
        println!("=== {label}\n{}{:?}", write_plan(&proven.plan, &Timeouts::default()), proven.notes);
    }
    let copy = prove::copy(&from.0, &from.1, &filter).await.map_err(|error| error.to_string())?;
    let session = pg::connect(copy.options()).await.unwrap();
    let stood = Stood::look(&session, &from.1, &to.1).await;
    // The servers in between lock as one of these does.
    let tells = matches!(session.server_version() / 10_000, 15 | 18);
    let steps =
        proven.plan.steps().flat_map(|planned| split(&planned.step.sql).into_iter().map(move |sql| (sql, planned)));
    let mut steps = steps.collect::<Vec<_>>().into_iter();
    let mut wrong = Vec::new();
    let mut in_transaction = false;
    for statement in split(&write_plan(&proven.plan, &Timeouts::default())) {
        // Each is run in a transaction of its own where its locks are told; together they were proven.
        let ran = match statement.as_str() {
            "BEGIN" | "COMMIT" => {
                in_transaction = statement == "BEGIN";
                if tells {
                    continue;
                }
                session.client().batch_execute(&statement).await
            }
            _ if statement.starts_with("SET ") && !in_transaction => session.client().batch_execute(&statement).await,
            _ => {
                let planned = steps.next().filter(|(sql, _)| *sql == statement).map(|(_, planned)| planned);
                let planned = planned.ok_or_else(|| format!("{label}: not as it was planned: {statement}"))?;
                match in_transaction && tells {
                    true => stood.run(&session, &statement, &planned.step.locks).await.map(|found| wrong.extend(found)),
                    false => session.client().batch_execute(&statement).await,
                }
            }
        };
        if let Err(error) = ran {
            return Err(format!("{label}: the text does not run: {}", pgward::pg::server_error(error, statement)));
        }
    }
    if !wrong.is_empty() {
        return Err(format!("{label}: wrong locks:\n  {}", wrong.join("\n  ")));
    }
    session.close().await;
    let observed = (dump(copy.options()), dump(to.0.options()));
    copy.close().await.map_err(|error| error.to_string())?;
    if let (Some(planned), Some(wanted)) = observed
        && planned != wanted
    {
        return Err(format!("{label}: pg_dump sees a difference:\n{}", line_difference(&planned, &wanted)));
    }
    Ok(())
}

/// What is recognised as the same under another name.
fn recognised(before: &Catalog, after: &Catalog) -> Vec<Rename> {
    let shapes: Vec<_> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    renames(before, after, &Renaming { hints: &[], shapes: &shapes, nameless: kinds::NAMELESS }).unwrap()
}

fn describe(error: &pgward::base::Error) -> String {
    pgward::report::render_error(error)
}

fn line_difference(planned: &str, wanted: &str) -> String {
    let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (planned.lines().collect(), wanted.lines().collect());
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>, mark: &str| {
        one.difference(other).map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    only(&a, &b, "-") + &only(&b, &a, "+")
}

/// Attributes set on a new object, and altered, by kind.
#[derive(Default)]
struct Seen {
    set: BTreeSet<(String, String)>,
    altered: BTreeSet<(String, String)>,
}

impl Seen {
    fn look(&mut self, before: &Catalog, after: &Catalog) {
        for change in diff(before, after) {
            match change {
                Change::Added(id) => {
                    self.set.extend(after.objects[&id].attrs.keys().map(|name| (id.kind.clone(), name.clone())));
                }
                Change::Altered { id, attributes } => {
                    self.altered.extend(attributes.iter().map(|one| (id.kind.clone(), one.name.clone())));
                }
                _ => {}
            }
        }
    }
}

/// The turn of a case with subscriptions: they are in a catalog that all databases share, and two that change it could wait
/// for each other.
pub async fn turn(case: &Case) -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::const_new(());
    if case.name.starts_with("subscription/") { Some(TURN.lock().await) } else { None }
}

async fn run(server: &Options, case: &Case) -> Result<Seen, String> {
    let name = &case.name;
    let _turn = turn(case).await;
    let (old, new) = (build(server, &case.old).await, build(server, &case.new).await);
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), _) | (_, Err(error)) => return Err(format!("{name}: {error}")),
    };
    let mut seen = Seen::default();
    seen.look(&old.1, &new.1);
    seen.look(&new.1, &old.1);
    let mut failed = Vec::new();
    for (label, from, to) in [(format!("{name} ->"), &old, &new), (format!("{name} <-"), &new, &old)] {
        failed.extend(says_the_same(&from.1, &to.1).err().map(|text| format!("{label}: two snapshots: {text}")));
        failed.extend(one_way(&label, from, to, &[]).await.err());
        let renames = recognised(&from.1, &to.1);
        if !renames.is_empty() {
            failed.extend(one_way(&format!("{label} with its renames"), from, to, &renames).await.err());
        }
    }
    if diff(&old.1, &new.1).is_empty() {
        failed.push(format!("{name}: nothing differs"));
    }
    for (scratch, catalog) in [old, new] {
        for object in &catalog.uncovered {
            failed.push(format!("{name}: not covered: {} {}", object.kind, object.name));
        }
        scratch.close().await.map_err(|error| error.to_string())?;
    }
    if failed.is_empty() { Ok(seen) } else { Err(failed.join("\n")) }
}

/// What cases name and the server keeps for all databases; it stays, and another run may have made it.
pub async fn make_what_cases_share(session: &Session) {
    for made in [
        "create role alice nologin",
        "create role bob nologin",
        "create role carol nologin",
        // Who alone may own a foreign data wrapper or an event trigger.
        "create role root nologin superuser",
        "set allow_in_place_tablespaces = on",
        "create tablespace space location ''",
    ] {
        let _ = session.client().batch_execute(made).await;
    }
}

#[tokio::test]
async fn every_case_both_ways() {
    let server = Options::parse(&server_url(), &pg::Environment::default()).unwrap();
    let session = pg::connect(&server).await.unwrap();
    let version = session.server_version() / 10_000;
    make_what_cases_share(&session).await;
    let wanted = std::env::var("PGWARD_CASE").ok();
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|all| all.split(',').any(|one| name.contains(one)));
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.since <= version && is_wanted(&case.name)).collect();
    assert!(!cases.is_empty());
    let total = cases.len();
    let results: Vec<_> = stream::iter(&cases).map(|case| run(&server, case)).buffer_unordered(4).collect().await;
    let mut seen = Seen::default();
    let mut failed = Vec::new();
    for result in results {
        match result {
            Ok(one) => {
                seen.set.extend(one.set);
                seen.altered.extend(one.altered);
            }
            Err(error) => failed.push(error),
        }
    }
    assert!(failed.is_empty(), "{} of {total} cases failed:\n{}", failed.len(), failed.join("\n"));
    let mut missing = missing(&seen, version);
    if wanted.is_some() {
        missing.retain(|kind, _| is_wanted(&format!("{}/", kind.replace(' ', "_"))));
        println!("{missing:#?}");
        return;
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A concurrent detach whose second half never came, as after a cancel, is finished.
#[tokio::test]
async fn a_detach_that_was_begun_is_finished() {
    let server = Options::parse(&server_url(), &pg::Environment::default()).unwrap();
    let tables = "create table public.p (a int) partition by list (a); create table public.p1 partition of public.p for values in (1)";
    let (scratch, _) = build(&server, tables).await.unwrap();
    let mut session = pg::connect(scratch.options()).await.unwrap();
    let reader = pg::connect(scratch.options()).await.unwrap();
    reader.client().batch_execute("begin; select from public.p").await.unwrap();
    session.client().batch_execute("set statement_timeout = '500ms'").await.unwrap();
    session.client().batch_execute("alter table public.p detach partition public.p1 concurrently").await.unwrap_err();
    reader.close().await;
    // A look at the catalog takes longer on a busy machine.
    session.client().batch_execute("reset statement_timeout").await.unwrap();
    let begun = introspect::read(session.client_mut(), &SchemaFilter::all()).await.unwrap();
    session.close().await;
    let partition = &begun.objects[&pgward::model::ObjectId::new("table", ["public", "p1"])];
    assert_eq!(partition.attrs.get("detach_pending"), Some(&true.into()));

    let apart = "create table public.p (a int) partition by list (a); create table public.p1 (a int, constraint p1_a_check check (a is not null and a = 1))";
    let old = (scratch, begun);
    let new = build(&server, apart).await.unwrap();
    one_way("begun ->", &old, &new, &[]).await.unwrap();
    for (scratch, _) in [old, new] {
        scratch.close().await.unwrap();
    }
}

/// Attributes that no pair of schemas can set or alter in the way the guard asks for, with the reason.
const EXEMPT: &[(&str, &str, &str)] = &[(
    "table",
    "detach_pending",
    "no statement leaves a detach half done; one can only be finished, which has a test of its own",
)];

/// Attributes that older servers don't know.
const SINCE: &[(&str, &str, u32)] = &[
    ("collation", "rules", 16),
    ("constraint", "enforced", 18),
    ("table", "partitions_access_method", 17),
    ("constraint", "period", 18),
    ("publication", "generated_columns", 18),
    ("subscription", "failover", 17),
    ("subscription", "origin", 16),
    ("subscription", "password_required", 16),
    ("subscription", "run_as_owner", 16),
];

/// The attributes without a case that sets them on a new object, or one that alters them.
fn missing(seen: &Seen, version: u32) -> BTreeMap<&'static str, Vec<String>> {
    let mut missing: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for kind in kinds::ALL {
        let name = kind.shape.name;
        for attribute in kind.shape.attributes {
            let key = (name.to_owned(), attribute.name.to_owned());
            let exempt = EXEMPT.iter().any(|(kind, one, _)| *kind == name && *one == attribute.name);
            let unknown =
                SINCE.iter().any(|(kind, one, since)| *kind == name && *one == attribute.name && version < *since);
            if exempt || unknown || attribute.name == "security_labels" {
                continue;
            }
            if !seen.set.contains(&key) {
                missing.entry(name).or_default().push(format!("{} is never set", attribute.name));
            }
            if !seen.altered.contains(&key) {
                missing.entry(name).or_default().push(format!("{} is never altered", attribute.name));
            }
        }
    }
    missing
}
