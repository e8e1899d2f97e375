//! Who may do what with which table: one matrix, each cell of which is carried out.

use tokio_postgres::Client;

use crate::ops_fixtures::{
    ADMIN, COLLEAGUE, DEVELOPER, NEWCOMER, ONE, OUTSIDER, OWNER, Project, TWO, VIEWER, act_as, act_as_superuser,
    become_role,
};
use crate::ops_support::{Outcome, TABLES, attempt};
use crate::support::TestDb;

/// What becomes of each statement on a row of project one:
///
/// - `1`: carried out, on one row (`done` where PostgreSQL counts none)
/// - `none`: no error, and no row: row level security hides it from this statement
/// - `42501`: refused, by a missing grant or a policy
/// - `55000`, `23514`: refused by a trigger, whoever asks: events are append-only, a project keeps an owner
///
/// The superuser's column is the control: it shows that the row is there and the statement is right.
const MATRIX: &str = "
                                  superuser  owner  admin  developer  viewer  outsider  anon   service_role

projects select                   1          1      1      1          1       none      42501  1
projects insert                   1          42501  42501  42501      42501   42501     42501  1
projects insert_returning         1          42501  42501  42501      42501   42501     42501  1
projects update                   1          1      none   none       none    none      42501  1
projects delete                   1          42501  42501  42501      42501   42501     42501  1
projects truncate                 55000      42501  42501  42501      42501   42501     42501  42501

workflows select                  1          1      1      1          1       none      42501  1
workflows insert                  1          1      1      1          42501   42501     42501  1
workflows insert_returning        1          1      1      1          42501   42501     42501  1
workflows update                  1          1      1      1          none    none      42501  1
workflows delete                  1          1      1      none       none    none      42501  1
workflows truncate                55000      42501  42501  42501      42501   42501     42501  42501

runs select                       1          1      1      1          1       none      42501  1
runs insert                       1          1      1      1          42501   42501     42501  1
runs insert_returning             1          1      1      1          42501   42501     42501  1
runs update                       1          42501  42501  42501      42501   42501     42501  1
runs delete                       1          42501  42501  42501      42501   42501     42501  1
runs truncate                     55000      42501  42501  42501      42501   42501     42501  42501

run_events select                 1          1      1      1          1       none      42501  1
run_events insert                 1          42501  42501  42501      42501   42501     42501  1
run_events insert_returning       1          42501  42501  42501      42501   42501     42501  1
run_events update                 55000      42501  42501  42501      42501   42501     42501  42501
run_events delete                 55000      42501  42501  42501      42501   42501     42501  42501
run_events truncate               55000      42501  42501  42501      42501   42501     42501  42501

run_artifacts select              1          1      1      1          1       none      42501  1
run_artifacts insert              1          42501  42501  42501      42501   42501     42501  1
run_artifacts insert_returning    1          42501  42501  42501      42501   42501     42501  1
run_artifacts update              1          42501  42501  42501      42501   42501     42501  1
run_artifacts delete              1          42501  42501  42501      42501   42501     42501  1
run_artifacts truncate            done       42501  42501  42501      42501   42501     42501  42501

run_logs select                   1          1      1      1          1       none      42501  1
run_logs insert                   1          42501  42501  42501      42501   42501     42501  1
run_logs insert_returning         1          42501  42501  42501      42501   42501     42501  1
run_logs update                   1          42501  42501  42501      42501   42501     42501  42501
run_logs delete                   1          42501  42501  42501      42501   42501     42501  1
run_logs truncate                 done       42501  42501  42501      42501   42501     42501  42501

tools select                      1          1      1      1          1       1         42501  1
tools insert                      1          42501  42501  42501      42501   42501     42501  1
tools insert_returning            1          42501  42501  42501      42501   42501     42501  1
tools update                      1          42501  42501  42501      42501   42501     42501  1
tools delete                      1          42501  42501  42501      42501   42501     42501  1
tools truncate                    done       42501  42501  42501      42501   42501     42501  42501

upgrade_advisories select            1       1      1      1          1       1         42501  1
upgrade_advisories insert            1       42501  42501  42501      42501   42501     42501  1
upgrade_advisories insert_returning  1       42501  42501  42501      42501   42501     42501  1
upgrade_advisories update            1       42501  42501  42501      42501   42501     42501  1
upgrade_advisories delete            1       42501  42501  42501      42501   42501     42501  1
upgrade_advisories truncate          done    42501  42501  42501      42501   42501     42501  42501

project_memberships select           1       1      1      1          1       none      42501  1
project_memberships insert           1       1      1      42501      42501   42501     42501  1
project_memberships insert_returning 1       1      1      42501      42501   42501     42501  1
project_memberships update           1       1      1      none       none    none      42501  1
project_memberships delete           1       1      1      none       none    none      42501  1
project_memberships truncate         done    42501  42501  42501      42501   42501     42501  42501

membership_of_owner select           1       1      1      1          1       none      42501  1
membership_of_owner insert           1       1      42501  42501      42501   42501     42501  1
membership_of_owner insert_returning 1       1      42501  42501      42501   42501     42501  1
membership_of_owner update           23514   23514  none   none       none    none      42501  23514
membership_of_owner delete           23514   23514  none   none       none    none      42501  23514

environments select               1          1      1      1          1       none      42501  1
environments insert               1          1      1      1          42501   42501     42501  1
environments insert_returning     1          1      1      1          42501   42501     42501  1
environments update               1          1      1      1          none    none      42501  1
environments delete               1          1      1      none       none    none      42501  1
environments truncate             55000      42501  42501  42501      42501   42501     42501  42501

run_queue select                  1          1      1      1          1       none      42501  1
run_queue insert                  1          42501  42501  42501      42501   42501     42501  42501
run_queue insert_returning        1          42501  42501  42501      42501   42501     42501  42501
run_queue update                  1          42501  42501  42501      42501   42501     42501  42501
run_queue delete                  1          42501  42501  42501      42501   42501     42501  42501
run_queue truncate                done       42501  42501  42501      42501   42501     42501  42501

project_queues select             1          1      1      1          1       none      42501  1
project_queues insert             1          42501  42501  42501      42501   42501     42501  42501
project_queues insert_returning   1          42501  42501  42501      42501   42501     42501  42501
project_queues update             1          42501  42501  42501      42501   42501     42501  42501
project_queues delete             1          42501  42501  42501      42501   42501     42501  42501
project_queues truncate           done       42501  42501  42501      42501   42501     42501  42501

queue_lanes select                1          1      1      1          1       none      42501  1
queue_lanes insert                1          42501  42501  42501      42501   42501     42501  42501
queue_lanes insert_returning      1          42501  42501  42501      42501   42501     42501  42501
queue_lanes update                1          42501  42501  42501      42501   42501     42501  42501
queue_lanes delete                1          42501  42501  42501      42501   42501     42501  42501
queue_lanes truncate              done       42501  42501  42501      42501   42501     42501  42501

dead_letters select               1          1      1      1          1       none      42501  1
dead_letters insert               1          42501  42501  42501      42501   42501     42501  42501
dead_letters insert_returning     1          42501  42501  42501      42501   42501     42501  42501
dead_letters update               1          42501  42501  42501      42501   42501     42501  42501
dead_letters delete               1          42501  42501  42501      42501   42501     42501  42501
dead_letters truncate             done       42501  42501  42501      42501   42501     42501  42501

workers select                    1          1      1      1          1       1         42501  1
workers insert                    1          42501  42501  42501      42501   42501     42501  42501
workers insert_returning          1          42501  42501  42501      42501   42501     42501  42501
workers update                    1          42501  42501  42501      42501   42501     42501  42501
workers delete                    1          42501  42501  42501      42501   42501     42501  42501
workers truncate                  done       42501  42501  42501      42501   42501     42501  42501

own_membership select                none    1      1      1          1       none      42501  none
own_membership update                none    1      42501  none       none    none      42501  none
own_membership delete                none    23514  1      1          1       none      42501  none
";

/// What each line of the matrix acts upon.
struct Target {
    name: &'static str,
    table: &'static str,
    /// The one row that SELECT, UPDATE and DELETE are about.
    row: &'static str,
    /// A row to add, in the columns that a user may write where users may write at all.
    insert: &'static str,
    set: &'static str,
}

const TARGETS: [Target; 17] = [
    Target {
        name: "projects",
        table: "projects",
        row: "id = :project",
        insert: "(workspace_key, slug, name, odoo_version) values ('new', 'new', 'New', '19.0')",
        set: "name = 'changed'",
    },
    Target {
        name: "workflows",
        table: "workflows",
        row: "id = :idle_workflow",
        insert: "(project_id, workflow_type, name) values (:project, 'test', 'new')",
        set: "enabled = false",
    },
    Target {
        name: "runs",
        table: "runs",
        row: "id = :run",
        insert: "(project_id, workflow_id) values (:project, :workflow)",
        set: r#"metadata = '{"changed": true}'"#,
    },
    Target {
        name: "run_events",
        table: "run_events",
        row: "run_id = :run",
        insert: "(run_id, event_type, message) values (:run, 'info', 'new')",
        set: "message = 'changed'",
    },
    Target {
        name: "run_artifacts",
        table: "run_artifacts",
        row: "run_id = :run",
        insert: "(run_id, artifact_key, artifact_url) values (:run, 'new', 'new')",
        set: "artifact_url = 'changed'",
    },
    Target {
        name: "run_logs",
        table: "run_logs",
        row: "run_id = :run",
        insert: "(run_id, log_level, message) values (:run, 'info', 'new')",
        set: "message = 'changed'",
    },
    Target {
        name: "tools",
        table: "tools",
        row: "tool_name = 'odoo'",
        insert: "(tool_name, version, docker_image) values ('new', '1', 'new:1')",
        set: "docker_image = 'changed'",
    },
    Target {
        name: "upgrade_advisories",
        table: "upgrade_advisories",
        row: "from_version = '18.0'",
        insert: "(from_version, to_version, severity, title, description) values ('1', '2', 'low', 'new', 'new')",
        set: "title = 'changed'",
    },
    Target {
        name: "project_memberships",
        table: "project_memberships",
        row: "project_id = :project and user_id = :colleague",
        insert: "(project_id, user_id, role) values (:project, :newcomer, 'developer')",
        set: "role = 'developer'",
    },
    Target {
        name: "environments",
        table: "environments",
        row: "project_id = :project and slug = 'dev'",
        insert: "(project_id, slug, name) values (:project, 'new', 'New')",
        set: "name = 'changed'",
    },
    Target {
        name: "run_queue",
        table: "run_queue",
        row: "run_id = :run",
        insert: "(run_id, project_id, created_at, priority) values (:project, :project, now(), 0)",
        set: "priority = 1",
    },
    Target {
        name: "project_queues",
        table: "project_queues",
        row: "project_id = :project",
        insert: "(project_id) values (:project) on conflict (project_id) do update set paused = false",
        set: "paused = true",
    },
    Target {
        name: "queue_lanes",
        table: "queue_lanes",
        row: "project_id = :project",
        insert: "(project_id, labels) values (:project, '{new}')",
        set: "labels = '{changed}'",
    },
    Target {
        name: "dead_letters",
        table: "dead_letters",
        row: "run_id = :run",
        insert: "(run_id, project_id, first_run_id, attempts, reason) values (:run, :project, :run, 1, 'failed')
                 on conflict (run_id) do update set attempts = 2",
        set: "attempts = 3",
    },
    Target { name: "workers", table: "workers", row: "id = 'w1'", insert: "(id) values ('new')", set: "slots = 2" },
    Target {
        name: "membership_of_owner",
        table: "project_memberships",
        row: "project_id = :project and role = 'owner'",
        insert: "(project_id, user_id, role) values (:project, :newcomer, 'owner')",
        set: "role = 'admin'",
    },
    Target {
        name: "own_membership",
        table: "project_memberships",
        row: "project_id = :project and user_id = ops.current_user_id()",
        insert: "",
        set: "role = 'owner'",
    },
];

const ACTORS: [&str; 8] = ["superuser", "owner", "admin", "developer", "viewer", "outsider", "anon", "service_role"];

/// The cells of the matrix, each line with its name.
fn matrix() -> Vec<(String, Vec<String>)> {
    let mut lines = MATRIX.lines().map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let head = lines.by_ref().find(|words| !words.is_empty()).unwrap();
    assert_eq!(head, ACTORS);
    lines
        .filter(|words| !words.is_empty())
        .map(|words| {
            assert_eq!(words.len(), 2 + ACTORS.len(), "{words:?}");
            (format!("{} {}", words[0], words[1]), words[2..].to_vec())
        })
        .collect()
}

/// The statement of a line, on a project's rows.
fn statement(line: &str, project: &Project) -> String {
    let (name, command) = line.split_once(' ').unwrap();
    let Target { table, row, insert, set, .. } = TARGETS.iter().find(|target| target.name == name).unwrap();
    let sql = match command {
        "select" => format!("select * from ops.{table} where {row}"),
        "insert" => format!("insert into ops.{table} {insert}"),
        "insert_returning" => format!("insert into ops.{table} {insert} returning *"),
        "update" => format!("update ops.{table} set {set} where {row}"),
        "delete" => format!("delete from ops.{table} where {row}"),
        "truncate" => format!("truncate ops.{table} cascade"),
        other => panic!("{other}"),
    };
    [
        (":project", project.id),
        (":idle_workflow", project.idle_workflow),
        (":workflow", project.workflow),
        (":run", project.run),
        (":colleague", COLLEAGUE),
        (":newcomer", NEWCOMER),
    ]
    .iter()
    .fold(sql, |sql, (name, id)| sql.replace(name, &format!("'{id}'")))
}

async fn act(client: &Client, actor: &str) {
    match actor {
        "superuser" => act_as_superuser(client).await,
        "owner" => act_as(client, OWNER).await,
        "admin" => act_as(client, ADMIN).await,
        "developer" => act_as(client, DEVELOPER).await,
        "viewer" => act_as(client, VIEWER).await,
        "outsider" => act_as(client, OUTSIDER).await,
        "anon" => become_role(client, "anon", r#"{"role": "anon"}"#).await,
        "service_role" => become_role(client, "service_role", r#"{"role": "service_role"}"#).await,
        other => panic!("{other}"),
    }
}

/// Carries out every line on a project's rows, as every actor, and says where the cells differ from what is expected.
async fn differences(project: &Project, expected: impl Fn(&[String], usize) -> String) -> Vec<String> {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let mut differences = Vec::new();
    for (column, actor) in ACTORS.into_iter().enumerate() {
        act(&client, actor).await;
        for (line, cells) in matrix() {
            let outcome = attempt(&client, &statement(&line, project)).await;
            let cell = match outcome {
                Outcome::Rows(_) if line.ends_with("truncate") => "done".to_owned(),
                ref outcome => outcome.cell(),
            };
            let expected = expected(&cells, column);
            if cell != expected {
                differences.push(format!("{line}: {actor}: expected {expected}, got {cell}: {outcome:?}"));
            }
        }
    }
    differences
}

#[tokio::test]
async fn every_cell_of_the_matrix() {
    let differences = differences(&ONE, |cells, column| cells[column].clone()).await;
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Project two is the outsider's. There the outsider has the owner's column, and the members of project one, whatever
/// they are at home, have the outsider's.
#[tokio::test]
async fn rights_end_at_the_border_of_the_project() {
    let differences = differences(&TWO, |cells, column| {
        let column = match ACTORS[column] {
            "outsider" => 1,
            "owner" | "admin" | "developer" | "viewer" => 5,
            _ => column,
        };
        cells[column].clone()
    })
    .await;
    assert!(differences.is_empty(), "{differences:#?}");
}

/// No line that nobody gets past: a refusal for want of the row or of a right statement would prove nothing.
#[test]
fn every_denial_has_a_control() {
    let matrix = matrix();
    for (line, cells) in &matrix {
        assert!(cells.iter().any(|cell| cell != "none" && cell != "42501"), "{line}: nobody gets past");
    }
    for table in TABLES {
        for command in ["select", "insert", "insert_returning", "update", "delete", "truncate"] {
            assert_eq!(matrix.iter().filter(|(line, _)| *line == format!("{table} {command}")).count(), 1);
        }
        let select = matrix.iter().find(|(line, _)| *line == format!("{table} select")).unwrap();
        assert_eq!(select.1[0], "1", "{table}: the superuser sees the row");
    }
}
