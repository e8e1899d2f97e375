//! What a project says about findings: other severities by code and by path, and what it allows for now.
//!
//! Pure: the day is handed in. Nothing is lost in silence: an allowance has a reason, ends where it says so, and is a
//! finding itself when nothing needs it.

use std::collections::BTreeMap;

use globset::{GlobMatcher, GlobSet};
use time::Date;

use super::{Code, Finding, Location, ObjectRef, Severity, Waiver};

/// Every code of this module.
pub const RULE_CODES: &[&Code] = &[&UNUSED_ALLOWANCE];

/// An allowance that nothing needs.
pub static UNUSED_ALLOWANCE: Code = Code {
    code: "RU001",
    name: "unused-allowance",
    severity: Severity::Warning,
    description: "`pgward.toml` allows a finding that is not there: it was corrected, or the object has another name now. An \
                  allowance that outlives its finding would hide the next one, so take it out.",
    bad: "[[allow]]\ncode = \"VF003\"\nobject = \"table ops.scratch\" # and no such table\nreason = \"goes with the next release\"",
    good: "# no [[allow]] for what is not there",
};

/// What a rule's findings count for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// They are left out.
    Off,
    /// They have this severity.
    At(Severity),
}

/// Levels by code.
pub type Levels = BTreeMap<&'static str, Level>;

/// Levels for findings in some files.
#[derive(Debug, Clone)]
pub struct RuleOverride {
    /// Which files, as findings name them.
    pub paths: GlobSet,
    /// The levels there.
    pub levels: Levels,
}

/// A finding that is accepted for now.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// The code.
    pub code: &'static str,
    /// The object as it was written, for messages.
    pub named: String,
    /// Which objects.
    pub object: GlobMatcher,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands.
    pub location: Location,
}

impl Allowance {
    fn matches(&self, finding: &Finding) -> bool {
        finding.code == self.code && names(finding).iter().any(|name| self.object.is_match(name))
    }

    fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}

/// What is said about rules; the default says nothing.
#[derive(Debug, Clone, Default)]
pub struct RuleSettings {
    /// Levels everywhere.
    pub levels: Levels,
    /// Levels by path; the last one that matches counts.
    pub overrides: Vec<RuleOverride>,
    /// What is allowed.
    pub allowed: Vec<Allowance>,
}

impl RuleSettings {
    /// Gives findings the severity that was asked for, leaves out those that are off, and marks those that are allowed.
    #[must_use]
    pub fn apply(&self, findings: Vec<Finding>, today: Date) -> Vec<Finding> {
        findings.into_iter().filter_map(|finding| self.leveled(finding)).map(|f| self.waived(f, today)).collect()
    }

    /// The same, and a finding for each allowance of the codes `ran` that nothing needed.
    ///
    /// `ran` is what the command could have found: an allowance for another command's code is not unused.
    #[must_use]
    pub fn settle(&self, findings: Vec<Finding>, ran: &[&'static Code], today: Date) -> Vec<Finding> {
        let mut settled = self.apply(findings, today);
        let unused = self.unused(&settled, ran, today);
        settled.extend(unused);
        settled
    }

    /// A finding for each allowance of the codes `ran` that none of the findings needs.
    #[must_use]
    pub fn unused(&self, findings: &[Finding], ran: &[&'static Code], today: Date) -> Vec<Finding> {
        let unused = self.allowed.iter().filter(|allowance| {
            ran.iter().any(|code| code.code == allowance.code) && !findings.iter().any(|f| allowance.matches(f))
        });
        let unused = unused.map(|Allowance { code, named, location, .. }| Finding {
            location: Some(location.clone()),
            hint: Some("take it out, so that it hides nothing later".to_owned()),
            ..Finding::new(&UNUSED_ALLOWANCE, format!("there is no {code} of {named} to be allowed"))
        });
        self.apply(unused.collect(), today)
    }

    /// What a code's findings count for in a file.
    #[must_use]
    pub fn level(&self, code: &str, file: Option<&str>) -> Option<Level> {
        let file = file.map(|file| file.strip_prefix("./").unwrap_or(file));
        let by_path = self.overrides.iter().rev().find_map(|by_path| {
            let level = by_path.levels.get(code)?;
            file.is_some_and(|file| by_path.paths.is_match(file)).then_some(*level)
        });
        by_path.or_else(|| self.levels.get(code).copied())
    }

    fn leveled(&self, mut finding: Finding) -> Option<Finding> {
        match self.level(finding.code, finding.location.as_ref().map(|place| place.file.as_str())) {
            Some(Level::Off) => return None,
            Some(Level::At(severity)) => finding.severity = severity,
            None => {}
        }
        Some(finding)
    }

    fn waived(&self, mut finding: Finding, today: Date) -> Finding {
        if finding.waiver.is_some() {
            return finding;
        }
        let matching = || self.allowed.iter().filter(|allowance| allowance.matches(&finding));
        if let Some(allowance) = matching().find(|allowance| allowance.holds(today)) {
            finding.waiver = Some(Waiver {
                reason: allowance.reason.clone(),
                until: allowance.until.map(|until| until.to_string()),
                in_source: false,
            });
        } else if let Some((place, until)) = matching().find_map(|a| Some((&a.location, a.until?))) {
            let ended = format!("it was allowed until {until}, in {place}");
            finding.hint = Some(finding.hint.map_or(ended.clone(), |hint| format!("{hint}; {ended}")));
        }
        finding
    }
}

/// What a finding's subject may be called: its qualified name with and without the kind, or else its file.
fn names(finding: &Finding) -> Vec<String> {
    match (&finding.object, &finding.location) {
        (Some(object), _) => vec![object.to_string(), object.qualified()],
        (None, Some(place)) => vec![place.file.clone()],
        (None, None) => Vec::new(),
    }
}

impl ObjectRef {
    /// Returns the name as SQL writes it, qualified from the schema.
    #[must_use]
    pub fn qualified(&self) -> String {
        // A name with arguments, and a parent, are written as SQL writes them already.
        let written = self.name.contains('(') || self.name.contains('"') || self.name.contains(" USING ");
        let own = if written { self.name.clone() } else { super::Ident(&self.name).to_string() };
        let schema = self.schema.as_deref().map(|schema| super::Ident(schema).to_string());
        let parts: Vec<String> = schema.into_iter().chain(self.parent.clone()).chain([own]).collect();
        parts.join(".")
    }
}

impl std::fmt::Display for ObjectRef {
    /// As messages name it: `table ops.runs`, `grant to public on ops.runs`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.kind != "grant" {
            return write!(f, "{} {}", self.kind, self.qualified());
        }
        let schema = self.schema.as_deref().map(|schema| super::Ident(schema).to_string());
        let on: Vec<String> = schema.into_iter().chain(self.parent.clone()).collect();
        write!(f, "grant to {} on {}", super::Ident(&self.name), on.join("."))
    }
}

#[cfg(test)]
mod tests {
    use globset::{Glob, GlobSetBuilder};
    use time::macros::date;

    use super::*;

    static CODE: Code =
        Code { code: "XX001", name: "x", severity: Severity::Error, description: "", bad: "", good: "" };

    fn finding(name: &str, file: &str) -> Finding {
        Finding {
            object: Some(ObjectRef {
                kind: "table".into(),
                schema: Some("ops".into()),
                name: name.into(),
                parent: None,
            }),
            location: Some(Location { file: file.into(), line: 1, column: 1 }),
            ..Finding::new(&CODE, "m")
        }
    }

    fn allowance(object: &str, until: Option<Date>) -> Allowance {
        Allowance {
            code: "XX001",
            named: object.into(),
            object: Glob::new(object).unwrap().compile_matcher(),
            reason: "because".into(),
            until,
            location: Location { file: "pgward.toml".into(), line: 3, column: 1 },
        }
    }

    fn settings(level: Level, path: &str, there: Level) -> RuleSettings {
        let paths = GlobSetBuilder::new().add(Glob::new(path).unwrap()).build().unwrap();
        RuleSettings {
            levels: [("XX001", level)].into(),
            overrides: vec![RuleOverride { paths, levels: [("XX001", there)].into() }],
            allowed: Vec::new(),
        }
    }

    #[test]
    fn levels_by_path_go_before_those_of_everywhere() {
        let settings = settings(Level::At(Severity::Info), "db/old/**", Level::Off);
        let found =
            vec![finding("a", "db/old/V1__a.sql"), finding("b", "./db/old/V2__b.sql"), finding("c", "db/V3.sql")];
        let left = settings.apply(found, date!(2026 - 01 - 01));
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].severity, left[0].message.as_str()), (Severity::Info, "m"));
    }

    #[test]
    fn an_allowance_holds_through_its_last_day_and_says_so_after_it() {
        let until = date!(2026 - 03 - 01);
        let settings = RuleSettings { allowed: vec![allowance("ops.a*", Some(until))], ..RuleSettings::default() };
        let on = |today| settings.settle(vec![finding("audit", "f")], &[&CODE], today);
        let [allowed] = &on(until)[..] else { panic!("one finding") };
        assert_eq!(allowed.waiver.as_ref().unwrap().until.as_deref(), Some("2026-03-01"));
        let [ended] = &on(date!(2026 - 03 - 02))[..] else { panic!("one finding") };
        assert_eq!(ended.waiver, None);
        assert_eq!(ended.hint.as_deref(), Some("it was allowed until 2026-03-01, in pgward.toml:3:1"));
    }

    #[test]
    fn an_unused_allowance_is_a_finding_where_its_code_was_looked_for() {
        let settings = RuleSettings { allowed: vec![allowance("table ops.a", None)], ..RuleSettings::default() };
        let today = date!(2026 - 01 - 01);
        assert!(settings.settle(Vec::new(), &[], today).is_empty());
        let [unused] = &settings.settle(vec![finding("b", "f")], &[&CODE], today)[1..] else { panic!("one more") };
        assert_eq!((unused.code, unused.message.as_str()), ("RU001", "there is no XX001 of table ops.a to be allowed"));
        assert!(settings.settle(vec![finding("a", "f")], &[&CODE], today)[0].waiver.is_some());
    }

    #[test]
    fn objects_are_named_as_in_messages() {
        let named = |kind: &str, parent: Option<&str>, name: &str| {
            let (schema, parent) = (Some("ops".to_owned()), parent.map(str::to_owned));
            ObjectRef { kind: kind.into(), schema, parent, name: name.into() }.to_string()
        };
        assert_eq!(named("policy", Some("runs"), "Mine"), "policy ops.runs.\"Mine\"");
        assert_eq!(named("function", None, "claim(text)"), "function ops.claim(text)");
        assert_eq!(named("grant", Some("claim(text)"), "public"), "grant to public on ops.claim(text)");
    }
}
