//! What functions and procedures have in common: how they are written, and what can be changed in place.
//!
//! Reads the attributes of both kinds by name; knows nothing of what calls them.

use super::write::{arguments as types, split_list};
use super::{Alteration, Risk, Site, Steps, settings};
use crate::base::{Ident, Literal, Path};

/// `FUNCTION ops.claim(text)`. A procedure's arguments with their mode: alone they may mean one with OUT arguments.
pub(super) fn address(site: &Site) -> String {
    if is_function(site) {
        return format!("FUNCTION {}", site.sql());
    }
    let types = types(site.id.path.last().map_or("", String::as_str));
    let types: Vec<_> = types.iter().map(|name| format!("IN {name}")).collect();
    format!("PROCEDURE {}({})", name(site), types.join(", "))
}

fn is_function(site: &Site) -> bool {
    site.id.kind == "function"
}

fn name(site: &Site) -> String {
    Path(&site.id.path[..site.id.path.len().min(2)]).to_string()
}

/// The statement that makes it, all of it, behind `CREATE` or `CREATE OR REPLACE`.
pub(super) fn definition(site: &Site, verb: &str) -> String {
    let word = if is_function(site) { "FUNCTION" } else { "PROCEDURE" };
    let mut sql = format!("{verb} {word} {}({})", name(site), site.text("arguments").unwrap_or_default());
    if is_function(site) {
        sql += &format!("\nRETURNS {}", site.text("returns").unwrap_or("void"));
    }
    sql += &format!("\nLANGUAGE {}", Ident(site.text("language").unwrap_or("sql")));
    let transforms: Vec<_> = site.list("transforms").iter().map(|name| format!("FOR TYPE {name}")).collect();
    if !transforms.is_empty() {
        sql += &format!("\nTRANSFORM {}", transforms.join(", "));
    }
    for attribute in CLAUSES.iter().filter(|attribute| has(site, attribute) && site.value(attribute).is_some()) {
        sql += &format!("\n{}", clause(site, attribute));
    }
    for (parameter, value) in site.map("settings") {
        sql += &format!("\nSET {} TO {}", settings::parameter(parameter), settings::value(parameter, value));
    }
    let body = site.text("body").unwrap_or_default();
    sql + "\n"
        + &match (site.text("sql_body"), site.text("library")) {
            (Some(body), _) => body.to_owned(),
            (None, Some(library)) => format!("AS {}, {}", Literal(library), Literal(body)),
            (None, None) => format!("AS {}", dollars(body)),
        }
}

/// What stands behind the language, each with a word for its default.
const CLAUSES: &[&str] =
    &["window", "volatility", "strict", "security_definer", "leakproof", "parallel", "cost", "rows", "support"];

fn has(site: &Site, attribute: &str) -> bool {
    is_function(site) || attribute == "security_definer"
}

fn clause(site: &Site, attribute: &str) -> String {
    let choose = |yes: &'static str, no: &'static str| if site.flag(attribute) { yes } else { no }.to_owned();
    match attribute {
        "window" => "WINDOW".to_owned(),
        "volatility" => site.text(attribute).unwrap_or("volatile").to_uppercase(),
        "strict" => choose("STRICT", "CALLED ON NULL INPUT"),
        "security_definer" => choose("SECURITY DEFINER", "SECURITY INVOKER"),
        "leakproof" => choose("LEAKPROOF", "NOT LEAKPROOF"),
        "parallel" => format!("PARALLEL {}", site.text(attribute).unwrap_or("unsafe").to_uppercase()),
        "cost" => {
            let standard = if matches!(site.text("language"), Some("c" | "internal")) { "1" } else { "100" };
            format!("COST {}", site.number(attribute).unwrap_or_else(|| standard.to_owned()))
        }
        "rows" => format!("ROWS {}", site.number(attribute).unwrap_or_else(|| "1000".to_owned())),
        _ => format!("SUPPORT {}", site.text(attribute).unwrap_or_default()),
    }
}

/// A body between dollar signs, with a tag that ends nowhere sooner.
fn dollars(body: &str) -> String {
    let mut tag = "$body$".to_owned();
    let mut n = 0;
    while format!("{body}{tag}").find(&tag) != Some(body.len()) {
        n += 1;
        tag = format!("$body{n}$");
    }
    format!("{tag}{body}{tag}")
}

/// Makes it.
pub(super) fn create(site: &Site, steps: &mut Steps) {
    steps.run(definition(site, "CREATE"));
    for extension in site.list("extensions") {
        depend(site, "", extension, steps);
    }
}

fn depend(site: &Site, no: &str, extension: &str, steps: &mut Steps) {
    steps.run(format!("ALTER {} {no}DEPENDS ON EXTENSION {}", address(site), Ident(extension)));
}

/// Removes it.
pub(super) fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// Changes it: by ALTER where that can, by CREATE OR REPLACE where the server allows that.
pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    if let Some(why) = obstacle(&before, &after) {
        return steps.recreate(why);
    }
    if change.take("extensions") {
        let (old, new) = (before.list("extensions"), after.list("extensions"));
        old.iter().filter(|name| !new.contains(name)).for_each(|name| depend(&after, "NO ", name, steps));
        new.iter().filter(|name| !old.contains(name)).for_each(|name| depend(&after, "", name, steps));
    }
    let differing: Vec<&str> = change.pending().filter(|name| !GENERIC.contains(name)).collect();
    if differing.is_empty() {
        return;
    }
    let definer = before.flag("security_definer") || after.flag("security_definer");
    let access = differing.iter().any(|name| matches!(*name, "security_definer" | "leakproof"))
        || definer && differing.contains(&"settings");
    // SUPPORT can be set and not taken away.
    let in_place = differing.iter().all(|name| match *name {
        "settings" | "settings_order" => true,
        "support" => after.value("support").is_some(),
        name => name != "window" && CLAUSES.contains(&name),
    });
    let sql = if in_place {
        let mut actions: Vec<String> =
            CLAUSES.iter().filter(|name| differing.contains(name)).map(|name| clause(&after, name)).collect();
        let (set, mut reset) = change.options("settings");
        // A setting that is set again stays where it is, unless it was gone.
        let moved = set.iter().map(|(name, _)| *name);
        reset.extend(moved.filter(|name| before.map("settings").iter().any(|(other, _)| other == name)));
        actions.extend(reset.iter().map(|name| format!("RESET {}", settings::parameter(name))));
        let set = set.iter().map(|(name, value)| (settings::parameter(name), settings::value(name, value)));
        actions.extend(set.map(|(name, value)| format!("SET {name} TO {value}")));
        format!("ALTER {} {}", address(&after), actions.join(" "))
    } else {
        definition(&after, "CREATE OR REPLACE")
    };
    differing.iter().for_each(|name| _ = change.take(name));
    steps.run(sql).risk_if(access, Risk::ChangesAccess);
}

const GENERIC: [&str; 3] = ["owner", "comment", "security_labels"];

/// Why CREATE OR REPLACE can't make one of the other.
fn obstacle(before: &Site, after: &Site) -> Option<&'static str> {
    if is_function(before) {
        if before.text("returns") != after.text("returns") {
            return Some("the type of its result can't be changed");
        }
        if before.flag("window") != after.flag("window") {
            return Some("a function can't become a window function, nor the other way round");
        }
    }
    if before.text("arguments") == after.text("arguments") {
        return None;
    }
    let (old, new) = (arguments(before), arguments(after));
    if old.len() != new.len() {
        return Some("its arguments for results can't be changed");
    }
    for (old, new) in old.iter().zip(&new) {
        if old.mode != new.mode || !old.is_input && old.text != new.text {
            return Some("the modes of its arguments, and those for results, can't be changed");
        }
        if old.name != new.name && (old.name.is_some() || !old.mode.is_empty()) {
            return Some("the names of its arguments can't be changed");
        }
        if old.default.is_some() && new.default.is_none() {
            return Some("the default of an argument can't be taken away");
        }
        if old.default.is_some() && old.default != new.default && old.text.contains("any") {
            return Some("the default of a polymorphic argument can't be changed");
        }
    }
    None
}

/// One argument, as the server writes it.
#[derive(Debug, PartialEq)]
struct Argument<'a> {
    mode: &'a str,
    name: Option<&'a str>,
    default: Option<&'a str>,
    is_input: bool,
    text: &'a str,
}

fn arguments<'a>(site: &Site<'a>) -> Vec<Argument<'a>> {
    read(site.text("arguments").unwrap_or_default(), site.id.path.last().map_or("", String::as_str))
}

/// Takes the arguments apart. Which word is a name and which begins a type is known from the types of the identity.
fn read<'a>(text: &'a str, identity: &str) -> Vec<Argument<'a>> {
    let mut types = types(identity).into_iter();
    let mut read_one = |text: &'a str| {
        let mode = ["INOUT ", "OUT ", "VARIADIC ", "IN "].into_iter().find(|mode| text.starts_with(mode));
        let (mode, rest) = text.split_at(mode.map_or(0, str::len));
        if mode == "OUT " {
            return Argument { mode, name: None, default: None, is_input: false, text };
        }
        let type_ = types.next().unwrap_or_default();
        let unnamed =
            |rest: &str| rest.strip_prefix(type_).is_some_and(|rest| rest.is_empty() || rest.starts_with(" DEFAULT "));
        let end = if unnamed(rest) { 0 } else { name_end(rest) };
        let (name, rest) = rest.split_at(end);
        let default = rest.trim_start().strip_prefix(type_).and_then(|rest| rest.strip_prefix(" DEFAULT "));
        // A procedure's IN goes without saying in a function.
        let mode = if mode == "IN " { "" } else { mode };
        Argument { mode, name: (end > 0).then_some(name), default, is_input: true, text }
    };
    split_list(text).into_iter().map(&mut read_one).collect()
}

/// Where a name at the beginning ends.
fn name_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, sign) in text.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            ' ' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Argument, dollars, read};

    #[test]
    fn tags_end_nowhere_sooner() {
        assert_eq!(dollars("begin end"), "$body$begin end$body$");
        assert_eq!(dollars("'$body$'"), "$body1$'$body$'$body1$");
        assert_eq!(dollars("select $body"), "$body1$select $body$body1$");
    }

    #[test]
    fn arguments_are_taken_apart() {
        let found = read(
            "a integer, double precision, \"x y\" s.t[] DEFAULT '{a, \" b}'::s.t[], OUT o integer, VARIADIC v \"any\"",
            "(integer, double precision, s.t[], \"any\")",
        );
        let shown: Vec<_> = found.iter().map(|Argument { mode, name, default, .. }| (*mode, *name, *default)).collect();
        assert_eq!(
            shown,
            [
                ("", Some("a"), None),
                ("", None, None),
                ("", Some("\"x y\""), Some("'{a, \" b}'::s.t[]")),
                ("OUT ", None, None),
                ("VARIADIC ", Some("v"), None),
            ]
        );
    }
}
