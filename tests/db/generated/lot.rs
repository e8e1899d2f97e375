//! Several pairs at once: all old halves in one database, all new ones in another.
//!
//! Making a database and reading it are dear, however little is in it. Each pair has schemas of its own, whose names say
//! which pair it is; so does everything that is in no schema.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use futures_util::future::join_all;
use pgward::diff::{Change, Renaming, compare, diff, shown};
use pgward::introspect;
use pgward::kinds;
use pgward::model::{Catalog, ObjectId, SchemaFilter, read_snapshot, write_snapshot};
use pgward::pg::{self, Options, Scratch, Session};
use pgward::plan::{Timeouts, plan, write_plan};
use pgward::prove::{Inverse, Task, prove_plan};
use pgward::runner::HistoryTable;

use super::sql::statements;
use super::world::World;
use crate::cases::in_any_order_of_columns;
use crate::differing::says_the_same;
use crate::support::server_url;

/// An old and a new schema.
#[derive(Debug, Clone)]
pub struct Pair {
    pub old: World,
    pub new: World,
}

/// What did not hold.
#[derive(Debug, Clone)]
pub struct Failure {
    pub property: &'static str,
    pub text: String,
    /// Whether a plan is needed to see it.
    pub planned: bool,
    /// The pair, where that is known.
    pub pair: Option<usize>,
}

impl Failure {
    fn new(property: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { property, pair: pair_of(&text), text, planned: property.contains("plan") }
    }

    /// The same for failures that have the same cause, most likely.
    pub fn signature(&self) -> String {
        let mut text = regex::Regex::new("\"[^\"]*\"|'[^']*'").unwrap().replace_all(&self.text, "_").into_owned();
        text = regex::Regex::new(r"[a-zA-Z_]*\d[\w]*(\.\S+)?").unwrap().replace_all(&text, "_").into_owned();
        format!("{}: {}", self.property, text.chars().take(160).collect::<String>())
    }
}

/// Which pair a text is about, by the first name in it that says so.
fn pair_of(text: &str) -> Option<usize> {
    let found = regex::Regex::new(r"\bp(\d+)x").unwrap().captures(text)?;
    found[1].parse().ok()
}

/// What is done once in a while.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Restored from its own dump.
    pub restored: bool,
    /// With the renames that are recognised, not with all of them as one gone and one come.
    pub renames: bool,
    /// What is looked at without a plan.
    pub reading: bool,
    /// The plan.
    pub planning: bool,
}

/// Settings under which a database reads the same.
const OTHER_SETTINGS: &str = "
    set timezone = 'Asia/Kolkata'; set datestyle = 'German, DMY'; set intervalstyle = 'sql_standard';
    set search_path = public; set quote_all_identifiers = on; set bytea_output = 'escape'; set extra_float_digits = 0;
    set lc_monetary = 'C'; set standard_conforming_strings = off; set enable_seqscan = off; set xmlbinary = hex;
    set row_security = on; set default_transaction_isolation = 'serializable'";

struct Half {
    scratch: Scratch,
    session: Session,
    catalog: Catalog,
    /// The statements that the server took, by pair.
    pub taken: BTreeMap<usize, Vec<String>>,
    refused: Vec<String>,
}

async fn build(server: &Options, worlds: &[&World], version: u32) -> Result<Half, String> {
    let scratch = Scratch::create(server).await.map_err(|error| error.to_string())?;
    let mut session = pg::connect(scratch.options()).await.map_err(|error| error.to_string())?;
    let prepare = "create function pg_temp.attempt(sql text) returns text language plpgsql as $$
        begin execute sql; return null; exception when others then return sqlerrm; end $$; begin";
    session.client().batch_execute(prepare).await.unwrap();
    let statements: Vec<(usize, String)> =
        worlds.iter().flat_map(|world| statements(world, version).into_iter().map(|sql| (world.pair, sql))).collect();
    let call = session.client().prepare("select pg_temp.attempt($1)").await.unwrap();
    let replies = join_all(statements.iter().map(|(_, sql)| {
        let (client, call) = (session.client(), &call);
        async move { client.query_one(call, &[sql]).await }
    }))
    .await;
    session.client().batch_execute("commit").await.map_err(|error| format!("the statements do not commit: {error}"))?;
    let (mut taken, mut refused) = (BTreeMap::<usize, Vec<String>>::new(), Vec::new());
    for ((pair, sql), reply) in statements.into_iter().zip(replies) {
        match reply.map_err(|error| format!("{error:?} in {sql}"))?.get::<_, Option<String>>(0) {
            None => taken.entry(pair).or_default().push(sql),
            Some(error) => refused.push(format!("{error}\n    {sql}")),
        }
    }
    session.client().batch_execute("drop function pg_temp.attempt").await.unwrap();
    let catalog = introspect::read(session.client_mut(), &SchemaFilter::all()).await.map_err(|e| e.to_string())?;
    Ok(Half { scratch, session, catalog, taken, refused })
}

/// The statements of both halves that the server takes, with those that it refuses.
pub async fn shown_sql(server: &Options, pair: &Pair, version: u32) -> String {
    let mut text = String::new();
    for (title, world) in [("old", &pair.old), ("new", &pair.new)] {
        text.push_str(&format!("-- {title}\n"));
        if let Ok(half) = build(server, &[world], version).await {
            for sql in half.taken.values().flatten() {
                text.push_str(&format!("{sql};\n"));
            }
            half.session.close().await;
            let _ = half.scratch.close().await;
        }
    }
    text
}

/// What the server refuses of a lot, for those who work on the generator.
pub async fn refused(server: &Options, pairs: &[Pair], version: u32) -> (usize, Vec<String>) {
    let half = build(server, &pairs.iter().map(|pair| &pair.old).collect::<Vec<_>>(), version).await.unwrap();
    half.session.close().await;
    half.scratch.close().await.unwrap();
    (half.taken.values().map(Vec::len).sum(), half.refused)
}

/// pg_dump at work on a database, where there is one that can read the server.
fn start_dump(options: &Options) -> Option<Child> {
    let url = format!("{}/{}", server_url().rsplit_once('/').unwrap().0, options.database());
    Command::new("pg_dump").args(["-s", "-d", &url]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
}

/// What it wrote; nothing where the server is too new for it.
fn end_dump(child: Option<Child>) -> Option<String> {
    let output = child?.wait_with_output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// The parts of a dump, by the pair that they are about.
fn sections(dump: &str) -> BTreeMap<usize, Vec<&str>> {
    let mut found: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for section in dump.split("\n--\n-- Name: ") {
        if let Some(pair) = pair_of(section) {
            found.entry(pair).or_default().push(section.split("\n\n\n").next().unwrap_or(section));
        }
    }
    for sections in found.values_mut() {
        sections.sort_unstable();
    }
    found
}

/// The lines of a dump's part, wherever among the others they are.
fn lines(sections: Option<&Vec<&str>>) -> Vec<String> {
    let lines = sections.into_iter().flatten().flat_map(|section| section.lines());
    let mut lines: Vec<_> = lines.map(in_any_order_of_columns).collect();
    lines.retain(|line| !line.starts_with("--") && !line.is_empty());
    lines.sort_unstable();
    lines
}

fn line_difference(a: &[String], b: &[String]) -> String {
    let [a, b]: [BTreeSet<&str>; 2] = [a, b].map(|lines| lines.iter().map(String::as_str).collect());
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>, mark: &str| {
        one.difference(other).map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    only(&a, &b, "-") + &only(&b, &a, "+")
}

fn text(change: &Change) -> String {
    match change {
        Change::Added(id) => format!("{id} is added"),
        Change::Removed(id) => format!("{id} is removed"),
        Change::Renamed { from, to } => format!("{from} is renamed to {to}"),
        Change::Altered { id, attributes } => {
            let one = |one: &pgward::diff::AttributeChange| {
                format!("{}: {} -> {}", one.name, shown(one.before.as_ref()), shown(one.after.as_ref()))
            };
            format!("{id} differs: {}", attributes.iter().map(one).collect::<Vec<_>>().join("; "))
        }
        Change::Uncovered { object, .. } => format!("not covered: {object:?}"),
    }
}

/// Whether a column that is inherited differs in its compression alone: in a dump it is made with its parent's.
fn is_inherited(change: &Change, catalog: &Catalog) -> bool {
    matches!(change, Change::Altered { id, attributes }
        if attributes.iter().all(|one| one.name == "compression")
            && catalog.objects.get(id).is_some_and(|column| column.attrs.contains_key("inherited")))
}

/// What pg_dump does not tell: whether a materialized view has its rows, and who may use a relation's row type.
fn is_silent(change: &Change) -> bool {
    match change {
        Change::Altered { id, attributes } if id.kind == "materialized view" => {
            attributes.iter().all(|one| one.name == "populated")
        }
        Change::Added(id) | Change::Removed(id) | Change::Altered { id, .. } => {
            id.kind == "grant" && id.path.last().is_some_and(|to| to.ends_with(" on type"))
        }
        _ => false,
    }
}

fn by_pair(changes: &[Change]) -> BTreeMap<Option<usize>, Vec<&Change>> {
    let mut found: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let of = match change {
            Change::Added(id) | Change::Removed(id) | Change::Altered { id, .. } | Change::Renamed { to: id, .. } => {
                id.path.join(" ")
            }
            Change::Uncovered { object, .. } => object.name.clone(),
        };
        found.entry(pair_of(&of)).or_default().push(change);
    }
    found
}

fn failures(property: &'static str, changes: Vec<Change>) -> Vec<Failure> {
    let one = |(pair, changes): (Option<usize>, Vec<&Change>)| {
        let text: Vec<String> = changes.into_iter().take(5).map(text).collect();
        Failure { pair, ..Failure::new(property, text.join("\n")) }
    };
    by_pair(&changes).into_iter().map(one).collect()
}

/// Holds a lot to every property. Returns what does not hold; no more is looked at once something does not.
pub async fn check(server: &Options, pairs: &[Pair], extent: Extent, version: u32) -> Vec<Failure> {
    let olds: Vec<&World> = pairs.iter().map(|pair| &pair.old).collect();
    let news: Vec<&World> = pairs.iter().map(|pair| &pair.new).collect();
    let halves = [build(server, &olds, version).await, build(server, &news, version).await];
    let [Ok(mut old), Ok(new)] = halves else {
        let errors: Vec<String> = halves.into_iter().filter_map(Result::err).collect();
        return vec![Failure::new("built and read", errors.join("\n"))];
    };
    let mut found = if extent.reading { read_only(&mut old, &new, extent).await } else { Vec::new() };
    old.session.close().await;
    new.session.close().await;
    if found.is_empty() && extent.planning {
        found = planned(&old.scratch, &old.catalog, &new.scratch, &new.catalog, extent).await;
    }
    let _ = old.scratch.close().await;
    let _ = new.scratch.close().await;
    found
}

/// What needs no copies.
async fn read_only(old: &mut Half, new: &Half, extent: Extent) -> Vec<Failure> {
    let mut found = Vec::new();
    let filter = SchemaFilter::all();
    let dumps = (start_dump(old.scratch.options()), start_dump(new.scratch.options()));
    for catalog in [&old.catalog, &new.catalog] {
        found.extend(failures("nothing differs from itself", diff(catalog, &catalog.clone())));
        for object in &catalog.uncovered {
            found.push(Failure::new("covered", format!("{} {}", object.kind, object.name)));
        }
        let written = write_snapshot(catalog);
        match read_snapshot(&written) {
            Ok(read) if write_snapshot(&read) == written => {}
            Ok(_) => found.push(Failure::new("a snapshot is read as it was written", "another one is written")),
            Err(error) => found.push(Failure::new("a snapshot is read as it was written", error.to_string())),
        }
    }
    let written = write_snapshot(&old.catalog);
    old.session.client().batch_execute(OTHER_SETTINGS).await.unwrap();
    match introspect::read(old.session.client_mut(), &filter).await {
        Ok(again) if write_snapshot(&again) == written => {}
        Ok(again) => found.extend(failures("other settings", diff(&old.catalog, &again))),
        Err(error) => found.push(Failure::new("other settings", error.to_string())),
    }
    old.session.client().batch_execute("set session authorization carol").await.unwrap();
    match introspect::read(old.session.client_mut(), &filter).await {
        Ok(mut again) => {
            // Whose options only those may see that may use them.
            let mut expected = old.catalog.clone();
            for catalog in [&mut again, &mut expected] {
                catalog.objects.retain(|id, _| id.kind != "user mapping");
                catalog.uncovered.retain(|one| !one.kind.starts_with("hidden "));
            }
            found.extend(failures("another user", diff(&expected, &again)));
        }
        Err(error) => found.push(Failure::new("another user", error.to_string())),
    }
    found.extend(compared_partly(&old.catalog, &new.catalog));
    if let (Some(one), Some(other)) = (end_dump(dumps.0), end_dump(dumps.1)) {
        let dumps = (one, other);
        found.extend(as_pg_dump(&dumps, &old.catalog, &new.catalog));
        if extent.restored {
            found.extend(restored(&dumps.0, old).await);
        }
    }
    found
}

/// Of two snapshots that differ in all pairs, or in one alone, what is read of them says what everything says. Some are
/// looked at: it takes a while.
fn compared_partly(old: &Catalog, new: &Catalog) -> Vec<Failure> {
    let of = |id: &ObjectId| pair_of(&id.path.join(" "));
    let pairs: BTreeSet<_> = old.objects.keys().chain(new.objects.keys()).filter_map(of).collect();
    let some = pairs.into_iter().step_by(8);
    let mut news: BTreeMap<Option<usize>, Catalog> = some.map(|pair| (Some(pair), old.clone())).collect();
    for (pair, mixed) in &mut news {
        mixed.objects.retain(|id, _| of(id) != *pair);
        let own = new.objects.iter().filter(|(id, _)| of(id) == *pair);
        mixed.objects.extend(own.map(|(id, object)| (id.clone(), object.clone())));
    }
    news.insert(None, new.clone());
    let one = |(pair, new): (Option<usize>, Catalog)| {
        let text = says_the_same(old, &new).err()?;
        Some(Failure { pair, ..Failure::new("what is read of two snapshots says what everything says", text) })
    };
    news.into_iter().filter_map(one).collect()
}

/// Differs exactly where pg_dump does.
fn as_pg_dump(dumps: &(String, String), old: &Catalog, new: &Catalog) -> Vec<Failure> {
    let mut found = Vec::new();
    let changes: Vec<Change> = diff(old, new).into_iter().filter(|change| !is_silent(change)).collect();
    let mut changes = by_pair(&changes);
    let (olds, news) = (sections(&dumps.0), sections(&dumps.1));
    let pairs: BTreeSet<usize> = olds.keys().chain(news.keys()).chain(changes.keys().flatten()).copied().collect();
    for pair in pairs {
        // The order of equals, such as comments on columns, is that in which they were made.
        let sorted = |section| {
            let mut lines = lines(section);
            lines.sort_unstable();
            lines
        };
        let dump_differs = olds.get(&pair) != news.get(&pair);
        let in_order_alone = dump_differs && sorted(olds.get(&pair)) == sorted(news.get(&pair));
        let changes = changes.remove(&Some(pair)).unwrap_or_default();
        let text = match (dump_differs, changes.is_empty()) {
            (true, true) if !in_order_alone => line_difference(&lines(olds.get(&pair)), &lines(news.get(&pair))),
            (false, false) => changes.into_iter().map(text).collect::<Vec<_>>().join("\n"),
            _ => continue,
        };
        let property = if dump_differs { "pg_dump differs, diff does not" } else { "diff differs, pg_dump does not" };
        found.push(Failure { pair: Some(pair), ..Failure::new(property, text) });
    }
    found
}

async fn restored(dump: &str, old: &Half) -> Vec<Failure> {
    let copy = Scratch::create(&server_options()).await.unwrap();
    let url = format!("{}/{}", server_url().rsplit_once('/').unwrap().0, copy.options().database());
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", &url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(dump.as_bytes()).unwrap();
    let output = psql.wait_with_output().unwrap();
    let mut found = Vec::new();
    if output.status.success() {
        let mut session = pg::connect(copy.options()).await.unwrap();
        match introspect::read(session.client_mut(), &SchemaFilter::all()).await {
            Ok(again) => {
                let is_lost = |one: &Change| is_silent(one) || one.is_order() || is_inherited(one, &old.catalog);
                let changes = diff(&old.catalog, &again).into_iter().filter(|one| !is_lost(one));
                found = failures("restored from its dump", changes.collect());
            }
            Err(error) => found.push(Failure::new("restored from its dump", error.to_string())),
        }
        session.close().await;
    }
    // What pg_dump writes can't always be read again; that is not ours to mend.
    let _ = copy.close().await;
    found
}

pub fn server_options() -> Options {
    Options::parse(&server_url(), &pg::Environment::default()).unwrap()
}

/// The plan proves, and its text brings the old database to the new one.
async fn planned(old: &Scratch, before: &Catalog, new: &Scratch, after: &Catalog, extent: Extent) -> Vec<Failure> {
    let (filter, history) = (SchemaFilter::all(), HistoryTable::default());
    let shapes: Vec<_> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    let renaming = Renaming { hints: &[], shapes: &shapes, nameless: kinds::NAMELESS };
    let renames = match extent.renames {
        true => compare(before, after, &renaming).unwrap().renames,
        false => Vec::new(),
    };
    let task = Task { before, after, renames: &renames, filter: &filter, history: &history, inverse: Inverse::No };
    let proven = match prove_plan(old, task).await {
        Ok(proven) => proven,
        Err(error) => return vec![Failure::new("the plan proves", pgward::report::render_error(&error))],
    };
    let written = write_plan(&proven.plan, &Timeouts::default());
    let mut session = pg::connect(old.options()).await.unwrap();
    for statement in pgward::sql::Script::parse("plan", &written).unwrap().statements {
        if let Err(error) = session.client().batch_execute(statement.text).await {
            let error = pg::server_error(error, statement.text);
            return vec![Failure::new("the plan's text runs", pgward::report::render_error(&error))];
        }
    }
    let now = match introspect::read(session.client_mut(), &filter).await {
        Ok(now) => now,
        Err(error) => return vec![Failure::new("the plan's text runs", error.to_string())],
    };
    session.close().await;
    let left = diff(&now, after).into_iter().filter(|change| !change.is_order()).collect();
    let mut found = failures("the plan brings old to new", left);
    match plan(&now, after, &[]) {
        Ok(second) => {
            let steps = second.steps().map(|planned| Failure::new("a second plan is empty", planned.step.sql.clone()));
            found.extend(steps.take(3));
        }
        Err(error) => found.push(Failure::new("a second plan is empty", pgward::report::render_error(&error))),
    }
    let dumps = (start_dump(old.options()), start_dump(new.options()));
    if let (Some(planned), Some(wanted)) = (end_dump(dumps.0), end_dump(dumps.1)) {
        let (planned, wanted) = (sections(&planned), sections(&wanted));
        let pairs: BTreeSet<usize> = planned.keys().chain(wanted.keys()).copied().collect();
        for pair in pairs {
            let (planned, wanted) = (lines(planned.get(&pair)), lines(wanted.get(&pair)));
            if planned != wanted {
                let text = line_difference(&planned, &wanted);
                found.push(Failure {
                    pair: Some(pair),
                    ..Failure::new("pg_dump sees the plan's end as the new one", text)
                });
            }
        }
    }
    found
}

/// The plan of a pair, proven or not, for a report.
pub async fn plan_text(server: &Options, pair: &Pair, version: u32) -> String {
    let (Ok(old), Ok(new)) = (build(server, &[&pair.old], version).await, build(server, &[&pair.new], version).await)
    else {
        return String::new();
    };
    let text = match plan(&old.catalog, &new.catalog, &[]) {
        Ok(plan) => write_plan(&plan, &Timeouts::default()),
        Err(error) => pgward::report::render_error(&error),
    };
    for half in [old, new] {
        half.session.close().await;
        let _ = half.scratch.close().await;
    }
    text
}
