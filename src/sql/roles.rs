//! Roles in migrations that run on a throw-away server.
//!
//! Roles belong to the server, not to a database: two throw-away databases on one server can't each make or drop the same
//! one. So there a role that is there already is not made again, and none is dropped; whether it could be dropped as far as
//! this database goes is checked all the same.

use std::borrow::Cow;

use super::script::{Script, Statement};
use super::tree::{self, Action};
use crate::base::Literal;

/// A text in which no statement fails for what other databases of the server do with roles. Lines stay where they are.
///
/// Text that can't be cut into statements is left as it is: whoever runs it says why.
#[must_use]
pub fn keeping_roles(text: &str) -> Cow<'_, str> {
    let Ok(script) = Script::parse("", text) else { return Cow::Borrowed(text) };
    let mut kept = String::new();
    let mut end = 0;
    for statement in &script.statements {
        if let Some(instead) = keeping_role(statement) {
            kept.push_str(&text[end..statement.span.start]);
            kept.push_str(&instead);
            end = statement.span.end;
        }
    }
    if end == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[end..]);
    Cow::Owned(kept)
}

/// What to run instead of a statement that makes or drops roles.
#[must_use]
pub fn keeping_role(statement: &Statement<'_>) -> Option<String> {
    let is = |verb| {
        let mapping = statement.starts_with(&[verb, "user", "mapping"]);
        !mapping && ["role", "user", "group"].iter().any(|word| statement.starts_with(&[verb, word]))
    };
    let text = statement.text;
    let tag = (0..).map(|n| format!("$roles{n}$")).find(|tag| !text.contains(tag.as_str()))?;
    if is("create") {
        let there = "exception when duplicate_object or unique_violation then null";
        return Some(format!("do {tag} begin {text}; {there}; end {tag}"));
    }
    if !is("drop") {
        return None;
    }
    let Ok(Action::Drop(drop)) = tree::action(text, 0) else { return None };
    let names: Vec<_> =
        drop.names.iter().filter_map(|name| name.last()).map(|name| Literal(name).to_string()).collect();
    // What is in this database alone: other databases of the server are no matter of this one's.
    let check = format!(
        "do {tag} declare role text; begin for role in \
         select r.rolname from pg_catalog.pg_roles r \
         where r.rolname = any (array[{}]) and exists (select from pg_catalog.pg_shdepend d \
         join pg_catalog.pg_database b on b.oid = d.dbid and b.datname = pg_catalog.current_database() \
         where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass and d.refobjid = r.oid) \
         loop raise exception using errcode = 'dependent_objects_still_exist', \
         message = pg_catalog.format('role \"%s\" cannot be dropped because some objects depend on it', role); \
         end loop; end {tag}",
        names.join(", ")
    );
    // Lines after it stay where they are.
    Some(check + &"\n".repeat(text.matches('\n').count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_changes() {
        for text in [
            "create table role (id int);\ndrop table role;",
            "create user mapping for current_user server s;\ndrop user mapping for current_user server s;",
            "alter role a login; grant a to b; set role a;",
            "do $$ begin create role a; end $$;",
            "select 'create role a;'; -- create role a;\n",
            "create role a; select 'without an end",
        ] {
            assert_eq!(keeping_roles(text), text);
        }
    }

    #[test]
    fn lines_and_quotes_stay() {
        let text = "-- roles\ncreate role \"A b\"\n  login password '$roles0$'; create table t ();\ndrop role if exists\n  a, \"B'c\";\nselect 1;\n";
        let kept = keeping_roles(text);
        assert!(
            kept.contains("do $roles1$ begin create role \"A b\"\n  login password '$roles0$'; exception"),
            "{kept}"
        );
        assert!(kept.contains("end $roles1$; create table t ();\ndo $roles0$ declare"), "{kept}");
        assert!(kept.contains("any (array['a', 'B''c'])"), "{kept}");
        assert_eq!(kept.lines().count(), text.lines().count(), "{kept}");
        assert!(kept.ends_with(";\nselect 1;\n"), "{kept}");
        assert_eq!(kept.matches("$roles").count(), 5, "{kept}");
    }
}
