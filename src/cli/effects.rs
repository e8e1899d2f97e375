//! What making each change does to a running system, told from the plan that makes it.

use std::collections::BTreeSet;

use super::access::{self, GRANT};
use crate::diff::{Change, Comparison, Effect, EffectClass, Effects};
use crate::model::Catalog;
use crate::plan::{Lock, Plan, Risk, by_lock, several};

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
                // One of the grants on an object has the statements of all: they are told of one by one below.
                if class != EffectClass::Access || object.kind != GRANT {
                    told.insert(Effect { class, text: text(*risk).to_owned() });
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
        let told = access::changes(id, old, after);
        // What is granted on something new is told of its grants.
        let is_told = matches!(change, Change::Added(_)) && after.children(id).any(|(id, _)| id.kind == GRANT);
        if is_told || !told.is_empty() {
            effects.retain(|effect| effect.class != EffectClass::Access);
            let place = effects.iter().take_while(|effect| effect.class > EffectClass::Access).count();
            let told = told.into_iter().map(|text| Effect { class: EffectClass::Access, text });
            effects.splice(place..place, told);
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
        Risk::ChangesAccess => "changes what roles can see or do",
    }
}

/// Who waits for a lock, if anybody does who reads or writes.
fn waits(lock: Lock, on: &str) -> Option<Effect> {
    let stops = lock >= Lock::Share;
    stops.then(|| Effect { class: EffectClass::Lock, text: format!("{} on {on}: {}", lock.name(), lock.waits()) })
}
