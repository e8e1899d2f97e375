//! `dynamic-sql`: An EXECUTE runs a text that is put together when it runs, so no rule has seen what it does.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, Within};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN043",
        name: "dynamic-sql",
        severity: Severity::Info,
        description: "An EXECUTE runs a text that is put together when it runs, so no rule has seen what it does. `pgward\n\
        lint --trace` runs it and reports its locks.",
        bad: "do $$ declare t text; begin for t in select tablename from pg_tables loop execute 'vacuum ' || quote_ident(t); end loop; end $$;",
        good: "do $$ begin execute 'select 1'; end $$;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    if site.dynamic.is_some() && site.within != Within::Body {
        found
            .say(site.span.clone(), "what this runs can't be read here")
            .hint("`pgward lint --trace` runs it and sees its locks");
    }
}
