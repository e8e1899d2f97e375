//! What making each change does to a running system, told from the plan that makes it.

use std::collections::BTreeSet;

use crate::base::Ident;
use crate::diff::{Comparison, Effect, EffectClass, Effects};
use crate::model::{Catalog, ObjectId};
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
                    (EffectClass::Access, GRANT) => told.extend(access(object, old, after)),
                    (EffectClass::Access, _) => {
                        told.insert(Effect { class, text: "changes what roles can see or do".to_owned() });
                    }
                    _ => _ = told.insert(Effect { class, text: text(*risk).to_owned() }),
                }
            }
        }
        found.insert(object.clone(), told.into_iter().rev().collect());
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

/// What a role can do now that it could not, and the other way round.
fn access(id: &ObjectId, before: &Catalog, after: &Catalog) -> Vec<Effect> {
    let privileges = |catalog: &Catalog| -> BTreeSet<String> {
        let listed = catalog.objects.get(id).and_then(|grant| grant.attrs.get("privileges")?.as_array());
        listed.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let (old, new) = (privileges(before), privileges(after));
    let role = id.path.last().map(|role| Ident(role).to_string()).unwrap_or_default();
    let tell = |some: Vec<&String>, how: &str| {
        let some: Vec<_> = some.into_iter().map(String::as_str).collect();
        (!some.is_empty())
            .then(|| Effect { class: EffectClass::Access, text: format!("{role} {how} {}", some.join(", ")) })
    };
    let mut told: Vec<_> = tell(new.difference(&old).collect(), "can now").into_iter().collect();
    told.extend(tell(old.difference(&new).collect(), "can no longer"));
    if told.is_empty() {
        told.push(Effect {
            class: EffectClass::Access,
            text: format!("{role} may hand on other privileges than before"),
        });
    }
    told
}
