//! The connection service file: `[name]` sections of `keyword=value` lines.
//!
//! A person's own file is asked first, then the system's, as libpq does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::params::Params;
use crate::base::{Error, ErrorKind, Result};
use crate::pg::Environment;

/// Where Debian's libpq has its system-wide file when `PGSYSCONFDIR` doesn't say otherwise.
const SYSTEM_DIR: &str = "/etc/postgresql-common";

/// Finds the service and returns its parameters.
///
/// # Errors
///
/// When no file defines the service, when a file that was named isn't there, or when a line can't be understood.
pub(super) fn lookup(service: &str, named: Option<&str>, env: &Environment) -> Result<Params> {
    let own = named.map(PathBuf::from).or_else(|| env.home().map(|home| home.join(".pg_service.conf")));
    let system = Path::new(env.get("PGSYSCONFDIR").unwrap_or(SYSTEM_DIR)).join("pg_service.conf");
    let mut asked = Vec::new();
    for (path, required) in own.map(|path| (path, named.is_some())).into_iter().chain([(system, false)]) {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !required => {
                asked.push(format!("{} (not there)", path.display()));
                continue;
            }
            Err(error) => {
                return Err(Error::environment(format!("cannot read the service file {}: {error}", path.display())));
            }
        };
        if let Some(params) = find(&text, service, &path)? {
            return Ok(params);
        }
        asked.push(path.display().to_string());
    }
    Err(Error::input(format!("no service file defines the service {service:?}"))
        .with_note(format!("looked in {}", asked.join(" and ")))
        .with_hint("define it in ~/.pg_service.conf, or name the file in PGSERVICEFILE"))
}

fn find(text: &str, service: &str, path: &Path) -> Result<Option<Params>> {
    let mut found: Option<Params> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |what: String| Error::new(ErrorKind::Input, format!("{}:{}: {what}", path.display(), number + 1));
        if let Some(section) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            let name = section.strip_suffix(']').ok_or_else(|| wrong("\"]\" is missing".to_owned()))?;
            if name == service {
                found = Some(Params::default());
            }
            continue;
        }
        let Some(params) = &mut found else { continue };
        if line.starts_with("ldap") {
            return Err(wrong("services from LDAP are not supported".to_owned()));
        }
        // The line isn't quoted: it may be a password.
        let (name, value) = line.split_once('=').ok_or_else(|| wrong("\"=\" is missing".to_owned()))?;
        if name == "service" || name == "servicefile" {
            return Err(wrong("a service can't name another service".to_owned()));
        }
        params.set(name, value).map_err(|error| {
            error.hints().iter().fold(wrong(error.message().to_owned()), |made, hint| made.with_hint(hint.as_str()))
        })?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::find;

    const FILE: &str =
        "# mine\nstray=1\n[other]\nhost=o\n\n [prod] \nhost=db\n  port=6432 \npassword=a=b\n[prod]\nhost=x\n";

    #[test]
    fn the_first_section_of_a_name_counts() {
        let params = find(FILE, "prod", Path::new("f")).unwrap().unwrap();
        assert_eq!(params.get("host"), Some("db"));
        assert_eq!(params.get("port"), Some("6432"));
        assert_eq!(params.get("password"), Some("a=b"));
        assert!(find(FILE, "none", Path::new("f")).unwrap().is_none());
    }

    #[test]
    fn a_wrong_line_is_named_but_not_shown() {
        let error = find("[s]\nhost=a\npassword secret\n", "s", Path::new("f")).unwrap_err();
        assert_eq!(error.message(), "f:3: \"=\" is missing");
        let error = find("[s]\nuser_name=a\n", "s", Path::new("f")).unwrap_err();
        assert_eq!(error.message(), "f:2: \"user_name\" is no connection parameter");
        assert_eq!(error.hints(), ["did you mean user?"]);
        let error = find("[s]\nservice=a\n", "s", Path::new("f")).unwrap_err();
        assert_eq!(error.message(), "f:2: a service can't name another service");
    }
}
