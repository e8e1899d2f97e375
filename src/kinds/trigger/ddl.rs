//! The SQL of triggers. A partition's copy of its parent's trigger comes and goes with that one, and has nothing of its
//! own but when it fires.

use super::super::firing::{self, Fires};
use super::super::{Alteration, Ddl, Lock, Risk, Site, Step, Steps, locking};
use crate::base::{Ident, Literal, parse_path};
use crate::model::ObjectId;

pub(super) const DDL: Ddl = Ddl { rename: Some(rename), ..Ddl::new(address, create, drop, alter) };

fn address(site: &Site) -> String {
    format!("TRIGGER {} ON {}", Ident(site.name()), site.parent_sql())
}

/// Partitions have copies of it, if it is for each row; children have none.
fn locks<'s>(site: &Site, lock: Lock, step: &'s mut Step) -> &'s mut Step {
    let is_partitioned = site.parent().is_some_and(|table| table.object.attrs.contains_key("partition_by"));
    let has_copies = is_partitioned && site.text("level") == Some("row");
    let lock_them = if has_copies { locking::lock } else { locking::lock_parent };
    lock_them(site, lock, step)
}

/// The whole statement, behind `CREATE` or `CREATE OR REPLACE`.
fn definition(site: &Site, verb: &str) -> String {
    let constraint = if site.flag("constraint") { " CONSTRAINT" } else { "" };
    let mut sql = format!("{verb}{constraint} TRIGGER {}\n", Ident(site.name()));
    sql += &site.text("timing").unwrap_or("after").to_uppercase();
    let columns: Vec<_> = site.list("columns").into_iter().map(|name| Ident(name).to_string()).collect();
    let events = site.list("events").into_iter().map(|event| match event {
        "UPDATE" if !columns.is_empty() => format!("UPDATE OF {}", columns.join(", ")),
        event => event.to_owned(),
    });
    sql += &format!(" {} ON {}", events.collect::<Vec<_>>().join(" OR "), site.parent_sql());
    if let Some(table) = site.text("references") {
        sql += &format!("\nFROM {table}");
    }
    if site.flag("deferrable") {
        let initially = if site.flag("initially_deferred") { "DEFERRED" } else { "IMMEDIATE" };
        sql += &format!("\nDEFERRABLE INITIALLY {initially}");
    }
    let tables = [("OLD", "old_table"), ("NEW", "new_table")];
    let tables = tables.iter().filter_map(|(rows, name)| Some(format!(" {rows} TABLE AS {}", Ident(site.text(name)?))));
    let tables: String = tables.collect();
    if !tables.is_empty() {
        sql += &format!("\nREFERENCING{tables}");
    }
    sql += &format!("\nFOR EACH {}", site.text("level").unwrap_or("statement").to_uppercase());
    if let Some(condition) = site.text("when") {
        sql += &format!("\nWHEN ({condition})");
    }
    let arguments: Vec<_> = site.list("arguments").into_iter().map(|text| Literal(text).to_string()).collect();
    sql + &format!("\nEXECUTE FUNCTION {}({})", site.text("function").unwrap_or_default(), arguments.join(","))
}

fn create(site: &Site, steps: &mut Steps) {
    if site.flag("inherited") {
        // The copy begins as its parent is when the copy is made, which may be before or after the parent is changed.
        let above = inherited_from(site);
        if site.value("enabled").is_some() || above.is_some_and(|above| above.value("enabled").is_some()) {
            enable(site, steps);
        }
    } else {
        locks(site, Lock::ShareRowExclusive, steps.run(definition(site, "CREATE")));
        if site.value("enabled").is_some() {
            enable(site, steps);
        }
    }
    for extension in site.list("extensions") {
        depend(site, "", extension, steps);
    }
}

/// The trigger that a partition's is a copy of: of the same name, on the table that it is a partition of.
fn inherited_from<'a>(site: &Site<'a>) -> Option<Site<'a>> {
    let table = site.parent()?;
    let above = table.object.attrs.get("partition_of")?.as_str()?;
    let mut path = parse_path(above).ok()?;
    path.push(site.name().to_owned());
    site.at(&ObjectId::new("trigger", path))
}

fn depend(site: &Site, no: &str, extension: &str, steps: &mut Steps) {
    steps.run(format!("ALTER {} {no}DEPENDS ON EXTENSION {}", address(site), Ident(extension)));
}

fn drop(site: &Site, steps: &mut Steps) {
    if !site.flag("inherited") {
        locks(site, Lock::AccessExclusive, steps.run(format!("DROP {}", address(site))));
    }
}

fn enable(site: &Site, steps: &mut Steps) {
    let word = firing::word(site, Fires::Trigger);
    // Partitions' copies say it themselves.
    let only = if site.object.parent.as_ref().is_some_and(|parent| parent.kind == "table") { "ONLY " } else { "" };
    let step = steps.run(format!("ALTER TABLE {only}{} {word} {}", site.parent_sql(), Ident(site.name())));
    locks(site, Lock::ShareRowExclusive, step);
}

fn rename(site: &Site, to: &ObjectId, steps: &mut Steps) {
    if !site.flag("inherited") && site.name() != to.name() {
        let step = steps.run(format!("ALTER {} RENAME TO {}", address(site), Ident(to.name())));
        locks(site, Lock::AccessExclusive, step);
    }
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    if change.differs("inherited") {
        return steps
            .recreate("a trigger of the table's own can't become a copy of its parent's, nor the other way round");
    }
    let by_hand = ["comment", "enabled", "extensions", "security_labels"];
    let differing: Vec<&str> = change.pending().filter(|name| !by_hand.contains(name)).collect();
    if after.flag("inherited") {
        // All of it is its parent's, and changes with it.
        differing.iter().for_each(|name| _ = change.take(name));
    } else if !differing.is_empty() {
        if before.flag("constraint") || after.flag("constraint") {
            return steps.recreate("a constraint trigger can't be replaced");
        }
        let has_copies =
            before.catalog.objects.iter().any(|(id, object)| {
                id.kind == "trigger" && id.name() == before.name() && object.needs.contains(before.id)
            });
        if has_copies {
            return steps.recreate("partitions have copies of the trigger");
        }
        differing.iter().for_each(|name| _ = change.take(name));
        let step = steps.run(definition(&after, "CREATE OR REPLACE"));
        locks(&after, Lock::ShareRowExclusive, step).risk(Risk::Breaks);
        // What is replaced fires as a new one does.
        if change.take("enabled") || after.value("enabled").is_some() {
            enable(&after, steps);
        }
    }
    if change.take("enabled") {
        enable(&after, steps);
    }
    if change.take("extensions") {
        let (old, new) = (before.list("extensions"), after.list("extensions"));
        old.iter().filter(|name| !new.contains(name)).for_each(|name| depend(&after, "NO ", name, steps));
        new.iter().filter(|name| !old.contains(name)).for_each(|name| depend(&after, "", name, steps));
    }
}
