//! Base types: those whose values only functions in C can read.
//!
//! Knows no connection and no other kind.

use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, support};
use crate::base::Literal;
use crate::model::{Attribute, Shape};

/// Base types: those whose values only functions in C can read.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TYPE,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "base type",
    plural: "base_types",
    attributes: &[
        Attribute::plain("input", "The function that reads its text."),
        Attribute::plain("output", "The function that writes its text."),
        Attribute::plain("receive", "The function that reads its binary form."),
        Attribute::plain("send", "The function that writes its binary form."),
        Attribute::plain("typmod_in", "The function that reads its modifier."),
        Attribute::plain("typmod_out", "The function that writes its modifier."),
        Attribute::plain("analyze", "The function that gathers statistics."),
        Attribute::plain("subscript", "The function that subscripts it."),
        Attribute::plain("length", "The bytes of each value; none where they vary."),
        Attribute::plain("passed_by_value", "Whether functions get the value and not its address."),
        Attribute::plain("alignment", "`char`, `int2` or `double`, where it is not int4.").or("int4"),
        Attribute::plain("storage", "`extended`, `external` or `main`, where it is not plain.").or("plain"),
        Attribute::plain("category", "The category that decides about its implicit casts.").or("U"),
        Attribute::plain("preferred", "Whether it is preferred in its category."),
        Attribute::plain("default", "The default, as text."),
        Attribute::plain("element", "The type of what its subscripts give."),
        Attribute::plain("delimiter", "What stands between the elements of its arrays, where it is no comma.").or(","),
        Attribute::plain("collatable", "Whether it can have a collation."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TYPE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    support::create(site, steps);
    let part = |attribute| site.text(attribute).map(str::to_owned);
    let quoted = |attribute| site.text(attribute).map(|text| Literal(text).to_string());
    let switch = |attribute| site.flag(attribute).then(|| "true".to_owned());
    steps.run(definition(
        &format!("CREATE {}", address(site)),
        &[
            ("INPUT", part("input")),
            ("OUTPUT", part("output")),
            ("RECEIVE", part("receive")),
            ("SEND", part("send")),
            ("TYPMOD_IN", part("typmod_in")),
            ("TYPMOD_OUT", part("typmod_out")),
            ("ANALYZE", part("analyze")),
            ("SUBSCRIPT", part("subscript")),
            ("INTERNALLENGTH", Some(site.number("length").unwrap_or_else(|| "VARIABLE".to_owned()))),
            ("PASSEDBYVALUE", switch("passed_by_value")),
            ("ALIGNMENT", Some(site.text("alignment").unwrap_or("int4").to_owned())),
            ("STORAGE", Some(site.text("storage").unwrap_or("plain").to_owned())),
            ("CATEGORY", quoted("category")),
            ("PREFERRED", switch("preferred")),
            ("DEFAULT", quoted("default")),
            ("ELEMENT", part("element")),
            ("DELIMITER", quoted("delimiter")),
            ("COLLATABLE", switch("collatable")),
        ],
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    // Its functions can't be removed before it, nor it before them.
    let cascade = if support::functions(site).is_empty() { "" } else { " CASCADE" };
    steps.run(format!("DROP {}{cascade}", address(site))).risk(Risk::Breaks);
}

/// Some of its functions can be exchanged; how values are kept can't.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    const FUNCTIONS: [&str; 6] = ["receive", "send", "typmod_in", "typmod_out", "analyze", "subscript"];
    let (before, after) = (change.before, change.after);
    let generic = ["owner", "comment", "security_labels", "storage"];
    let plain = [before, after].iter().any(|site| site.value("storage").is_none());
    if change.differs("storage") && plain
        || !change.pending().all(|name| FUNCTIONS.contains(&name) || generic.contains(&name))
    {
        return;
    }
    let mut set = Vec::new();
    for attribute in FUNCTIONS {
        if change.take(attribute) {
            set.push(format!("{} = {}", attribute.to_uppercase(), after.text(attribute).unwrap_or("NONE")));
        }
    }
    if change.take("storage") {
        set.push(format!("STORAGE = {}", after.text("storage").unwrap_or("plain")));
    }
    if set.is_empty() {
        return;
    }
    let only = |mut functions: Vec<_>, other: Site| {
        functions.retain(|function: &Site| !other.catalog.objects.contains_key(function.id));
        functions
    };
    support::make(&only(support::functions(&after), before), steps);
    steps.run(format!("ALTER {} SET ({})", address(&after), set.join(", ")));
    for gone in only(support::functions(&before), after) {
        steps.run(format!("DROP FUNCTION {}", gone.sql())).risk(Risk::Breaks);
    }
}
