//! Functions without which a type can't be, and which can't be without the type: those that read and write a base
//! type's values, the canonical form of a range type.
//!
//! They need the type as a shell, and the type needs them to be whole, so one has to make the other: here the type
//! makes and removes its functions, and they, asked themselves, do nothing.

use super::{Site, Steps, function};

/// The attributes of types that name functions.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("base type", &["input", "output", "receive", "send", "typmod_in", "typmod_out", "analyze", "subscript"]),
    ("range type", &["canonical", "subtype_diff"]),
];

/// Whether a function comes and goes with a type that it reads, writes or makes canonical.
pub(super) fn is_made_with_type(function: &Site) -> bool {
    let types = function.object.needs.iter().filter_map(|id| function.at(id));
    types.into_iter().any(|of| is_support(&of, function))
}

/// The functions that come and go with a type, in its catalog.
pub(super) fn functions<'a>(of: &Site<'a>) -> Vec<Site<'a>> {
    let objects = of.catalog.objects.iter().filter(|(id, _)| id.kind == "function");
    objects.map(|(id, object)| Site { id, object, ..*of }).filter(|function| is_support(of, function)).collect()
}

fn is_support(of: &Site, function: &Site) -> bool {
    let Some((_, attributes)) = ATTRIBUTES.iter().find(|(kind, _)| *kind == of.id.kind) else { return false };
    if !function.object.needs.contains(of.id) {
        return false;
    }
    let qualified = crate::base::Path(&function.id.path[..function.id.path.len().min(2)]).to_string();
    attributes.iter().any(|attribute| of.text(attribute) == Some(qualified.as_str()))
}

/// Declares a type as a shell and makes its functions.
pub(super) fn create(of: &Site, steps: &mut Steps) {
    let functions = functions(of);
    if !functions.is_empty() {
        steps.run(format!("CREATE TYPE {}", of.sql()));
        make(&functions, steps);
    }
}

/// Makes functions.
pub(super) fn make(functions: &[Site], steps: &mut Steps) {
    for made in functions {
        (function::KIND.ddl.create)(made, steps);
    }
}
