//! The password file: lines of `host:port:database:user:password`, as libpq reads `~/.pgpass`.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a connection looks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The host's name, or a socket directory; `localhost` for libpq's default socket directory.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// What reading the file gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The file's text.
    Text(String),
    /// There is no file, or it can't be read: libpq goes on in silence.
    Absent,
    /// The file is there but isn't to be used; the reason is worth a warning.
    Unusable(String),
}

/// Reads the file, unless others could have read it too.
pub(super) fn read(path: &Path) -> Content {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(_) => return Content::Absent,
    };
    if !metadata.is_file() {
        return Content::Unusable(format!("the password file {} is not a plain file; ignored", path.display()));
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        let path = path.display();
        return Content::Unusable(format!(
            "the password file {path} can be read by group or others; ignored (chmod 0600 {path} makes it usable)"
        ));
    }
    match fs::read_to_string(path) {
        Ok(text) => Content::Text(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Content::Absent,
        Err(error) => Content::Unusable(format!("cannot read the password file {}: {error}", path.display())),
    }
}

/// The password of the first line that matches.
pub(super) fn find(text: &str, wanted: Wanted<'_>) -> Option<String> {
    let port = wanted.port.to_string();
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for value in [wanted.host, &port, wanted.database, wanted.user] {
            rest = match_field(rest, value)?;
        }
        // The password is the rest of the line up to the next colon that isn't escaped.
        Some(unescape(rest))
    })
}

/// The rest of a line after its first field, where that field is `*` or the value.
fn match_field<'a>(line: &'a str, value: &str) -> Option<&'a str> {
    if let Some(rest) = line.strip_prefix("*:") {
        return Some(rest);
    }
    let mut expected = value.chars();
    let mut chars = line.char_indices();
    loop {
        match chars.next()? {
            (at, ':') => return expected.next().is_none().then(|| &line[at + 1..]),
            (_, '\\') => {
                let (_, escaped) = chars.next()?;
                (expected.next()? == escaped).then_some(())?;
            }
            (_, c) => (expected.next()? == c).then_some(())?,
        }
    }
}

fn unescape(text: &str) -> String {
    let mut password = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ':' => break,
            '\\' => password.extend(chars.next()),
            c => password.push(c),
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::{Content, Wanted, find, read};

    const WANTED: Wanted<'_> = Wanted { host: "db", port: 5432, database: "app", user: "me" };

    #[test]
    fn the_first_line_that_matches_counts() {
        for (text, expected) in [
            ("db:5432:app:me:one\ndb:*:*:me:two", Some("one")),
            ("db:5433:app:me:one\n*:*:*:*:two", Some("two")),
            ("#db:5432:app:me:one\n", None),
            ("db:5432:app:me", None),
            ("d*:5432:app:me:one", None),
            ("", None),
            (r"db:5432:app:me:a\:b\\c", Some(r"a:b\c")),
            ("db:5432:app:me:a:ignored", Some("a")),
            ("db:5432:app:me:", Some("")),
        ] {
            assert_eq!(find(text, WANTED).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn fields_may_hold_escaped_colons() {
        let wanted = Wanted { host: "::1", database: r"a\b", ..WANTED };
        assert_eq!(find(r"\:\:1:5432:a\\b:me:x", wanted).as_deref(), Some("x"));
        assert_eq!(find("::1:5432:*:me:x", wanted), None, "colons end fields");
    }

    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pgpass");
        assert_eq!(read(&path), Content::Absent);
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Content::Unusable(why) if why.contains("chmod 0600")));
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&path), Content::Text("x".to_owned()));
        assert!(matches!(read(dir.path()), Content::Unusable(why) if why.contains("plain file")));
    }
}
