//! The environment variables a process was started with, as a value.
//!
//! Only `src/cli` reads the real environment (clippy.toml holds everyone to that); everything else is handed one of
//! these, so that tests and embedding applications decide what is seen.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use nix::unistd::{User, geteuid};

/// Environment variables by name.
///
/// Its `Debug` form shows names alone, because `PGPASSWORD` and `DATABASE_URL` hold secrets.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// An environment with nothing in it: no defaults are taken from anywhere but the operating system.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The value of a variable. One that is set to nothing counts as not set, as it does for most of libpq.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Sets a variable, for tests and for applications that put their own environment together.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Whether libpq's variables name a server or a database, so that connecting without a URL is what is meant.
    ///
    /// `PGUSER`, `PGPASSWORD` and the like alone say how to connect, not where.
    #[must_use]
    pub fn names_a_server(&self) -> bool {
        ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE"].iter().any(|name| self.get(name).is_some())
    }

    /// The home directory: `HOME`, else what the system has for this user.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        match self.get("HOME") {
            Some(home) => Some(PathBuf::from(home)),
            None => current_user().map(|user| user.dir),
        }
    }

    /// The directory for caches: `XDG_CACHE_HOME`, else `.cache` in the home directory.
    #[must_use]
    pub fn cache_home(&self) -> Option<PathBuf> {
        match self.get("XDG_CACHE_HOME") {
            Some(dir) => Some(PathBuf::from(dir)),
            None => self.home().map(|home| home.join(".cache")),
        }
    }

    /// The name of the operating system's user, libpq's default for the role.
    #[must_use]
    pub fn system_user(&self) -> Option<String> {
        current_user().map(|user| user.name)
    }
}

fn current_user() -> Option<User> {
    User::from_uid(geteuid()).ok().flatten()
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self { variables: variables.into_iter().collect() }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn an_empty_variable_is_not_set() {
        let env = Environment::empty().with("PGHOST", "");
        assert_eq!(env.get("PGHOST"), None);
        assert!(!env.names_a_server());
        assert!(env.with("PGSERVICE", "s").names_a_server());
    }

    #[test]
    fn debug_shows_no_values() {
        let env = Environment::empty().with("PGPASSWORD", "secret");
        assert_eq!(format!("{env:?}"), r#"{"PGPASSWORD"}"#);
    }
}
