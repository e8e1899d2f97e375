//! Every rule's own examples: the bad one gives exactly its code, the good one nothing.

use futures_util::future::join_all;
use pgward::advise::{Options, Outcome, RULES, advise};
use pgward::base::Severity;
use pgward::model::SchemaFilter;
use tokio_postgres::Client;

use crate::support::TestDb;

/// What Supabase has, as far as the examples and the pairs name it. The schema is clean of itself.
const SUPABASE: &str = "
    create schema auth;
    grant usage on schema auth to anon, authenticated;
    create table auth.users (id uuid primary key, email text unique);
    create function auth.uid() returns uuid language sql stable set search_path = ''
        as $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
    create function auth.role() returns text language sql stable set search_path = ''
        as $$ select current_setting('request.jwt.claim.role', true) $$;
    create function auth.jwt() returns jsonb language sql stable set search_path = ''
        as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;";

/// Makes a role of the whole server, unless it is there.
pub async fn role(client: &Client, statement: &str) {
    for _ in 0..50 {
        match client.batch_execute(statement).await {
            Err(error) if error.code().is_some_and(|code| code.code() == "XX000") => {}
            Err(error) if error.code().is_some_and(|code| matches!(code.code(), "42710" | "23505")) => return,
            made => return made.unwrap(),
        }
    }
}

/// A database with Supabase's part, and a script run in it whose roles are made if they are missing.
pub async fn database(script: &str) -> TestDb {
    let db = TestDb::new().await;
    let client = db.connect().await;
    for name in ["anon", "authenticated"] {
        role(&client, &format!("create role {name}")).await;
    }
    client.batch_execute(SUPABASE).await.unwrap();
    let (roles, rest): (Vec<&str>, Vec<&str>) = script.lines().partition(|line| line.starts_with("create role "));
    for statement in roles {
        role(&client, statement).await;
    }
    // Privileges of the whole server are changed by one at a time.
    let (memberships, rest): (Vec<&str>, Vec<&str>) =
        rest.into_iter().partition(|line| line.starts_with("grant app_") && !line.contains(" on "));
    for statement in memberships {
        role(&client, statement).await;
    }
    client.batch_execute(&rest.join("\n")).await.unwrap_or_else(|error| panic!("{error:?}\n{script}"));
    db
}

/// Every schema that a script makes, but what stands for Supabase's.
pub fn managed() -> SchemaFilter {
    SchemaFilter::only(["app", "public", "extensions", "graphql", "pgmq", "storage"])
}

pub async fn advice(db: &TestDb, options: &Options) -> Outcome {
    let mut client = db.connect().await;
    advise(&mut client, &managed(), options).await.unwrap()
}

/// The codes of what was found, from a severity on.
fn codes(outcome: &Outcome, from: Severity) -> Vec<&'static str> {
    let mut codes: Vec<_> = outcome.findings.iter().filter(|f| f.severity >= from).map(|f| f.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[tokio::test]
async fn examples_say_what_their_rule_says() {
    let tried = async |script| advice(&database(script).await, &Options::default()).await;
    let mut outcomes = Vec::new();
    for few in RULES.chunks(4) {
        let both = few.iter().map(|rule| async { (tried(rule.code.bad).await, tried(rule.code.good).await) });
        outcomes.extend(join_all(both).await);
    }
    let mut wrong = Vec::new();
    for (rule, (bad, good)) in RULES.iter().zip(outcomes) {
        let code = rule.code;
        if codes(&bad, Severity::Info) != [code.code] {
            wrong.push(format!("{} {}: bad gives {:#?}", code.code, code.name, bad.findings));
        }
        if !codes(&good, Severity::Info).is_empty() {
            wrong.push(format!("{} {}: good gives {:#?}", code.code, code.name, good.findings));
        }
        for (which, outcome) in [("bad", &bad), ("good", &good)] {
            if !outcome.not_evaluated.is_empty() {
                wrong.push(format!("{} {which}: {:?}", code.code, outcome.not_evaluated));
            }
        }
        if bad.findings.iter().any(|finding| finding.object.is_none() || finding.hint.is_none()) {
            wrong.push(format!("{}: a finding without object or hint", code.code));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn codes_are_in_order_and_of_one_name_each() {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.code.code).collect();
    let expected: Vec<_> = (1..=RULES.len()).map(|n| format!("AD{n:03}")).collect();
    assert_eq!(codes, expected);
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.code.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
}
