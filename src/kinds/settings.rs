//! `SET parameter TO value`, of databases, roles and routines.
//!
//! Knows no kind.

use crate::base::{Ident, Literal};

/// The parameters whose value is a list of names, kept with each name quoted as it has to be. The same list as
/// pg_dump's: an extension's own can't be of this sort.
const LISTS: &[&str] = &[
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// A parameter's name: `work_mem`, `app.tenant`.
pub(super) fn parameter(name: &str) -> String {
    name.split('.').map(|part| Ident(part).to_string()).collect::<Vec<_>>().join(".")
}

/// A value as `SET` takes it, from what the catalog keeps.
pub(super) fn value(parameter: &str, kept: &str) -> String {
    if LISTS.contains(&parameter.to_ascii_lowercase().as_str())
        && let Some(names) = names(kept)
        && !names.is_empty()
    {
        return names.iter().map(|name| Literal(name).to_string().trim().to_owned()).collect::<Vec<_>>().join(", ");
    }
    Literal(kept).to_string().trim().to_owned()
}

/// The names of a list like `"$user", public`; none where it is no such list.
fn names(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(mut quoted) = rest.strip_prefix('"') {
            let mut name = String::new();
            loop {
                let end = quoted.find('"')?;
                name.push_str(&quoted[..end]);
                quoted = &quoted[end + 1..];
                match quoted.strip_prefix('"') {
                    Some(after) => {
                        name.push('"');
                        quoted = after;
                    }
                    None => break,
                }
            }
            names.push(name);
            rest = quoted.trim_start();
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            names.push(rest[..end].trim_end().to_owned());
            rest = &rest[end..];
        }
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start(),
            None if rest.is_empty() => {}
            None => return None,
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::{parameter, value};

    #[test]
    fn lists_of_names_are_taken_apart() {
        assert_eq!(value("search_path", "\"$user\", public"), "'$user', 'public'");
        assert_eq!(value("search_path", "\"\""), "''");
        assert_eq!(value("search_path", "\"a\"\"b, c\", d"), "'a\"b, c', 'd'");
        assert_eq!(value("work_mem", "5MB"), "'5MB'");
        assert_eq!(value("app.list", "a, b"), "'a, b'");
        assert_eq!(parameter("app.Tenant"), "app.\"Tenant\"");
    }
}
