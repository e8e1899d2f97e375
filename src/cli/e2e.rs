//! `pgward ops e2e`: the twelve end-to-end tests of the shell scripts, against the database that is named.

use std::process::Stdio;

use serde_json::Value;

use super::context::Context;
use crate::base::{Error, Exit, Result};
use crate::ops::{call, find_run};
use crate::pg::Session;
use crate::report::Report;

/// Try the control plane
#[derive(Debug, clap::Args)]
pub(super) struct Ops {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Take a run through its whole life, on a project that is made for it and deleted afterwards
    E2e,
}

const COMMITS: [&str; 3] = [
    "abc123def456789012345678901234567890abcd",
    "def456abc789012345678901234567890123def4",
    "fed789cba012345678901234567890123456fed7",
];

impl Ops {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let Action::E2e = self.action;
        let session = context.connect().await?;
        let slug = format!("test-project-{}-{}", std::process::id(), seconds());
        let mut suite = Suite { context, session: &session, slug, passed: Vec::new(), failed: Vec::new() };
        let stopped = suite.all().await.err();
        if let Some(error) = stopped {
            suite.fail(error.message())?;
        }
        let delete = "delete from ops.projects where slug = $1";
        let deleted = session.client().execute(delete, &[&suite.slug]).await;
        let Suite { passed, failed, .. } = suite;
        deleted.map_err(|error| session.error(error, "the tests' project could not be deleted"))?;
        summary(context, &passed, &failed)
    }
}

fn seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn summary(context: &Context, passed: &[String], failed: &[String]) -> Result<Exit> {
    let out = context.output;
    if out.is_for_people() {
        let rule = "==========================================";
        out.data(&format!("\n{rule}\nE2E Test Suite Summary\n{rule}\n"))?;
        out.data(&format!("PASSED: {}\nFAILED: {}\n{rule}\n", passed.len(), failed.len()))?;
        out.data(if failed.is_empty() { "All tests passed!\n" } else { "Some tests failed!\n" })?;
    } else {
        let data = serde_json::json!({ "passed": passed, "failed": failed });
        let data = data.as_object().cloned().unwrap_or_default();
        out.report(Report { command: "ops", summary: "end-to-end tests".into(), data, ..Report::default() })?;
    }
    Ok(if failed.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// What one of the program's own commands came to.
struct Said {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

struct Suite<'a> {
    context: &'a Context,
    session: &'a Session,
    slug: String,
    passed: Vec<String>,
    failed: Vec<String>,
}

impl Suite<'_> {
    fn test(&self, number: u32, title: &str) -> Result<()> {
        self.say(&format!("[TEST] Test {number}: {title}"))
    }

    fn pass(&mut self, what: String) -> Result<()> {
        self.say(&format!("[PASS] {what}"))?;
        self.passed.push(what);
        Ok(())
    }

    fn fail(&mut self, what: &str) -> Result<()> {
        self.say(&format!("[FAIL] {what}"))?;
        self.failed.push(what.to_owned());
        Ok(())
    }

    fn say(&self, line: &str) -> Result<()> {
        if self.context.output.is_for_people() { self.context.output.data(&format!("{line}\n")) } else { Ok(()) }
    }

    /// Passes or fails; later tests need what this one made, so that a failure ends the suite.
    fn expect(&mut self, holds: bool, pass: String, fail: String) -> Result<()> {
        if holds { self.pass(pass) } else { Err(Error::input(fail)) }
    }

    /// Runs `pgward env …` on the same database.
    async fn env(&self, args: &[&str]) -> Result<Said> {
        let program = std::env::current_exe()
            .map_err(|error| Error::environment("the program can't find itself").with_source(error))?;
        let mut command = tokio::process::Command::new(program);
        command.arg("env").args(args).stdin(Stdio::null()).kill_on_drop(true);
        if let Some(url) = &self.context.global.database_url {
            command.arg("--database-url").arg(url);
        }
        let output =
            command.output().await.map_err(|error| Error::environment("pgward env can't be run").with_source(error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        Ok(Said { stdout: text(&output.stdout), stderr: text(&output.stderr), code: output.status.code() })
    }

    async fn call(&self, function: &str, run_id: &str) -> Result<Value> {
        call(self.session, function, &[&run_id]).await?.done()
    }

    async fn status(&self, run_id: &str) -> Result<String> {
        let query = "select r.status from ops.runs r where r.id = $1::text::uuid";
        let row = self.session.client().query_one(query, &[&run_id]).await;
        Ok(row.map_err(|error| self.session.error(error, "the run can't be read"))?.get(0))
    }

    async fn insert(&self, sql: &str) -> Result<()> {
        let done = self.session.client().execute(sql, &[&self.slug]).await;
        done.map(drop).map_err(|error| self.session.error(error, "a row of the tests can't be made"))
    }

    async fn create(&self, workflow_type: &str, commit: &str) -> Result<Said> {
        self.env(&["create", &self.slug, workflow_type, "main", commit, "dev"]).await
    }

    /// A claim of this very run: the queue may hold others' runs, which are none of the tests' business.
    async fn claim(&self, run_id: &str) -> Result<()> {
        let claim = "update ops.runs set status = 'claimed', claimed_by = 'worker-e2e' where id = $1::text::uuid";
        let done = self.session.client().execute(claim, &[&run_id]).await;
        done.map(drop).map_err(|error| self.session.error(error, "the run can't be claimed"))
    }

    async fn all(&mut self) -> Result<()> {
        self.test(1, "Create test project in ops.projects")?;
        self.insert(
            "insert into ops.projects (workspace_key, slug, name, odoo_version) \
             values (replace($1, '-', '_'), $1, $1, '19.0')",
        )
        .await?;
        self.pass("Project created successfully".to_owned())?;

        self.test(2, "Create test environment in ops.environments")?;
        self.insert(
            "insert into ops.environments (project_id, slug, name) \
             select p.id, 'dev', 'Development' from ops.projects p where p.slug = $1",
        )
        .await?;
        self.pass("Environment created successfully".to_owned())?;

        self.test(3, "Create queued run using env_create.sh")?;
        let run = self.create("build", COMMITS[0]).await?;
        let right = run.code == Some(0) && is_reference(&run.stdout, COMMITS[0]);
        let reference = run.stdout.clone();
        self.expect(
            right,
            format!("Run created with ID: {reference}"),
            format!("Run creation failed: {} {}", run.stdout, run.stderr),
        )?;
        let run_id = find_run(self.session, &reference).await?;

        self.test(4, "Verify run status is 'queued'")?;
        let status = self.status(&run_id).await?;
        self.expect(status == "queued", "Run status is 'queued'".to_owned(), format!("Run status is '{status}'"))?;

        self.test(5, "Simulate worker claiming run")?;
        self.claim(&run_id).await?;
        let status = self.status(&run_id).await?;
        self.expect(status == "claimed", "Run claimed by worker".to_owned(), format!("Run status is '{status}'"))?;

        self.test(6, "Add log events to ops.run_events")?;
        for (level, message) in
            [("info", "Starting build process"), ("debug", "Layer 1/5 complete"), ("warn", "Cache miss")]
        {
            let append = "append_run_log($1::text::uuid, $2::text, $3::text)";
            call(self.session, append, &[&run_id, &level, &message]).await?.done()?;
        }
        self.pass("Log events created (3 total)".to_owned())?;

        self.test(7, "Mark run as running")?;
        self.call("start_workflow_run($1::text::uuid, 'worker-e2e')", &run_id).await?;
        self.pass("Run marked as running".to_owned())?;

        self.test(8, "Add artifact to ops.artifacts")?;
        let url = format!("ghcr.io/org/repo:{}", &COMMITS[0][..7]);
        let add = "add_run_artifact($1::text::uuid, 'image', $2::text, p_artifact_type => 'image')";
        let artifact = call(self.session, add, &[&run_id, &url]).await?.done()?;
        self.pass(format!("Artifact created: art-{}", artifact["artifact_id"].as_str().unwrap_or_default()))?;

        self.test(9, "Mark run as success")?;
        self.call("complete_workflow_run($1::text::uuid, 0, null, 'worker-e2e')", &run_id).await?;
        self.pass("Run marked as success".to_owned())?;

        self.test(10, "Test env_wait_ready.sh with completed run")?;
        let waited = self.env(&["wait", &reference, "10", "1"]).await?;
        self.expect(
            waited.code == Some(0) && waited.stdout == url,
            "env_wait_ready.sh returned successfully".to_owned(),
            format!("env_wait_ready.sh said {:?}: {}", waited.stdout, waited.stderr),
        )?;

        self.test(11, "Create another run and cancel it")?;
        let run = self.create("deploy", COMMITS[1]).await?.stdout;
        let canceled = self.env(&["destroy", &run]).await?;
        self.expect(
            canceled.code == Some(0) && canceled.stdout == format!("cancelled:{run}"),
            format!("Run cancelled successfully: {run}"),
            format!("env_destroy.sh said {:?}: {}", canceled.stdout, canceled.stderr),
        )?;
        let run_id = find_run(self.session, &run).await?;
        let status = self.status(&run_id).await?;
        self.expect(
            status == "canceled",
            "Run status confirmed as cancelled".to_owned(),
            format!("Run status is '{status}'"),
        )?;

        self.test(12, "Create run, mark as failed, verify wait_ready detects it")?;
        let run = self.create("test", COMMITS[2]).await?.stdout;
        let run_id = find_run(self.session, &run).await?;
        self.claim(&run_id).await?;
        self.call("start_workflow_run($1::text::uuid, 'worker-e2e')", &run_id).await?;
        self.call("complete_workflow_run($1::text::uuid, 1, 'broken', 'worker-e2e')", &run_id).await?;
        let waited = self.env(&["wait", &run, "10", "1"]).await?;
        self.expect(
            waited.code == Some(1) && waited.stdout.is_empty(),
            "env_wait_ready.sh correctly detected failed run".to_owned(),
            format!("env_wait_ready.sh ended with {:?}: {}", waited.code, waited.stderr),
        )
    }
}

/// `run-YYYYMMDD-HHMMSS-<first 7 of the commit>`.
fn is_reference(text: &str, commit: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts[..], ["run", day, time, short] if digits(day, 8) && digits(time, 6) && short == &commit[..7])
}
