//! `pgward lint`: what is found, in what files, what is waived, and what a trace adds.

use insta::assert_snapshot;
use serde_json::Value;

use crate::diff::path;
use crate::support::{Project, pgward, server_url};

const FIRST: &str = "create schema app;
create table app.accounts (
  id bigint generated always as identity primary key,
  email text
);
";

const SECOND: &str = "alter table app.accounts alter column email set not null;
create index accounts_email on app.accounts (email);
";

impl Project {
    fn with_migrations() -> Self {
        let project = Self::new();
        project.write("db/V1__accounts.sql", FIRST);
        project.write("db/V1__accounts.down.sql", "drop table app.accounts;\ndrop schema app;\n");
        project.write("db/V2__email.sql", SECOND);
        project
    }

    fn lint(&self, args: &[&str]) -> String {
        let url = server_url();
        let mut all = vec!["lint", "--migrations", "db", "--shadow-url", &url];
        all.extend(args);
        let output = pgward(self.dir.path(), &all).env("PATH", path()).output().unwrap();
        self.shown(&output)
    }
}

#[test]
fn new_tables_are_nobodys_and_old_ones_are_in_use() {
    assert_snapshot!(Project::with_migrations().lint(&[]));
}

#[test]
fn waivers_have_a_reason_and_an_end_and_are_needed() {
    let project = Project::with_migrations();
    project.write(
        "db/V2__email.sql",
        "-- pgward:allow LN010 a thousand rows\nalter table app.accounts alter column email set not null;
-- pgward:allow index-without-concurrently until 2020-01-31 the team is asleep until 2020-01-31
create index accounts_email on app.accounts (email);
-- pgward:allow LN060
drop table app.accounts;
-- pgward:allow LN061 nothing to see
select 1;
-- pgward:allow LN4711 what is this
select 2;
",
    );
    assert_snapshot!(project.lint(&[]));
}

#[test]
fn files_and_standard_input_and_directories() {
    let project = Project::with_migrations();
    project.write("other/a.sql", "drop table b;\n");
    let mut shown = project.lint(&["db/V2__email.sql", "other"]);
    shown.push_str(&project.lint(&["--downs", "--fail-on", "warning"]));
    shown.push_str(&project.lint(&["no such.sql"]));
    assert_snapshot!(shown);
}

#[test]
fn only_what_is_new_since_a_revision() {
    let project = Project::with_migrations();
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "one"]);
    let mut shown = project.lint(&["--since", "HEAD"]);
    project.write("db/V3__plan.sql", "alter table app.accounts add column plan text not null;\n");
    shown.push_str(&project.lint(&["--since", "HEAD"]));
    shown.push_str(&project.lint(&["--since", "no-such"]));
    assert_snapshot!(shown);
}

#[test]
fn a_baseline_accepts_what_is_there() {
    let project = Project::with_migrations();
    project.write("pgward.toml", "[lint]\nbaseline = \"lint.json\"\n");
    let mut shown = project.lint(&["--write-baseline"]);
    shown.push_str(&std::fs::read_to_string(project.dir.path().join("lint.json")).unwrap());
    shown.push_str(&project.lint(&[]));
    project.write("db/V3__gone.sql", "drop table app.accounts;\n");
    shown.push_str(&project.lint(&[]));
    project.write("lint.json", "{}");
    shown.push_str(&project.lint(&[]));
    assert_snapshot!(shown);
}

#[test]
fn rules_are_switched_by_code_name_and_path() {
    let project = Project::with_migrations();
    project.write(
        "pgward.toml",
        "[rules]\nLN001 = \"warning\"\nunqualified-table = \"info\"\n\n\
         [[overrides]]\npaths = [\"db/V2*\"]\nrules = { set-not-null-scans-table = \"off\" }\n",
    );
    project
        .write("db/V3__b.sql", "create table b (id bigint);\nalter table app.accounts alter column id set not null;\n");
    assert_snapshot!(project.lint(&[]));
}

#[test]
fn names_match_the_patterns_of_their_kinds() {
    let project = Project::new();
    project.write(
        "pgward.toml",
        "[lint.names]\nany = \"^[a-z]\"\nindex = '_idx$'\nforeign_key = '^fk_'\ncolumn = '^[a-z_]+$'\n[rules]\nquoted-name = \"off\"\n",
    );
    project.write(
        "db/V1__a.sql",
        "create table public.accounts (id bigint primary key, email2 text, constraint email_known check (email2 <> ''));
create index accounts_email on public.accounts (email2);
alter index public.accounts_email rename to accounts_email_idx;
create table public.notes (
  id bigint primary key,
  account_id bigint constraint notes_account references public.accounts
);
create view public._hidden as select 1 as one;
create index on public.notes (account_id);
",
    );
    assert_snapshot!(project.lint(&[]));
    for (wrong, case) in [("tabel = '^a'", "kind"), ("table = '^(a'", "pattern"), ("table = 7", "type")] {
        project.write("pgward.toml", &format!("[lint.names]\n{wrong}\n"));
        assert_snapshot!(format!("names_in_configuration_{case}"), project.lint(&[]));
    }
}

#[test]
fn what_another_team_looks_after_is_left_to_it() {
    let project = Project::new();
    project.write(
        "pgward.toml",
        "[[lint.owners]]\nteam = \"team billing\"\nobjects = [\"billing.*\", \"public.invoice_*\"]\n\
         paths = [\"db/V*__billing_*.sql\"]\n",
    );
    project.write("db/V1__billing_schema.sql", "create schema billing;\ncreate table billing.invoices (id bigint);\n");
    project.write(
        "db/V2__mine.sql",
        "create schema app;
create table app.notes (id bigint);
set search_path = billing, app;
alter table invoices add column note text;
create view app.bills as select id from billing.invoices;
create trigger t after insert on billing.invoices for each row execute function app.f();
drop table invoice_lines;
grant select on all tables in schema billing to app;
create table public.invoice_drafts (id bigint);
-- pgward:allow other-teams-object billing agreed to it in their review
alter table billing.invoices alter column id set statistics 100;
",
    );
    assert_snapshot!(project.lint(&[]));
}

#[test]
fn the_runner_decides_on_transactions_and_timeouts() {
    let project = Project::new();
    project.write("db/V1__a.sql", "alter table a add column b text;\ncreate index concurrently i on a (b);\n");
    let mut shown = String::new();
    for runner in ["pgward", "transaction", "statements"] {
        shown.push_str(&project.lint(&["--run-by", runner]));
    }
    assert_snapshot!(shown);
}

#[test]
fn the_state_before_takes_doubt_away() {
    let project = Project::new();
    project.write("old.sql", "create table t (a varchar(10), b text not null);\n");
    project.write(
        "db/V1__a.sql",
        "alter table t alter column a type varchar(20);\nalter table t alter column b set not null;\n",
    );
    let mut shown = project.lint(&[]);
    shown.push_str(&project.lint(&["--state", "sql:old.sql"]));
    assert_snapshot!(shown);
}

#[test]
fn what_is_no_sql_is_an_error_with_its_place() {
    let project = Project::with_migrations();
    project.write("db/V3__c.sql", "create table app.b (id bigint);\n\ncreat table c (id bigint);\n");
    let mut shown = project.lint(&[]);
    shown.push_str(&project.lint(&["--format", "github"]));
    project.write("db/V3__c.sql", "-- pgward:allow not-parsed the server takes it\ncreat table c (id bigint);\n");
    shown.push_str(&project.lint(&["db/V3__c.sql"]));
    assert_snapshot!(shown);
}

#[test]
fn a_trace_confirms_what_was_said_and_finds_what_was_not() {
    let project = Project::with_migrations();
    project.write(
        "db/V3__hidden.sql",
        "create function app.hidden() returns void language plpgsql as $$
begin
  execute 'alter table app.' || 'accounts alter column id type integer';
end $$;
select app.hidden();
",
    );
    project.write(
        "db/V4__beside.sql",
        "-- pgward:no-transaction\ncreate index concurrently accounts_id on app.accounts (id);\n",
    );
    let mut shown = project.lint(&["--trace"]);
    project.write("db/V5__wrong.sql", "select 1;\nalter table app.accounts add column email text;\n");
    shown.push_str(&project.lint(&["--trace"]));
    assert_snapshot!(shown);
    std::fs::remove_file(project.dir.path().join("db/V5__wrong.sql")).unwrap();
    let url = server_url();
    let args = ["lint", "--migrations", "db", "--shadow-url", &url, "--trace", "--format", "json"];
    let output = pgward(project.dir.path(), &args).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    crate::formats::validate(&document);
    let statements = document["trace"][1]["statements"].as_array().unwrap();
    assert_eq!(statements[0]["scanned"], serde_json::json!(["app.accounts"]), "{document:#}");
}
