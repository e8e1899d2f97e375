//! From a SOURCE to its catalog.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use super::files::{self, File};
use super::git::{self, At};
use super::{Source, SourceOptions};
use crate::base::{Error, Ident, Result};
use crate::cli::config::read;
use crate::cli::context::Context;
use crate::cli::verify::shapes;
use crate::introspect;
use crate::model::{Catalog, ObjectId, SchemaFilter, Snapshot, Uncovered, read_differing};
use crate::pg::{self, Options, Scratch, Session};
use crate::plan::TIES;
use crate::prove::without_history;
use crate::runner::{Runner, Target};
use crate::source::{LAYOUTS, Migrations};

/// The catalog of a source.
pub(in crate::cli) struct Loaded {
    /// What it holds, in the managed schemas.
    pub(in crate::cli) catalog: Catalog,
    /// What people call it.
    pub(in crate::cli) label: String,
    /// Whether files made it: then objects of the role that ran them have no owner here.
    pub(in crate::cli) assembled: bool,
    /// The role that ran the files, where it is known.
    pub(in crate::cli) builder: Option<String>,
    /// What was looked at.
    pub(in crate::cli) filter: SchemaFilter,
    /// The database in which the files were applied, to be used as a copy of the state.
    pub(in crate::cli) scratch: Option<Scratch>,
}

impl Loaded {
    /// A catalog that was read before.
    pub(in crate::cli) fn of(catalog: Catalog, assembled: bool, filter: &SchemaFilter) -> Self {
        let (label, filter) = (String::new(), filter.clone());
        Self { catalog, label, assembled, builder: None, filter, scratch: None }
    }

    /// A committed snapshot, of files or of a database.
    pub(in crate::cli) fn committed(catalog: Catalog, filter: &SchemaFilter) -> Self {
        let assembled = lacks_owners(&catalog);
        Self::of(catalog, assembled, filter)
    }

    /// The same, made by a role.
    pub(in crate::cli) fn built_by(self, builder: &str) -> Self {
        Self { builder: Some(builder.to_owned()), ..self }
    }

    /// The same by another name.
    pub(in crate::cli) fn called(self, label: &str) -> Self {
        Self { label: label.to_owned(), ..self }
    }

    /// Removes the throw-away database, if there is one.
    ///
    /// # Errors
    ///
    /// When the server can't be reached any more.
    pub(in crate::cli) async fn close(self) -> Result<()> {
        match self.scratch {
            Some(scratch) => scratch.close().await,
            None => Ok(()),
        }
    }
}

/// What is applied to a throw-away database.
enum Text {
    Migrations(Migrations, Option<i64>),
    Files(Vec<File>),
}

/// A source with its files read, before any database is asked.
enum Read {
    Snapshot(Box<Snapshot>, String),
    Database(Box<Options>),
    Text(Text),
}

/// Reads one source.
///
/// # Errors
///
/// Files that can't be read or applied, a database that can't be reached, and a schema named with `--schema` that is not
/// there.
pub(in crate::cli) async fn load(context: &Context, source: &Source, options: &SourceOptions) -> Result<Loaded> {
    let filter = match source {
        Source::Live => context.schemas(),
        _ => filter(context, &[source]),
    };
    let prepared = prepare(context, source).await?;
    let server = server(context, &[&prepared], options).await?;
    let loaded = catalog(context, source, prepared, (server.as_ref(), options.sessions), &filter).await?;
    let place = if *source == Source::Live { "in the database" } else { "in the source" };
    match require_schemas(context, &[&loaded.catalog], place) {
        Ok(()) => {
            let schemas = loaded.filter.schemas().filter(|_| loaded.catalog.objects.is_empty());
            if let Some(schemas) = schemas {
                let names = schemas.join(", ");
                context
                    .output
                    .note(format!("note: there is nothing {place} in {names}: --schema NAME looks elsewhere"));
            }
            Ok(loaded)
        }
        Err(error) => {
            loaded.close().await?;
            Err(error)
        }
    }
}

/// Reads two sources, at the same time where both need work.
///
/// # Errors
///
/// As for [`load`]; nothing is left behind on the throw-away server then. A schema may be missing on one side.
pub(in crate::cli) async fn load_both(
    context: &Context,
    from: &Source,
    to: &Source,
    options: &SourceOptions,
) -> Result<(Loaded, Loaded)> {
    let filter = filter(context, &[from, to]);
    let reads = prepare_both(context, from, to).await?;
    load_prepared(context, [from, to], reads, options, &filter).await
}

/// Reads two sources to see what differs. Of two snapshots, that is all that is read, with what has to do with it.
///
/// # Errors
///
/// As for [`load_both`].
pub(in crate::cli) async fn load_differing(
    context: &Context,
    from: &Source,
    to: &Source,
    options: &SourceOptions,
) -> Result<(Loaded, Loaded)> {
    let filter = filter(context, &[from, to]);
    let reads = prepare_both(context, from, to).await?;
    // What is wrong with one of them is said where all of it is read.
    if let [Read::Snapshot(old, _), Read::Snapshot(new, _)] = &reads
        && let Ok((before, after)) = read_differing(old, new, &TIES)
    {
        let history = context.history_table()?;
        let loaded = |catalog, source: &Source| {
            Loaded::committed(without_history(filter.apply(catalog), &history), &filter).called(&source.to_string())
        };
        let (one, other) = (loaded(before, from), loaded(after, to));
        let has_all = context.global.schemas.iter().all(|name| {
            let id = ObjectId::new("schema", [name]);
            [old, new].iter().any(|snapshot| snapshot.has(&id).is_ok_and(|has| has))
        });
        // Whether files made a snapshot may show in what is the same on both sides.
        if has_all && one.assembled == other.assembled {
            return Ok((one, other));
        }
    }
    load_prepared(context, [from, to], reads, options, &filter).await
}

/// Reads the files of two sources; of two snapshots at the same time.
async fn prepare_both(context: &Context, from: &Source, to: &Source) -> Result<[Read; 2]> {
    if let (Source::Snapshot(old), Source::Snapshot(new)) = (from, to) {
        let (old, new) = thread::scope(|scope| {
            let old = scope.spawn(|| snapshot_in(old));
            let new = snapshot_in(new);
            (old.join().unwrap_or_else(|panic| resume_unwind(panic)), new)
        });
        return Ok([old?, new?]);
    }
    Ok([prepare(context, from).await?, prepare(context, to).await?])
}

async fn load_prepared(
    context: &Context,
    [from, to]: [&Source; 2],
    [one, other]: [Read; 2],
    options: &SourceOptions,
    filter: &SchemaFilter,
) -> Result<(Loaded, Loaded)> {
    let server = server(context, &[&one, &other], options).await?;
    let (one, other) = tokio::join!(
        catalog(context, from, one, (server.as_ref(), options.sessions), filter),
        catalog(context, to, other, (server.as_ref(), options.sessions), filter)
    );
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(error), rest) | (rest, Err(error)) => {
            if let Ok(rest) = rest {
                rest.close().await?;
            }
            return Err(error);
        }
    };
    if let Err(error) = require_schemas(context, &[&one.catalog, &other.catalog], "on either side") {
        one.close().await?;
        other.close().await?;
        return Err(error);
    }
    Ok((one, other))
}

/// The schemas to look at: `--schema`, the configuration's, those of the bundle where it is one of the sources, else all.
fn filter(context: &Context, sources: &[&Source]) -> SchemaFilter {
    let bundle = sources.iter().any(|source| source.is_bundle());
    match (&context.config.schemas, context.global.schemas.is_empty()) {
        (_, false) => SchemaFilter::only(context.global.schemas.clone()),
        (Some(schemas), true) => SchemaFilter::only(schemas.clone()),
        (None, true) if bundle => SchemaFilter::only(["ops"]),
        (None, true) => SchemaFilter::all(),
    }
}

/// A slip of the pen in `--schema` would otherwise look like an empty schema.
fn require_schemas(context: &Context, catalogs: &[&Catalog], place: &str) -> Result<()> {
    for name in &context.global.schemas {
        let id = ObjectId::new("schema", [name]);
        if !catalogs.iter().any(|catalog| catalog.objects.contains_key(&id)) {
            return Err(Error::input(format!("there is no schema {} {place}", Ident(name))));
        }
    }
    Ok(())
}

/// Reads files, and says how to connect; touches no throw-away server.
async fn prepare(context: &Context, source: &Source) -> Result<Read> {
    let migrations = |migrations, version| Ok(Read::Text(Text::Migrations(migrations, version)));
    match source {
        Source::Database(url) => Ok(Read::Database(Box::new(Options::parse(url, &context.env)?))),
        Source::Live => Ok(Read::Database(Box::new(context.database().await?))),
        Source::Snapshot(file) => snapshot_in(file),
        Source::Migrations(dir, version) => migrations(Migrations::from_dir(dir)?, *version),
        Source::Bundle(version) => migrations(Migrations::bundle()?, *version),
        Source::Sql(path) => Ok(Read::Text(Text::Files(files::read(path)?))),
        Source::Git { revision, path } => {
            let Some(path) = path.as_deref().or_else(|| context.migrations_dir()) else {
                return Err(Error::input(format!("there is no directory to look for in revision {revision}"))
                    .with_hint("name one: git:REV:DIR, --migrations DIR, or `dir` under [migrations] in pgward.toml"));
            };
            of_revision(revision, path, git::read(revision, path).await?)
        }
    }
}

fn snapshot_in(file: &Path) -> Result<Read> {
    snapshot(&file.display().to_string(), read(file)?)
}

fn snapshot(name: &str, text: String) -> Result<Read> {
    let snapshot = Snapshot::open(text).map_err(|error| error.with_note(format!("the file is {name}")))?;
    Ok(Read::Snapshot(Box::new(snapshot), name.to_owned()))
}

/// Tells what a revision has at a path: a snapshot, SQL, or migrations.
fn of_revision(revision: &str, path: &Path, at: At) -> Result<Read> {
    let name = format!("{revision}:{}", path.display());
    match at {
        At::File(bytes) if path.extension() == Some(OsStr::new("json")) => snapshot(&name, files::utf8(&name, bytes)?),
        At::File(bytes) => Ok(Read::Text(Text::Files(vec![(name.clone(), files::utf8(&name, bytes)?)]))),
        At::Directory(mut texts) => {
            let sql = |path: &PathBuf| path.extension().is_some_and(|extension| extension != "rs");
            let is_migration = |path: &PathBuf| {
                let file = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
                LAYOUTS.iter().any(|layout| (layout.parse)(file).is_some())
            };
            if !texts.iter().any(|(path, _)| sql(path)) || texts.iter().any(|(path, _)| is_migration(path)) {
                return Ok(Read::Text(Text::Migrations(Migrations::from_texts(&name, texts)?, None)));
            }
            texts.retain(|(path, _)| sql(path));
            texts.sort();
            let files = texts.into_iter().map(|(path, bytes)| {
                let name = format!("{name}/{}", path.display());
                let text = files::utf8(&name, bytes)?;
                Ok((name, text))
            });
            Ok(Read::Text(Text::Files(files.collect::<Result<_>>()?)))
        }
    }
}

/// The throw-away server, if one is needed, with the roles that the files name.
async fn server(context: &Context, reads: &[&Read], options: &SourceOptions) -> Result<Option<Options>> {
    if !reads.iter().any(|read| matches!(read, Read::Text(_))) {
        return Ok(None);
    }
    throwaway_server(context, options).await.map(Some)
}

/// The throw-away server, with the roles that files name.
///
/// # Errors
///
/// When there is none, or a role can't be made.
pub(in crate::cli) async fn throwaway_server(context: &Context, options: &SourceOptions) -> Result<Options> {
    let server = context.shadow().await?;
    let roles = if options.roles.is_empty() { &context.config.roles } else { &options.roles };
    if !roles.is_empty() {
        let session = pg::connect(&server).await?;
        let made = files::create_roles(&session, roles).await;
        session.close().await;
        made?;
    }
    Ok(server)
}

/// Applies all migrations to a throw-away database, in a session that ends.
///
/// # Errors
///
/// What the runner returns, with what helps where a role is missing.
pub(in crate::cli) async fn apply_all(options: &Options, runner: &Runner) -> Result<()> {
    let mut session = pg::connect(options).await?;
    session.require_supported()?;
    let done = runner.up(session.client_mut()).await;
    session.close().await;
    done.map(|_| ()).map_err(with_hint)
}

/// Says what helps where a migration failed for want of a role.
pub(in crate::cli) fn with_hint(error: Error) -> Error {
    match files::missing_role_of(&error) {
        Some(role) => files::with_role_hint(error, &role),
        None => error,
    }
}

/// Sessions that take a part of the reading, where there is much to read. Where the server has no more to give, one does
/// it all.
async fn helpers(session: &Session, options: &Options, sessions: u8) -> Vec<Session> {
    /// The size of the catalog of columns, in bytes, from which on this is faster: some five hundred tables.
    const LARGE: i64 = 4 << 20;
    let helpers = sessions.saturating_sub(1).min(introspect::HELPERS);
    let size = "select pg_catalog.pg_relation_size('pg_catalog.pg_attribute'::pg_catalog.regclass)";
    let mut found = Vec::new();
    if helpers == 0 || !session.client().query_typed(size, &[]).await.is_ok_and(|rows| rows[0].get::<_, i64>(0) > LARGE)
    {
        return found;
    }
    for _ in 0..helpers {
        match pg::connect(options).await {
            Ok(session) => found.push(session),
            Err(_) => break,
        }
    }
    found
}

async fn catalog(
    context: &Context,
    source: &Source,
    read: Read,
    (server, sessions): (Option<&Options>, u8),
    filter: &SchemaFilter,
) -> Result<Loaded> {
    let history = context.history_table()?;
    match (read, server) {
        (Read::Snapshot(snapshot, name), _) => {
            let catalog = snapshot.read().map_err(|error| error.with_note(format!("the file is {name}")))?;
            let catalog = without_history(filter.apply(catalog), &history);
            Ok(Loaded::committed(catalog, filter).called(&source.to_string()))
        }
        (Read::Database(options), _) => {
            for warning in options.warnings() {
                context.output.note(format!("warning: {warning}"));
            }
            let mut session = pg::connect(&options).await?;
            session.require_supported()?;
            let helpers = helpers(&session, &options, sessions).await;
            let catalog = introspect::read_together(session.client_mut(), helpers, filter).await;
            session.close().await;
            let label = match source {
                Source::Live => "live".to_owned(),
                _ => format!("db:{}", options.database()),
            };
            Ok(Loaded {
                catalog: without_history(catalog?, &history),
                label,
                assembled: false,
                builder: None,
                filter: filter.clone(),
                scratch: None,
            })
        }
        (Read::Text(_), None) => Err(Error::environment("there is no throw-away server")),
        (Read::Text(text), Some(server)) => {
            Ok(assemble(context, server, text, filter).await?.called(&source.to_string()))
        }
    }
}

/// A database in which nothing was done yet.
///
/// # Errors
///
/// When the throw-away server can't be reached.
pub(in crate::cli) async fn empty_database(
    context: &Context,
    server: &Options,
    filter: &SchemaFilter,
) -> Result<Loaded> {
    assemble(context, server, Text::Files(Vec::new()), filter).await
}

/// What files make of a throw-away database.
async fn assemble(context: &Context, server: &Options, text: Text, filter: &SchemaFilter) -> Result<Loaded> {
    let history = context.history_table()?;
    let scratch = Scratch::create(server).await?;
    match apply(context, scratch.options(), text, filter).await {
        Ok(catalog) => {
            let catalog = without_history(catalog, &history);
            let builder = scratch.options().user().to_owned();
            Ok(Loaded { scratch: Some(scratch), ..Loaded::of(catalog, true, filter) }.built_by(&builder))
        }
        Err(error) => {
            // The error that the person can do something about is the first one.
            let _ = scratch.close().await;
            Err(error)
        }
    }
}

/// Applies files to a throw-away database and reads it.
async fn apply(context: &Context, options: &Options, text: Text, filter: &SchemaFilter) -> Result<Catalog> {
    let mut session = pg::connect(options).await?;
    session.require_supported()?;
    let applied = match text {
        Text::Files(files) => files::run(&session, &files).await,
        Text::Migrations(migrations, version) => {
            let runner = Runner::new(migrations.on_throwaway_server()).history_table(context.history_table()?);
            let target = version.map_or(Target::Latest, Target::Version);
            let done = runner.up_to(session.client_mut(), target).await.map(|_| ());
            done.map_err(with_hint)
        }
    };
    if let Err(error) = applied {
        session.close().await;
        return Err(error);
    }
    // Another session: what the files set for theirs is no matter to the reading.
    session.close().await;
    let mut session = pg::connect(options).await?;
    let catalog = introspect::read(session.client_mut(), filter).await;
    session.close().await;
    Ok(without_builder(catalog?, options.user()))
}

/// What one side may not show to its role is not compared: the options of user mappings and the connections of
/// subscriptions, which are reported as hidden.
pub(in crate::cli) fn compared_hidden(from: &mut Loaded, to: &mut Loaded) {
    let hidden = |catalog: &Catalog| -> Vec<Uncovered> {
        catalog.uncovered.iter().filter(|object| object.kind.starts_with("hidden ")).cloned().collect()
    };
    let of_either: BTreeSet<Uncovered> = hidden(&from.catalog).into_iter().chain(hidden(&to.catalog)).collect();
    if of_either.is_empty() {
        return;
    }
    for catalog in [&mut from.catalog, &mut to.catalog] {
        for (id, object) in &mut catalog.objects {
            let (attribute, name) = match (id.kind.as_str(), id.path.as_slice()) {
                ("user mapping", [server, user]) => ("options", format!("{} on server {}", Ident(user), Ident(server))),
                ("subscription", [name]) => ("connection", Ident(name).to_string()),
                _ => continue,
            };
            let kind = format!("hidden {attribute} of {}", id.kind);
            if of_either.iter().any(|hidden| hidden.kind == kind && hidden.name == name) {
                object.attrs.remove(attribute);
            }
        }
        catalog.uncovered.retain(|object| !of_either.contains(object));
        catalog.uncovered.extend(of_either.iter().cloned());
        catalog.uncovered.sort();
    }
}

/// The attribute that names an object's owner, in every kind that has one.
const OWNER: &str = "owner";

/// Takes away the owner of what belongs to the role that ran the files: they said nothing about it.
pub(in crate::cli) fn without_builder(mut catalog: Catalog, builder: &str) -> Catalog {
    for object in catalog.objects.values_mut() {
        if object.attrs.get(OWNER).is_some_and(|owner| owner == builder) {
            object.attrs.remove(OWNER);
        }
    }
    catalog
}

/// Whether a snapshot was made of files: then there is an object without an owner, of a kind that has them.
fn lacks_owners(catalog: &Catalog) -> bool {
    let owned: Vec<_> = shapes().into_iter().filter(|shape| shape.attribute(OWNER).is_some()).collect();
    catalog
        .objects
        .iter()
        .any(|(id, object)| !object.attrs.contains_key(OWNER) && owned.iter().any(|shape| shape.name == id.kind))
}

/// Takes away what only one side can say about owners: where files are compared with a database, what the files leave open
/// is not compared. What an owner may do goes without a grant, so a grant to the owner of either side is left out too.
pub(in crate::cli) fn compared_owners(from: &mut Loaded, to: &mut Loaded) {
    let (made, live) = match (from.assembled, to.assembled) {
        (true, false) => (from, to),
        (false, true) => (to, from),
        _ => return,
    };
    let open = live.catalog.objects.iter_mut().filter_map(|(id, object)| {
        let made = made.catalog.objects.get(id)?;
        if made.attrs.contains_key(OWNER) {
            return None;
        }
        Some((id.clone(), object.attrs.remove(OWNER)?))
    });
    for (id, owner) in open.collect::<Vec<_>>() {
        for role in [owner.as_str(), made.builder.as_deref()].into_iter().flatten() {
            let mut path = id.path.clone();
            path.push(role.to_owned());
            let grant = ObjectId::new("grant", path);
            made.catalog.objects.remove(&grant);
            live.catalog.objects.remove(&grant);
        }
    }
}
