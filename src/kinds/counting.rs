//! The options of a sequence, its own or that of an identity column, as SQL writes them.
//!
//! Options are left out where they are what type and direction imply; knows no kind.

use serde_json::{Map, Value};

/// The options of a sequence by name; a default is left out.
pub(super) struct Counting<'a> {
    options: &'a Map<String, Value>,
    /// The type that bounds follow from where none is given.
    default_type: &'a str,
}

impl<'a> Counting<'a> {
    pub(super) fn new(options: &'a Map<String, Value>, default_type: &'a str) -> Self {
        Self { options, default_type }
    }

    fn number(&self, option: &str) -> Option<i64> {
        self.options.get(option)?.as_i64()
    }

    pub(super) fn type_name(&self) -> &'a str {
        self.options.get("type").and_then(Value::as_str).unwrap_or(self.default_type)
    }

    fn highest(&self) -> i64 {
        match self.type_name() {
            "smallint" => i64::from(i16::MAX),
            "integer" => i64::from(i32::MAX),
            _ => i64::MAX,
        }
    }

    fn increment(&self) -> i64 {
        self.number("increment").unwrap_or(1)
    }

    fn min(&self) -> i64 {
        let implied = if self.increment() > 0 { 1 } else { -self.highest() - 1 };
        self.number("min_value").unwrap_or(implied)
    }

    fn max(&self) -> i64 {
        let implied = if self.increment() > 0 { self.highest() } else { -1 };
        self.number("max_value").unwrap_or(implied)
    }

    fn start(&self) -> i64 {
        let implied = if self.increment() > 0 { self.min() } else { self.max() };
        self.number("start").unwrap_or(implied)
    }

    fn cycle(&self) -> bool {
        self.options.get("cycle") == Some(&Value::Bool(true))
    }

    /// What a new sequence has to be told, but for its type.
    pub(super) fn options(&self) -> Vec<String> {
        let words = [
            ("increment", "INCREMENT BY"),
            ("min_value", "MINVALUE"),
            ("max_value", "MAXVALUE"),
            ("start", "START WITH"),
        ];
        let mut all: Vec<String> = words
            .iter()
            .chain(&[("cache", "CACHE")])
            .filter_map(|(option, words)| Some(format!("{words} {}", self.number(option)?)))
            .collect();
        if self.cycle() {
            all.push("CYCLE".to_owned());
        }
        all
    }

    /// What a sequence that was like `before` has to be told, its type included; empty where nothing differs.
    ///
    /// It counts anew from its start only where it can't have been within the new bounds as it was made.
    pub(super) fn changes(&self, before: &Self) -> Changes {
        let mut all = Vec::new();
        let retyped = self.type_name() != before.type_name();
        if retyped {
            all.push(format!("AS {}", self.type_name()));
        }
        if self.increment() != before.increment() {
            all.push(format!("INCREMENT BY {}", self.increment()));
        }
        if retyped || self.min() != before.min() {
            all.push(self.number("min_value").map_or("NO MINVALUE".to_owned(), |min| format!("MINVALUE {min}")));
        }
        if retyped || self.max() != before.max() {
            all.push(self.number("max_value").map_or("NO MAXVALUE".to_owned(), |max| format!("MAXVALUE {max}")));
        }
        if self.start() != before.start() {
            all.push(format!("START WITH {}", self.start()));
        }
        let restarts = before.start() < self.min() || before.start() > self.max();
        if restarts {
            all.push("RESTART".to_owned());
        }
        if self.number("cache") != before.number("cache") {
            all.push(format!("CACHE {}", self.number("cache").unwrap_or(1)));
        }
        if self.cycle() != before.cycle() {
            all.push(if self.cycle() { "CYCLE" } else { "NO CYCLE" }.to_owned());
        }
        Changes { options: all, restarts }
    }
}

/// What a sequence has to be told, and whether it forgets where it was.
pub(super) struct Changes {
    pub(super) options: Vec<String>,
    pub(super) restarts: bool,
}
