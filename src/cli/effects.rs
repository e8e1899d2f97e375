//! What making each change does to a running system, told from the plan that makes it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::base::Ident;
use crate::diff::{Change, Comparison, Effect, EffectClass, Effects};
use crate::kinds;
use crate::model::{Catalog, Object, ObjectId};
use crate::plan::{Lock, Plan, Risk, by_lock, several};

/// The kind that says what a role may do.
const GRANT: &str = "grant";

/// Returns the effects of every change, by object.
pub(super) fn effects(plan: &Plan, comparison: &Comparison, before: &Catalog, after: &Catalog) -> Effects {
    let old = comparison.renamed.as_ref().unwrap_or(before);
    let mut found = Effects::new();
    for (object, steps) in plan.by_object() {
        let mut told = BTreeSet::new();
        let locks = by_lock(steps.iter().flat_map(|step| &step.locks));
        told.extend(locks.into_iter().filter_map(|(lock, on)| waits(lock, &several(&on))));
        for step in steps {
            for risk in &step.risks {
                let class = class(*risk);
                match (class, object.kind.as_str()) {
                    // Told below: one of the grants on an object has the statements of all.
                    (EffectClass::Access, GRANT) => {}
                    (EffectClass::Access, _) => {
                        told.insert(Effect { class, text: "changes what roles can see or do".to_owned() });
                    }
                    _ => _ = told.insert(Effect { class, text: text(*risk).to_owned() }),
                }
            }
        }
        found.insert(object.clone(), told.into_iter().rev().collect());
    }
    for change in &comparison.changes {
        let (Change::Added(id) | Change::Removed(id) | Change::Altered { id, .. } | Change::Renamed { to: id, .. }) =
            change
        else {
            continue;
        };
        let effects = found.entry(id.clone()).or_default();
        if id.kind == GRANT {
            effects.splice(0..0, access(id, old, after));
        }
        // Without a plan, nothing is known.
        if effects.is_empty() && !plan.is_empty() && !change.is_order() {
            effects.push(Effect { class: EffectClass::Safe, text: "nobody waits and nothing is lost".to_owned() });
        }
    }
    found
}

fn class(risk: Risk) -> EffectClass {
    match risk {
        Risk::Scans => EffectClass::Scan,
        Risk::Rewrites => EffectClass::Rewrite,
        Risk::ChangesAccess => EffectClass::Access,
        Risk::FailsOnRows => EffectClass::Fails,
        Risk::Breaks => EffectClass::Breaking,
        Risk::LosesData => EffectClass::DataLoss,
    }
}

/// What a risk is, behind the name of its class.
fn text(risk: Risk) -> &'static str {
    match risk {
        Risk::Scans => "all rows are read",
        Risk::Rewrites => "all rows are written anew",
        Risk::FailsOnRows => "it fails where rows are not as it demands",
        Risk::Breaks => "programs fail that use it as it was",
        Risk::LosesData => "rows, values or a sequence's state are gone for good",
        Risk::ChangesAccess => "what roles can see or do changes",
    }
}

/// Who waits for a lock, if anybody does who reads or writes.
fn waits(lock: Lock, on: &str) -> Option<Effect> {
    let stops = lock >= Lock::Share;
    stops.then(|| Effect { class: EffectClass::Lock, text: format!("{} on {on}: {}", lock.name(), lock.waits()) })
}

/// What a role can do now that it could not, and the other way round. What goes with its object is no news.
fn access(id: &ObjectId, before: &Catalog, after: &Catalog) -> Vec<Effect> {
    let at = |catalog: &'_ Catalog| catalog.objects.get(id).cloned();
    let (old, new) = (at(before), at(after));
    let Some(on) = new.as_ref().or(old.as_ref()).and_then(|grant| grant.parent.clone()) else { return Vec::new() };
    if before.objects.contains_key(&on) && !after.objects.contains_key(&on) {
        return Vec::new();
    }
    let listed = |grant: &Object, name: &str| -> BTreeSet<String> {
        let listed = grant.attrs.get(name).and_then(Value::as_array).into_iter().flatten();
        // What it started with may say that it can be handed on.
        listed.filter_map(|one| Some(one.as_str()?.trim_end_matches(" with grant option").to_owned())).collect()
    };
    // Where only differences from a start are shown, what is not shown is as at the start.
    let privileges = |grant: &Option<Object>, other: &Option<Object>| match (grant, other) {
        (Some(grant), _) => listed(grant, "privileges"),
        (None, Some(other)) => listed(other, "initial"),
        (None, None) => BTreeSet::new(),
    };
    let (had, has) = (privileges(&old, &new), privileges(&new, &old));
    let (role, part) = kinds::grantee(id, &on);
    let role = Ident(&role).to_string();
    let of = part.map(|part| format!(" on its {part}")).unwrap_or_default();
    let tell = |how: &str, some: Vec<&String>| {
        let some: Vec<_> = some.into_iter().map(String::as_str).collect();
        let text = format!("{role} {how} {}{of}", some.join(", "));
        (!some.is_empty()).then_some(Effect { class: EffectClass::Access, text })
    };
    let gained = tell("can now", has.difference(&had).collect());
    let told: Vec<_> = gained.into_iter().chain(tell("can no longer", had.difference(&has).collect())).collect();
    if told.is_empty() {
        let text = format!("{role} may hand on other privileges than before{of}");
        return vec![Effect { class: EffectClass::Access, text }];
    }
    told
}
