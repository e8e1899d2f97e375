//! Subscriptions, as far as they are schema: whether one runs, and how far it came, is not. A password stays on the server:
//! that one is set is read, not what it is.
//!
//! Knows no connection and no other kind. No statement here makes a server connect to another one.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, foreign_options::HIDDEN};
use crate::base::{Ident, Literal};
use crate::model::{Attribute, Shape};

/// Subscriptions.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_SUBSCRIPTION,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "subscription",
    plural: "subscriptions",
    attributes: &[
        Attribute::plain(
            "connection",
            "How the publisher is reached; passwords are read as `(hidden)`: a change of their value can't be seen.",
        ),
        Attribute::plain("publications", "The publications that it is for."),
        Attribute::plain("slot_name", "The publisher's replication slot, where it is not named like it; `-` for none."),
        Attribute::plain("binary", "Whether values come in binary form."),
        Attribute::plain("streaming", "How large transactions are applied: `on` while they run, `parallel`.").or("off"),
        Attribute::plain("two_phase", "Whether prepared transactions are applied as such."),
        Attribute::plain("disable_on_error", "Whether it stops at an error."),
        Attribute::plain("synchronous_commit", "What its commits wait for.").or("off"),
        Attribute::plain("password_required", "Whether it has to connect with a password.").or("true"),
        Attribute::plain("run_as_owner", "Whether changes are applied as its owner and not as the table's."),
        Attribute::plain("origin", "Whether changes of any origin are asked for, or of `none`.").or("any"),
        Attribute::plain("failover", "Whether its slot is kept on the publisher's standbys."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

/// Attributes that are options of the same name, and what they are where nothing is said.
const OPTIONS: &[(&str, &str)] = &[
    ("binary", "false"),
    ("streaming", "off"),
    ("disable_on_error", "false"),
    ("synchronous_commit", "off"),
    ("password_required", "true"),
    ("run_as_owner", "false"),
    ("origin", "any"),
];

/// What stands for no slot: no slot can have this name.
const NO_SLOT: &str = "-";

/// Options that can't be changed without a word with the publisher.
const FROM_THE_START: &[(&str, &str)] = &[("two_phase", "false"), ("failover", "false")];

fn address(site: &Site) -> String {
    format!("SUBSCRIPTION {}", Ident(site.name()))
}

fn publications(site: &Site) -> String {
    site.list("publications").iter().map(|name| Ident(name).to_string()).collect::<Vec<_>>().join(", ")
}

fn option(site: &Site, name: &str, default: &str) -> String {
    let value = match site.value(name) {
        Some(serde_json::Value::Bool(is)) => is.to_string(),
        Some(serde_json::Value::String(text)) => text.clone(),
        _ => default.to_owned(),
    };
    format!("{name} = {}", Literal(&value))
}

fn slot(site: &Site) -> String {
    match site.text("slot_name") {
        None => format!("slot_name = {}", Literal(site.name())),
        Some(NO_SLOT) => "slot_name = NONE".to_owned(),
        Some(name) => format!("slot_name = {}", Literal(name)),
    }
}

const REPLACE: &str = "pgward does not know the password: write it in place of (hidden)";

fn create(site: &Site, steps: &mut Steps) {
    let connection = site.text("connection").unwrap_or_default();
    let mut options = vec!["connect = false".to_owned(), slot(site)];
    // What streaming is where nothing is said depends on the server's version.
    let all = OPTIONS.iter().chain(FROM_THE_START);
    options.extend(
        all.filter(|(name, _)| *name == "streaming" || site.value(name).is_some())
            .map(|(name, default)| option(site, name, default)),
    );
    let sql = format!(
        "CREATE {} CONNECTION {} PUBLICATION {} WITH ({})",
        address(site),
        Literal(connection),
        publications(site),
        options.join(", ")
    );
    let mut note = "it does not run yet: make its slot on the publisher, then ALTER SUBSCRIPTION … ENABLE and REFRESH \
                    PUBLICATION"
        .to_owned();
    if connection.contains(HIDDEN) {
        note = format!("{REPLACE}\n{note}");
    }
    steps.run(sql).note(note);
}

fn drop(site: &Site, steps: &mut Steps) {
    // With its slot's name it would connect to the publisher to drop it there, which no transaction can undo.
    steps.run(format!("ALTER {} DISABLE", address(site)));
    let slot = site.text("slot_name").unwrap_or(site.name());
    steps.run(format!("ALTER {} SET (slot_name = NONE)", address(site)));
    let step = steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
    if slot != NO_SLOT {
        step.note(format!("the slot {slot} stays on the publisher: drop it there"));
    }
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let after = alteration.after;
    for (name, _) in FROM_THE_START {
        if alteration.take(name) {
            return steps.recreate("it can be changed only together with the publisher's slot");
        }
    }
    if alteration.take("connection") {
        let connection = after.text("connection").unwrap_or_default();
        let step = steps.run(format!("ALTER {} CONNECTION {}", address(&after), Literal(connection)));
        step.risk(Risk::Breaks);
        if connection.contains(HIDDEN) {
            step.note(REPLACE);
        }
    }
    if alteration.take("publications") {
        let sql = format!("ALTER {} SET PUBLICATION {} WITH (refresh = false)", address(&after), publications(&after));
        steps
            .run(sql)
            .risk(Risk::Breaks)
            .note("ALTER SUBSCRIPTION … REFRESH PUBLICATION makes it known to a running one");
    }
    let mut options = Vec::new();
    if alteration.take("slot_name") {
        if after.text("slot_name") == Some(NO_SLOT) {
            steps.run(format!("ALTER {} DISABLE", address(&after))).risk(Risk::Breaks);
        }
        options.push(slot(&after));
    }
    for (name, default) in OPTIONS {
        if alteration.take(name) {
            options.push(option(&after, name, default));
        }
    }
    if !options.is_empty() {
        steps.run(format!("ALTER {} SET ({})", address(&after), options.join(", ")));
    }
}
