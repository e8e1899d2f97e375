//! `unquoted-dynamic-sql`: A value is joined into the text of an EXECUTE without being quoted.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN047",
        name: "unquoted-dynamic-sql",
        severity: Severity::Warning,
        description: "A value is joined into the text of an EXECUTE without being quoted: whoever controls it can run\n\
        anything with the routine's rights. Use format() with %I for names and %L for values, or USING for\n\
        values.",
        bad: "create function wipe(t text) returns void language plpgsql as $$\n\
        begin\n\
          execute 'truncate ' || t;\n\
        end $$;",
        good: "create function wipe(t text) returns void language plpgsql as $$\n\
        begin\n\
          execute format('truncate %I', t);\n\
        end $$;",
    },
    check,
)
.in_bodies();

fn check(site: &Site<'_>, found: &mut Found) {
    if site.dynamic == Some(true) {
        found
            .say(site.span.clone(), "a value is joined into this EXECUTE without being quoted")
            .hint("format() with %I for names and %L for values, or USING for values");
    }
}
