//! The people, projects and runs that the tests of the `ops` schema are about, and acting as one of them.

use tokio_postgres::Client;

use crate::ops_support::{call, one};
use crate::support::TestDb;

pub const OWNER: &str = "00000000-0000-4000-8000-00000000000a";
pub const ADMIN: &str = "00000000-0000-4000-8000-00000000000b";
pub const DEVELOPER: &str = "00000000-0000-4000-8000-00000000000c";
pub const VIEWER: &str = "00000000-0000-4000-8000-00000000000d";
/// Owns project two, and knows nobody in project one.
pub const OUTSIDER: &str = "00000000-0000-4000-8000-00000000000e";
/// A viewer of both projects, for others to act upon.
pub const COLLEAGUE: &str = "00000000-0000-4000-8000-0000000000f1";
/// A member of no project.
pub const NEWCOMER: &str = "00000000-0000-4000-8000-0000000000f2";

/// A project of [`seed`]: one workflow has a run, the other has none.
pub struct Project {
    pub id: &'static str,
    pub owner: &'static str,
    pub workflow: &'static str,
    pub idle_workflow: &'static str,
    pub run: &'static str,
}

pub const ONE: Project = Project {
    id: "10000000-0000-4000-8000-000000000000",
    owner: OWNER,
    workflow: "10000000-0000-4000-8000-000000000001",
    idle_workflow: "10000000-0000-4000-8000-000000000002",
    run: "10000000-0000-4000-8000-000000000003",
};

pub const TWO: Project = Project {
    id: "20000000-0000-4000-8000-000000000000",
    owner: OUTSIDER,
    workflow: "20000000-0000-4000-8000-000000000001",
    idle_workflow: "20000000-0000-4000-8000-000000000002",
    run: "20000000-0000-4000-8000-000000000003",
};

/// Agent tracking as older databases have it, under the names that the control plane needs.
const AGENT_TABLES: &str = "
    create schema ops;
    create table ops.runs (
      id serial primary key,
      parent_id integer references ops.runs,
      agent text not null check (agent <> ''),
      key text unique,
      started_at timestamptz not null default now()
    );
    create table ops.run_logs (
      id bigserial primary key,
      run_id integer not null references ops.runs on delete cascade,
      line text not null
    );
    create index idx_run_logs_run_id on ops.run_logs (run_id);
    create index runs_agent_started_at_idx on ops.runs (agent, started_at);
    comment on table ops.runs is 'Agent runs';
    insert into ops.runs (agent, key) select 'agent ' || i, 'key ' || i from generate_series(1, 30) i;
    update ops.runs set parent_id = id - 1 where id > 1;
    insert into ops.run_logs (run_id, line) select i % 30 + 1, 'line ' || i from generate_series(1, 300) i;
";

impl TestDb {
    /// Makes a database with agent tables and rows in them, not migrated. The API roles are on the server.
    pub async fn with_agent_tables() -> Self {
        // The template needs the roles: as long as it is there, so are they.
        drop(Self::with_bundle().await);
        let db = Self::new().await;
        db.connect().await.batch_execute(AGENT_TABLES).await.unwrap();
        db
    }

    /// Makes a database with the bundle, the people, and projects one and two with their workflows: no run yet.
    pub async fn with_projects() -> Self {
        let db = Self::with_bundle().await;
        let client = db.connect().await;
        let people = [OWNER, ADMIN, DEVELOPER, VIEWER, OUTSIDER, COLLEAGUE, NEWCOMER];
        let people = people.map(|id| format!("('{id}')")).join(", ");
        client.batch_execute(&format!("insert into auth.users (id) values {people}")).await.unwrap();
        for (name, project) in [("one", ONE), ("two", TWO)] {
            let Project { id, owner, workflow, idle_workflow, .. } = project;
            client
                .batch_execute(&format!(
                    "insert into ops.projects (id, workspace_key, slug, name, odoo_version)
                     values ('{id}', '{name}', '{name}', 'Project {name}', '19.0');
                     insert into ops.workflows (id, project_id, workflow_type, name)
                     values ('{workflow}', '{id}', 'build', 'main'), ('{idle_workflow}', '{id}', 'backup', 'nightly');
                     insert into ops.project_memberships (project_id, user_id, role)
                     values ('{id}', '{owner}', 'owner'), ('{id}', '{COLLEAGUE}', 'viewer');"
                ))
                .await
                .unwrap();
        }
        client
            .batch_execute(&format!(
                "insert into ops.project_memberships (project_id, user_id, role)
                 values ('{0}', '{ADMIN}', 'admin'), ('{0}', '{DEVELOPER}', 'developer'), ('{0}', '{VIEWER}', 'viewer')",
                ONE.id
            ))
            .await
            .unwrap();
        db
    }

    /// As [`Self::with_projects`], with a row in every table: each project has a queued run with its first event,
    /// an artifact and a line in the log.
    pub async fn with_rows() -> Self {
        let db = Self::with_projects().await;
        let client = db.connect().await;
        for Project { id, workflow, run, .. } in [ONE, TWO] {
            client
                .batch_execute(&format!(
                    "select ops.set_project_queue('{id}');
                     insert into ops.environments (project_id, slug, name) values ('{id}', 'dev', 'Development');
                     insert into ops.runs (id, project_id, workflow_id) values ('{run}', '{id}', '{workflow}');
                     insert into ops.dead_letters (run_id, project_id, first_run_id, attempts, reason)
                     values ('{run}', '{id}', '{run}', 1, 'failed');
                     insert into ops.run_artifacts (run_id, artifact_key, artifact_url)
                     values ('{run}', 'image', 'registry/image');
                     insert into ops.run_logs (run_id, log_level, message) values ('{run}', 'info', 'hello');"
                ))
                .await
                .unwrap();
        }
        client
            .batch_execute(
                "insert into ops.workers (id) values ('w1');
                 insert into ops.tools (tool_name, version, docker_image) values ('odoo', '19.0', 'odoo:19.0');
                 insert into ops.upgrade_advisories (from_version, to_version, severity, title, description)
                 values ('18.0', '19.0', 'high', 'Title', 'Description');",
            )
            .await
            .unwrap();
        db
    }
}

/// From here on, the connection acts as this user, the way PostgREST does it.
pub async fn act_as(client: &Client, user: &str) {
    become_role(client, "authenticated", &format!(r#"{{"sub": "{user}", "role": "authenticated"}}"#)).await;
}

/// From here on, the connection acts as a role, with these JWT claims.
pub async fn become_role(client: &Client, role: &str, claims: &str) {
    client
        .batch_execute(&format!(
            "reset role; select set_config('request.jwt.claims', '{}', false); set role {role}",
            claims.replace('\'', "''")
        ))
        .await
        .unwrap();
}

/// From here on, the connection acts as the superuser again, and as no user.
pub async fn act_as_superuser(client: &Client) {
    become_role(client, "none", "").await;
}

/// Queues a run in project one.
pub async fn queue(client: &Client) -> String {
    let answer = call(client, &format!("enqueue_run('{}', '{}')", ONE.id, ONE.workflow)).await;
    answer["run_id"].as_str().unwrap().to_owned()
}

/// Queues a run in project one and takes it to a status, legal step by legal step. `canceled` is from `queued`.
pub async fn run_in(client: &Client, status: &str) -> String {
    let run = queue(client).await;
    let steps: &[&str] = match status {
        "queued" => &[],
        "claimed" => &["status = 'claimed', claimed_by = 'w1'"],
        "running" => &["status = 'claimed', claimed_by = 'w1'", "status = 'running'"],
        "succeeded" => &["status = 'claimed', claimed_by = 'w1'", "status = 'running'", "status = 'succeeded'"],
        "failed" => {
            &["status = 'claimed', claimed_by = 'w1'", "status = 'running'", "status = 'failed', exit_code = 1"]
        }
        "canceled" => &["status = 'canceled'"],
        other => panic!("{other}"),
    };
    for step in steps {
        client.batch_execute(&format!("update ops.runs set {step} where id = '{run}'")).await.unwrap();
    }
    run
}

/// The status of a run.
pub async fn status(client: &Client, run: &str) -> String {
    one(client, &format!("select status from ops.runs where id = '{run}'")).await
}
