//! Materialized views.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Steps, locking, marks, parameters};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Materialized views.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "materialized view",
    plural: "materialized_views",
    attributes: &[
        Attribute::query("definition", "The query."),
        Attribute::plain("populated", "False where it was never filled.").or("true"),
        Attribute::plain("options", "Storage parameters, those of its TOAST table as `toast.…`."),
        Attribute::plain("options_order", "The order of the options, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("access_method", "The access method, where it is not heap.").or("heap"),
        Attribute::plain("tablespace", "The tablespace, where it is not the database's."),
        Attribute::plain("cluster_on", "The index that CLUSTER orders by."),
        Attribute::set("extensions", "The extensions that it is removed with (`DEPENDS ON EXTENSION`)."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("definition"),
};

fn address(site: &Site) -> String {
    format!("MATERIALIZED VIEW {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let mut sql = format!("CREATE {}", address(site));
    if let Some(method) = site.text("access_method") {
        sql += &format!(" USING {}", Ident(method));
    }
    sql += &parameters::with(&site.map("options"));
    if let Some(tablespace) = site.text("tablespace") {
        sql += &format!(" TABLESPACE {}", Ident(tablespace));
    }
    let with = if site.flag_or_true("populated") { "WITH DATA" } else { "WITH NO DATA" };
    let step = steps.run(format!("{sql} AS\n{}\n{with}", site.text("definition").unwrap_or_default()));
    if site.flag_or_true("populated") {
        step.note("computes its rows");
    }
    for extension in site.list("extensions") {
        depend(site, "", extension, steps);
    }
}

fn depend(site: &Site, no: &str, extension: &str, steps: &mut Steps) {
    let step = steps.run(format!("ALTER {} {no}DEPENDS ON EXTENSION {}", address(site), Ident(extension)));
    locking::lock_one(site, site.id, Lock::AccessExclusive, step);
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).lock(Lock::AccessExclusive, site.id).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    if change.take("definition") {
        return steps.recreate("its query can't be changed; no data is lost, its rows are computed again");
    }
    let mut run = |clause: String, lock: Lock, rewrites: bool| {
        let step = steps.run(format!("ALTER {} {clause}", address(&after)));
        step.lock(lock, after.id).risk_if(rewrites, Risk::Rewrites);
    };
    for clause in parameters::changes(&change.options("options")) {
        let lock = parameters::lock(&clause);
        run(clause, lock, false);
    }
    if change.take("access_method") {
        let method = Ident(after.text("access_method").unwrap_or("heap"));
        run(format!("SET ACCESS METHOD {method}"), Lock::AccessExclusive, true);
    }
    if change.take("tablespace") {
        let tablespace = Ident(after.text("tablespace").unwrap_or("pg_default"));
        run(format!("SET TABLESPACE {tablespace}"), Lock::AccessExclusive, true);
    }
    if change.take("cluster_on") {
        match after.text("cluster_on") {
            None => run("SET WITHOUT CLUSTER".to_owned(), Lock::ShareUpdateExclusive, false),
            Some(_) => marks::of_table(&after, "cluster_on", steps),
        }
    }
    if change.take("extensions") {
        let (old, new) = (before.list("extensions"), after.list("extensions"));
        old.iter().filter(|name| !new.contains(name)).for_each(|name| depend(&after, "NO ", name, steps));
        new.iter().filter(|name| !old.contains(name)).for_each(|name| depend(&after, "", name, steps));
    }
    if change.take("populated") {
        let filled = after.flag_or_true("populated");
        let with = if filled { "" } else { " WITH NO DATA" };
        let step = steps.run(format!("REFRESH {}{with}", address(&after)));
        step.lock(Lock::AccessExclusive, after.id).risk_if(filled, Risk::Rewrites).risk_if(!filled, Risk::Breaks);
        step.note(if filled { "computes its rows" } else { "can't be read until it is refreshed" });
    }
}
