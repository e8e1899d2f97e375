//! `pgward rls`: who can do what, tried for real.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::config::read;
use super::context::{Context, write_file};
use super::output::verdict;
use super::source::create_roles;
use crate::base::{Error, Exit, Finding, Ident, Result, Severity};
use crate::pg::{self, Scratch, Session};
use crate::report::{Case, Line, Outcome, Report, Table, Tone, count, duration};
use crate::rls::{COMMANDS, Cell, Command, Identity, Manifest, Verdict, Way, codes, compare, observe};
use crate::runner::{Runner, Target};

/// The bundle's own manifest.
const BUNDLE: &str = include_str!("../../schema/ops.rls.toml");

/// Try who can do what: every role, as somebody, every command, by each way to a row
///
/// Applies the migrations to a throw-away database, seeds rows for two tenants, and tries everything in a transaction that
/// rolls back. Exits 0 when all is as the manifest says, 1 when something is not, and 2 when a refusal proves nothing
/// because the same statement by one who may failed too.
#[derive(Debug, clap::Args)]
pub(super) struct Rls {
    /// The manifest [default: `rls` of pgward.toml, else the bundle's]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Write what is observed to the manifest's file, or to standard output
    #[arg(long)]
    write: bool,
    /// A role that migrations name, made on the throw-away server if it is missing; may be repeated [default: pgward.toml's]
    #[arg(long = "role", value_name = "NAME")]
    roles: Vec<String>,
    /// The lowest severity that makes the command exit 1
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = super::context::severity)]
    fail_on: Severity,
}

impl Rls {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let file = self.manifest.clone().or_else(|| context.config.rls.clone());
        if self.write {
            return self.write(context, file).await;
        }
        let tried = check(context, manifest(context, file)?, &self.roles).await?;
        let exit = tried.exit(self.fail_on);
        context.output.report(tried.report("rls", self.fail_on))?;
        Ok(exit)
    }

    async fn write(&self, context: &Context, file: Option<PathBuf>) -> Result<Exit> {
        let old = match file.as_deref().filter(|file| file.exists()) {
            Some(file) => Some(Manifest::parse(&file.display().to_string(), &read(file)?)?),
            None => None,
        };
        let (scratch, mut session) = made(context, &self.roles).await?;
        let observed = async {
            let manifest = match old {
                Some(manifest) => manifest,
                None => first(context, &session).await?,
            };
            let cells = observe(session.client_mut(), &manifest).await?;
            Ok::<_, Error>((manifest, cells))
        }
        .await;
        session.close().await;
        scratch.close().await?;
        let (manifest, cells) = observed?;
        let text = manifest.written(&cells);
        for cell in &cells {
            if let Err(reason) = &cell.observed {
                let (command, object) = (cell.command.words(), cell.object());
                context.output.note(format!("not known: {command} on {object} by {}: {reason}", cell.role));
            }
        }
        for (role, object) in unseen(&cells) {
            context.output.note(format!("nobody sees the row of {object} as {}: is it a tenant's?", Ident(&role)));
        }
        match file {
            Some(file) => {
                write_file(&file, &text)?;
                context.output.note(format!("wrote {} from {}", file.display(), count(cells.len(), "try")));
            }
            None => context.output.data(&text)?,
        }
        Ok(if cells.iter().any(|cell| cell.observed.is_err()) { Exit::Failed } else { Exit::Clean })
    }
}

/// Reads the manifest: the file named, the configuration's, the bundle's. Returns its name and what it declares.
///
/// # Errors
///
/// When there is none, or it can't be read.
pub(super) fn manifest(context: &Context, file: Option<PathBuf>) -> Result<(String, Manifest)> {
    let (name, text) = manifest_text(context, file)?;
    let manifest = Manifest::parse(&name, &text)?;
    Ok((name, manifest))
}

/// Name and text of the manifest.
///
/// # Errors
///
/// When there is none, or it can't be read.
pub(super) fn manifest_text(context: &Context, file: Option<PathBuf>) -> Result<(String, String)> {
    Ok(match file.or_else(|| context.config.rls.clone()) {
        Some(file) => (file.display().to_string(), read(&file)?),
        None if context.uses_bundle() => ("the bundle's manifest".to_owned(), BUNDLE.to_owned()),
        None => {
            return Err(Error::input("there is no manifest of who can do what")
                .with_hint("name one with --manifest FILE, or as `rls` in pgward.toml")
                .with_hint("write one of what is there now: pgward rls --write --manifest FILE"));
        }
    })
}

/// A throw-away database that the migrations were applied to.
async fn made(context: &Context, roles: &[String]) -> Result<(Scratch, Session)> {
    let server = context.shadow().await?;
    let roles = if roles.is_empty() { &context.config.roles } else { roles };
    if !roles.is_empty() {
        let session = pg::connect(&server).await?;
        let made = create_roles(&session, roles).await;
        session.close().await;
        made?;
    }
    let runner = Runner::new(context.migrations()?.on_throwaway_server()).history_table(context.history_table()?);
    let scratch = Scratch::create(&server).await?;
    let applied = async {
        let mut session = pg::connect(scratch.options()).await?;
        session.require_supported()?;
        runner.up_to(session.client_mut(), Target::Latest).await?;
        // Another session: what migrations set for theirs is no matter to the tries.
        session.close().await;
        pg::connect(scratch.options()).await
    };
    match applied.await {
        Ok(session) => Ok((scratch, session)),
        Err(error) => {
            // The error that the person can do something about is the first one.
            let _ = scratch.close().await;
            Err(error)
        }
    }
}

/// A manifest to begin with: the roles that were granted something in the managed schemas, and nobody in particular unless
/// there are Supabase's users.
async fn first(context: &Context, session: &Session) -> Result<Manifest> {
    let schemas = context.schemas();
    let query = "select n.nspname::text from pg_catalog.pg_namespace n
        where (($1::text[] is null and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') or n.nspname = any ($1))
            and exists (select from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v'))
        order by 1";
    let managed = schemas.schemas().map(<[String]>::to_vec);
    let parameters = [(&managed as _, tokio_postgres::types::Type::TEXT_ARRAY)];
    let failed = |error| session.error(error, "look for schemas and roles");
    let rows = session.client().query_typed(query, &parameters).await.map_err(failed)?;
    let managed: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if managed.is_empty() {
        return Err(Error::input("there is nothing in the managed schemas that somebody could reach")
            .with_hint("--schema NAME names another schema"));
    }
    let query = "select distinct r.rolname::text
        from pg_catalog.pg_namespace n
        cross join pg_catalog.aclexplode(n.nspacl) a
        join pg_catalog.pg_roles r on r.oid = a.grantee
        where n.nspname = any ($1) and r.oid <> n.nspowner and not r.rolsuper and r.rolname !~ '^pg_'
        order by 1";
    let parameters = [(&managed as _, tokio_postgres::types::Type::TEXT_ARRAY)];
    let rows = session.client().query_typed(query, &parameters).await.map_err(failed)?;
    let roles: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if roles.is_empty() {
        return Err(Error::input("no role was granted the use of a managed schema, so there is nobody to try"));
    }
    let users = "select pg_catalog.to_regclass('auth.users') is not null";
    let rows = session.client().query_typed(users, &[]).await.map_err(failed)?;
    let mut identities = BTreeMap::from([("nobody".to_owned(), Identity::default())]);
    if rows.first().is_some_and(|row| row.get(0)) {
        for (name, side) in [("member", "own"), ("stranger", "other")] {
            let claims = format!("{{\"sub\": \"${{{side}:auth.users.id}}\", \"role\": \"authenticated\"}}");
            let set = BTreeMap::from([("request.jwt.claims".to_owned(), claims)]);
            identities.insert(name.to_owned(), Identity { set, seed: None });
        }
    }
    Ok(Manifest::of(managed, Vec::new(), &roles, identities))
}

/// What a role may read, and sees nothing of as anybody: the policies may mean that, or the seeded row is nobody's.
fn unseen(cells: &[Cell]) -> BTreeSet<(String, String)> {
    let selects = || cells.iter().filter(|cell| cell.command == Command::Select);
    let seen: BTreeSet<_> = selects()
        .filter(|cell| cell.observed != Ok(Verdict::NoRows))
        .map(|cell| (cell.role.clone(), cell.object()))
        .collect();
    selects().map(|cell| (cell.role.clone(), cell.object())).filter(|cell| !seen.contains(cell)).collect()
}

/// A tried schema, and what to say about it.
pub(super) struct Tried {
    manifest: String,
    declared: Manifest,
    cells: Vec<Cell>,
    /// What is not as declared, and what the tries say nothing about, as the configuration counts it.
    pub(super) findings: Vec<Finding>,
    took: Duration,
}

/// Tries everything on a throw-away database and compares it with a manifest.
///
/// # Errors
///
/// When the migrations can't be applied, or the manifest names roles or schemas that are not there.
pub(super) async fn check(context: &Context, (name, manifest): (String, Manifest), roles: &[String]) -> Result<Tried> {
    let (scratch, mut session) = made(context, roles).await?;
    let tried = tried(context, &mut session, (name, manifest)).await;
    session.close().await;
    scratch.close().await?;
    tried
}

/// The same on a throw-away database that is there already; it is left as it was.
///
/// # Errors
///
/// When the manifest names roles or schemas that are not there.
pub(super) async fn tried(
    context: &Context,
    session: &mut Session,
    (name, manifest): (String, Manifest),
) -> Result<Tried> {
    let start = Instant::now();
    let cells = observe(session.client_mut(), &manifest).await?;
    let findings = context.settle(compare(&manifest, &cells), codes::ALL);
    Ok(Tried { manifest: name, declared: manifest, cells, findings, took: start.elapsed() })
}

impl Tried {
    /// The exit status: what was not evaluated is never green.
    pub(super) fn exit(&self, fail_on: Severity) -> Exit {
        if self.cells.iter().any(|cell| cell.observed.is_err()) {
            return Exit::Failed;
        }
        verdict(&self.findings, fail_on)
    }

    /// What was looked at, and what of it could not be evaluated.
    pub(super) fn in_short(&self) -> (String, Option<String>) {
        let unknown = self.cells.iter().filter(|cell| cell.observed.is_err()).count();
        let tries = count(self.cells.len(), "try");
        (tries.clone(), (unknown > 0).then(|| format!("{unknown} of {tries} say nothing")))
    }

    pub(super) fn report(&self, command: &'static str, fail_on: Severity) -> Report {
        let unknown = self.cells.iter().filter(|cell| cell.observed.is_err()).count();
        let wrong =
            self.findings.iter().filter(|finding| finding.waiver.is_none()).count() - unknown.min(self.findings.len());
        let all = count(self.cells.len(), "try");
        let took = duration(self.took);
        let summary = match (wrong, unknown) {
            (0, 0) => Line::new(Tone::Good, format!("{all} as {} says ({took})", self.manifest)),
            (wrong, 0) => Line::new(Tone::Bad, format!("{wrong} of {all} not as {} says ({took})", self.manifest)),
            (0, unknown) => Line::new(Tone::Bad, format!("{unknown} of {all} say nothing ({took})")),
            (wrong, unknown) => Line::new(
                Tone::Bad,
                format!("{wrong} of {all} not as {} says, {unknown} say nothing ({took})", self.manifest),
            ),
        };
        let objects: BTreeSet<_> = self.cells.iter().map(|cell| (cell.way, cell.object())).collect();
        let cases = objects.into_iter().map(|(way, name)| {
            let mine = || self.cells.iter().filter(|cell| cell.way == way && cell.object() == name);
            let kind = match way {
                Way::Table | Way::Partition => "table",
                Way::View => "view",
                Way::Function => "function",
            };
            let findings: Vec<_> = self
                .findings
                .iter()
                .filter(|finding| {
                    finding.object.as_ref().is_some_and(|object| {
                        let schema = object.schema.as_deref().unwrap_or_default();
                        mine().any(|cell| cell.schema == schema && cell.name == object.name)
                    })
                })
                .cloned()
                .collect();
            let outcome = if mine().any(|cell| cell.observed.is_err()) {
                Outcome::NotEvaluated
            } else if verdict(&findings, fail_on) == Exit::Findings {
                Outcome::Findings
            } else {
                Outcome::Passed
            };
            Case { name: format!("{kind} {name}"), outcome, findings }
        });
        let cells = self.cells.iter().map(|cell| {
            json!({
                "way": cell.way,
                "object": cell.object(),
                "role": cell.role,
                "identity": cell.identity,
                "command": cell.command,
                "expected": self.declared.expected(cell),
                "observed": cell.observed.as_ref().ok(),
                "reason": cell.observed.as_ref().err(),
            })
        });
        let data = json!({ "manifest": self.manifest, "matrix": cells.collect::<Vec<_>>() });
        Report {
            command,
            cases: cases.collect(),
            tables: self.matrix(),
            findings: self.findings.clone(),
            summary,
            data: data.as_object().cloned().unwrap_or_default(),
            fail_on: Some(fail_on),
            ..Report::default()
        }
    }

    /// A table for each actor: a row for each object, a column for each command. Actors that can do the same are one.
    fn matrix(&self) -> Vec<Table> {
        let mut actors: Vec<(String, String)> = Vec::new();
        for cell in &self.cells {
            let actor = (cell.role.clone(), cell.identity.clone());
            if !actors.contains(&actor) {
                actors.push(actor);
            }
        }
        let mut tables: Vec<(Vec<String>, Vec<Vec<Line>>)> = Vec::new();
        for (role, identity) in actors {
            let mine: Vec<_> =
                self.cells.iter().filter(|cell| cell.role == role && cell.identity == identity).collect();
            let mine: Vec<_> = mine.into_iter().filter(|cell| cell.way != Way::Function).collect();
            let rows = self.rows(&mine);
            let title = format!("{} as {identity}", Ident(&role));
            match tables.iter_mut().find(|(_, known)| *known == rows) {
                Some((titles, _)) => titles.push(title),
                None => tables.push((vec![title], rows)),
            }
        }
        let calls = Table { title: "who may call".to_owned(), rows: self.calls() };
        tables
            .into_iter()
            .map(|(titles, rows)| Table { title: titles.join(", "), rows })
            .chain([calls])
            .filter(|table| !table.rows.is_empty())
            .collect()
    }

    /// A row for each function, with who may call it; a role as a whole where all its identities may.
    fn calls(&self) -> Vec<Vec<Line>> {
        let calls = || self.cells.iter().filter(|cell| cell.way == Way::Function);
        let functions: BTreeSet<_> = calls().map(Cell::object).collect();
        let roles: BTreeSet<_> = calls().map(|cell| cell.role.as_str()).collect();
        let mut rows = Vec::new();
        for function in functions {
            let mut who = Vec::new();
            let mut tone = Tone::Plain;
            for role in &roles {
                let mine: Vec<_> = calls().filter(|cell| cell.role == *role && cell.object() == function).collect();
                let may = |cell: &&&Cell| cell.observed.as_ref().is_ok_and(|observed| *observed != Verdict::refused());
                let allowed: Vec<_> = mine.iter().filter(may).collect();
                if mine.iter().any(|cell| cell.observed.as_ref().ok() != Some(&self.declared.expected(cell))) {
                    tone = Tone::Bad;
                }
                if allowed.len() == mine.len() {
                    who.push(Ident(role).to_string());
                } else {
                    who.extend(allowed.iter().map(|cell| format!("{} as {}", Ident(role), cell.identity)));
                }
            }
            let who = if who.is_empty() { "nobody".to_owned() } else { who.join(", ") };
            let mark = if tone == Tone::Bad { "!" } else { "" };
            rows.push(vec![Line::from(function), Line::new(tone, format!("{who}{mark}"))]);
        }
        rows
    }

    fn rows(&self, cells: &[&Cell]) -> Vec<Vec<Line>> {
        let mut objects: Vec<(Way, String)> = Vec::new();
        for cell in cells {
            let object = (cell.way, cell.object());
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
        let head = ["select", "insert", "returning", "upsert", "update", "move", "delete", "truncate"];
        let mut rows = vec![
            std::iter::once(Line::default()).chain(head.map(|name| Line::new(Tone::Dim, name))).collect::<Vec<_>>(),
        ];
        for (way, object) in objects {
            let mut row = vec![Line::from(object.clone())];
            for command in COMMANDS {
                let cell =
                    cells.iter().find(|cell| cell.way == way && cell.command == command && cell.object() == object);
                row.push(cell.map_or_else(Line::default, |cell| self.shown(cell)));
            }
            rows.push(row);
        }
        rows
    }

    /// A cell in a word; one that is not as declared is marked.
    fn shown(&self, cell: &Cell) -> Line {
        match &cell.observed {
            Err(_) => Line::new(Tone::Bad, "?"),
            Ok(observed) if *observed != self.declared.expected(cell) => {
                Line::new(Tone::Bad, format!("{}!", observed.short()))
            }
            Ok(observed @ Verdict::Allow(_)) => Line::new(Tone::Good, observed.short()),
            Ok(observed) => Line::new(Tone::Dim, observed.short()),
        }
    }
}
