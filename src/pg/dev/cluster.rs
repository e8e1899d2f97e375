//! Making a cluster: `initdb` once for each version of PostgreSQL on this machine, copies of that afterwards.
//!
//! A cluster appears under its name only when it is complete: it is made beside the place and renamed.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;

use super::DEV_DATABASE;
use super::account::Account;
use super::binaries::Binaries;
use super::report::Origin;
use super::state::{State, short_hash};
use crate::base::{Error, Ident, Result};
use crate::pg::Environment;

/// Locale C sorts the same on every machine. Nothing is synced: a crash of the machine in these seconds costs nothing
/// that `initdb` can't make again.
const INITDB: [&str; 7] = [
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
    "--auth-local=trust",
    "--auth-host=reject",
];

/// Has initdb's configuration, with what it found out about this machine, read pgward's settings last.
const INCLUDE: &str = "\ninclude_if_exists = 'pgward.conf'\n";

/// Who may connect how, written over initdb's own. The socket is in a private directory, so that whoever gets there is
/// the server's user or root; on loopback every user of the machine arrives, so that a password is asked for.
const HBA: &str = "\
# written by pgward
local all all              trust
host  all all 127.0.0.1/32 scram-sha-256
";

/// Makes the data directory if there is none.
pub(super) async fn ensure(state: &State, binaries: &Binaries, account: &Account, env: &Environment) -> Result<Origin> {
    let data = state.data();
    if data.join("PG_VERSION").exists() {
        return Ok(Origin::Kept);
    }
    remove_leftovers(state);
    let fresh = state.dir.join(format!("data.new.{}", std::process::id()));
    DirBuilder::new().mode(0o700).create(&fresh).map_err(|error| state.cannot("write to", &error))?;
    account.own(&fresh).map_err(|error| state.cannot("hand over", &error))?;
    let template = template_dir(binaries, env);
    let copied = template.as_deref().filter(|template| template.join("PG_VERSION").exists());
    let origin = match copied.map(|template| copy_tree(template, &fresh, Some(account))) {
        Some(Ok(())) => Origin::Cache,
        tried => {
            if let Some(Err(error)) = tried {
                tracing::debug!(%error, "the cached cluster can't be copied");
                empty(&fresh).map_err(|error| state.cannot("write to", &error))?;
            }
            initdb(state, &fresh, binaries, account).await?;
            if let Some(template) = &template
                && let Err(error) = keep_template(&fresh, template)
            {
                tracing::debug!(%error, "the new cluster can't be cached");
            }
            Origin::Initdb
        }
    };
    fs::rename(&fresh, &data).map_err(|error| state.cannot("write to", &error))?;
    Ok(origin)
}

/// Takes the data directory away at once, then deletes it.
pub(super) fn remove(state: &State) -> Result<()> {
    let doomed = state.dir.join(format!("data.old.{}", std::process::id()));
    match fs::rename(state.data(), &doomed) {
        Ok(()) => fs::remove_dir_all(doomed).map_err(|error| state.cannot("clear", &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(state.cannot("clear", &error)),
    }
}

/// What processes that died left behind; the lock is held, so that nobody uses it.
fn remove_leftovers(state: &State) {
    let Ok(entries) = fs::read_dir(&state.dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if ["data.new.", "data.old."].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    // A data directory without a version is no cluster: initdb never finished, or somebody emptied it.
    let _ = fs::remove_dir(state.data());
}

async fn initdb(state: &State, fresh: &Path, binaries: &Binaries, account: &Account) -> Result<()> {
    let mut command = account.command(binaries.dir.join("initdb"));
    command.args(INITDB);
    command.arg("-D").arg(fresh).kill_on_drop(true);
    let output = command.output().await.map_err(|error| {
        Error::environment(format!("cannot run {}: {error}", binaries.dir.join("initdb").display()))
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let mut error = Error::environment(format!("initdb could not make a cluster in {}", state.dir.display()));
        for line in said.lines().filter(|line| !line.trim().is_empty()).take(10) {
            error = error.with_note(line);
        }
        let _ = fs::remove_dir_all(fresh);
        return Err(error.with_hint("is there room on the disk, and can it be written to?"));
    }
    let written = super::state::write_new(fresh, "pg_hba.conf", HBA, 0o600, Some(account))
        .and_then(|()| include_settings(fresh, account));
    written.map_err(|error| state.cannot("write to", &error))?;
    create_database(fresh, binaries, account).await;
    Ok(())
}

/// Makes the database that every start looks for, without a server and without syncing. In a server it would cost each
/// new project the time to write it out, at the next checkpoint. Where it fails the start makes it.
async fn create_database(data: &Path, binaries: &Binaries, account: &Account) {
    let mut command = account.command(binaries.dir.join("postgres"));
    command.args(["--single", "-F", "-D"]).arg(data).arg("postgres");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(mut child) = command.spawn() else { return };
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(format!("create database {}\n", Ident(DEV_DATABASE)).as_bytes()).await;
    }
    let ended = child.wait().await;
    tracing::debug!(?ended, "made the database of a new cluster");
}

fn include_settings(data: &Path, account: &Account) -> io::Result<()> {
    let text = fs::read_to_string(data.join("postgresql.conf"))? + INCLUDE;
    super::state::write_new(data, "postgresql.conf", &text, 0o600, Some(account))
}

/// Where the template for a version is kept: with this user's other caches, which nobody else can write to. Its name
/// stands for all that makes it what it is.
fn template_dir(binaries: &Binaries, env: &Environment) -> Option<PathBuf> {
    let recipe =
        [&binaries.dir.to_string_lossy(), binaries.version.as_str(), HBA, INCLUDE, &INITDB.join(" "), DEV_DATABASE]
            .join("\n");
    let name = format!("{}-{}", binaries.major, short_hash(Path::new(&recipe)));
    env.cache_home().map(|cache| cache.join("pgward/clusters").join(name))
}

fn keep_template(fresh: &Path, template: &Path) -> io::Result<()> {
    let parent = template.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    let temporary = parent.join(format!("new.{}", std::process::id()));
    let _ = fs::remove_dir_all(&temporary);
    DirBuilder::new().mode(0o700).create(&temporary)?;
    // The copy belongs to this process's user, whoever runs the server.
    copy_tree(fresh, &temporary, None)?;
    match fs::rename(&temporary, template) {
        Err(_) => fs::remove_dir_all(&temporary),
        done => done,
    }
}

/// Copies what is in a directory, for an owner where that isn't this process's user. On file systems that can, blocks are shared and nothing is really copied.
fn copy_tree(from: &Path, to: &Path, owner: Option<&Account>) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            DirBuilder::new().mode(0o700).create(&target)?;
            owner.map_or(Ok(()), |owner| owner.own(&target))?;
            copy_tree(&entry.path(), &target, owner)?;
        } else {
            fs::copy(entry.path(), &target)?;
            owner.map_or(Ok(()), |owner| owner.own(&target))?;
        }
    }
    Ok(())
}

fn empty(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
    }
    Ok(())
}
