//! Text search dictionaries.
//!
//! Knows no connection and no other kind.

use super::write::{definition, split_list};
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::{Attribute, Shape};

/// Text search dictionaries.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TS_DICT,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "text search dictionary",
    plural: "text_search_dictionaries",
    attributes: &[
        Attribute::plain("template", "The template that says how it works."),
        Attribute::plain("options", "The template's options as SQL writes them: `stopwords = 'english'`."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TEXT SEARCH DICTIONARY {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(definition(&format!("CREATE {}", address(site)), &[("TEMPLATE", Some(list(site)))]));
}

/// The template and the options after it.
fn list(site: &Site) -> String {
    let template = site.text("template").into_iter();
    template.chain(site.text("options")).collect::<Vec<_>>().join(", ")
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.differs("template") || !change.take("options") {
        return;
    }
    // Options that are named alone are removed, so that the new ones come in their order.
    let old = split_list(change.before.text("options").unwrap_or_default());
    let names = old.iter().filter_map(|option| option.split_once(" = ").map(|(name, _)| name));
    let options: Vec<_> = names.chain(change.after.text("options")).collect();
    steps.run(format!("ALTER {} ({})", address(&change.after), options.join(", ")));
}
