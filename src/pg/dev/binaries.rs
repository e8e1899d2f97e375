//! Finding PostgreSQL's server programs.
//!
//! In order: the directory that was named, `PATH`, `pg_config --bindir`, then where Debian, Homebrew, the sources and
//! Postgres.app put them, newest first. A directory counts only if the programs are really there and run.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use crate::base::{Error, Result};
use crate::pg::{Environment, OLDEST_SUPPORTED};

/// The programs that a development server needs.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where packages put the programs; a star stands for a version.
const PLACES: [&str; 8] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
];

/// A directory with PostgreSQL's server programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The directory, without symbolic links.
    pub dir: PathBuf,
    /// The major version.
    pub major: u32,
    /// The whole version, as `postgres --version` has it after the brackets: `15.14 (Debian 15.14-0+deb12u1)`.
    pub version: String,
}

/// What a search gave.
#[derive(Debug, Default)]
pub(super) struct Search {
    pub(super) found: Option<Binaries>,
    /// Directories that looked right but can't be used, with the reason.
    pub(super) rejected: Vec<String>,
}

/// Looks for programs of any supported version, or of one major version where data is there already.
///
/// # Errors
///
/// When a directory was named and it doesn't do: falling back to others would surprise.
pub(super) async fn find(
    named: Option<&Path>,
    major: Option<u32>,
    env: &Environment,
    account: &Account,
) -> Result<Search> {
    if let Some(dir) = named {
        let found = examine(dir, major, account).await.map_err(|why| {
            Error::environment(why).with_hint("name the directory that holds initdb, pg_ctl and postgres")
        })?;
        return Ok(Search { found: Some(found), rejected: Vec::new() });
    }
    let mut search = Search::default();
    let mut seen = Vec::new();
    for dir in candidates(env, account).await {
        let Some(dir) = resolve(&dir).filter(|dir| !seen.contains(dir)) else { continue };
        match examine(&dir, major, account).await {
            Ok(found) => {
                search.found = Some(found);
                break;
            }
            Err(why) => search.rejected.push(why),
        }
        seen.push(dir);
    }
    Ok(search)
}

/// The directory where `initdb` really is: `PATH` often has links into a version's own directory.
fn resolve(dir: &Path) -> Option<PathBuf> {
    let program = fs::canonicalize(dir.join("initdb")).ok()?;
    program.parent().map(Path::to_path_buf)
}

async fn candidates(env: &Environment, account: &Account) -> Vec<PathBuf> {
    let path: Vec<PathBuf> = env.get("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
    let mut dirs = path.clone();
    if let Some(pg_config) = path.iter().map(|dir| dir.join("pg_config")).find(|program| program.is_file())
        && let Ok(output) = account.command(pg_config).arg("--bindir").output().await
    {
        dirs.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    dirs.extend(PLACES.into_iter().flat_map(expand));
    dirs
}

/// The directories that a pattern with one star stands for, highest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![PathBuf::from(pattern)] };
    let Some((parent, prefix)) = before.rsplit_once('/') else { return Vec::new() };
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut found: Vec<_> =
        names.filter(|name| name.starts_with(prefix)).map(|name| (version_of(&name), name)).collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, name)| Path::new(parent).join(format!("{name}{after}"))).collect()
}

/// The first number in a name: 17 of `postgresql@17`.
fn version_of(name: &str) -> u32 {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}

/// Checks a directory; the error says why it doesn't do.
async fn examine(dir: &Path, major: Option<u32>, account: &Account) -> Result<Binaries, String> {
    let shown = dir.display();
    let dir = resolve(dir).ok_or_else(|| format!("there is no initdb in {shown}"))?;
    if let Some(missing) = PROGRAMS.into_iter().find(|program| !dir.join(program).is_file()) {
        return Err(format!("there is no {missing} in {}", dir.display()));
    }
    let output = account.command(dir.join("postgres")).arg("--version").output().await;
    let output = output.map_err(|error| format!("{}/postgres does not run: {error}", dir.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.trim().rsplit_once("(PostgreSQL) ").map(|(_, version)| version.to_owned());
    let Some(version) = version.filter(|_| output.status.success()) else {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}/postgres does not run: {}", dir.display(), said.trim()));
    };
    let found = Binaries { major: version_of(&version), dir, version };
    let (shown, is) = (found.dir.display(), found.major);
    match major {
        _ if is < OLDEST_SUPPORTED => Err(format!("PostgreSQL {is} in {shown} is too old")),
        Some(major) if is != major => Err(format!("{shown} has PostgreSQL {is}, not {major}")),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::{Account, expand, find, version_of};
    use crate::pg::Environment;

    /// A directory with programs that only know their version.
    fn programs(dir: &Path, version: &str) {
        fs::create_dir_all(dir).unwrap();
        for program in super::PROGRAMS {
            let path = dir.join(program);
            fs::write(&path, format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n")).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        }
    }

    fn setting() -> (tempfile::TempDir, Account) {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        let account = Account::choose(dir.path(), &Environment::empty()).unwrap();
        (dir, account)
    }

    #[tokio::test]
    async fn links_in_path_lead_to_the_real_directory() {
        let (dir, account) = setting();
        let (real, links) = (dir.path().join("real"), dir.path().join("links"));
        programs(&real, "17.2 (Debian 17.2-1)");
        fs::create_dir(&links).unwrap();
        symlink(real.join("initdb"), links.join("initdb")).unwrap();
        let env = Environment::empty().with("PATH", links.to_str().unwrap());
        let found = find(None, None, &env, &account).await.unwrap().found.unwrap();
        assert_eq!(found.dir, fs::canonicalize(real).unwrap());
        assert_eq!((found.major, found.version.as_str()), (17, "17.2 (Debian 17.2-1)"));
    }

    #[tokio::test]
    async fn a_directory_counts_only_if_it_is_whole_and_new_enough() {
        let (dir, account) = setting();
        let [partial, old, newer, wanted] = ["partial", "old", "newer", "wanted"].map(|name| dir.path().join(name));
        programs(&partial, "17.2");
        fs::remove_file(partial.join("pg_ctl")).unwrap();
        programs(&old, "14.9");
        programs(&newer, "1001.1");
        programs(&wanted, "1000.1");
        let path = std::env::join_paths([&partial, &old, &newer, &wanted]).unwrap();
        let env = Environment::empty().with("PATH", path.to_str().unwrap());
        let search = find(None, Some(1000), &env, &account).await.unwrap();
        assert_eq!(search.found.unwrap().dir, fs::canonicalize(&wanted).unwrap());
        let whys = search.rejected.join("\n");
        for why in ["there is no pg_ctl in ", "PostgreSQL 14 in ", "newer has PostgreSQL 1001, not 1000"] {
            assert!(whys.contains(why), "{whys}");
        }
        let named = find(Some(&old), None, &env, &account).await.unwrap_err();
        assert!(named.message().ends_with("is too old"), "{named}");
    }

    #[test]
    fn higher_versions_come_first() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["postgresql@9", "postgresql@17", "postgresql@18", "other@99"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let root = dir.path().display();
        let found = expand(&format!("{root}/postgresql@*/bin"));
        let names: Vec<_> = found.iter().map(|path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["postgresql@18/bin", "postgresql@17/bin", "postgresql@9/bin"]);
        assert_eq!(version_of("15.14 (Debian)"), 15);
    }
}
