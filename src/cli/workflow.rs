//! `pgward workflow`: what runs of a project do.

use super::context::Context;
use super::records::{print, print_one};
use super::run::{find_project, inserted};
use crate::base::{Exit, Result};
use crate::ops::list;

/// Make and list workflows
#[derive(Debug, clap::Args)]
pub(super) struct Workflow {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The workflows of a project, or of all
    List {
        /// The project: its slug, workspace key or id
        project: Option<String>,
    },
    /// Make a workflow
    Create {
        /// The project: its slug, workspace key or id
        project: String,
        /// What it does
        #[arg(value_parser = ["build", "test", "deploy", "backup", "upgrade"])]
        workflow_type: String,
        /// Its name, unique among those of the type
        name: String,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
    },
}

impl Workflow {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let session = context.connect().await?;
        match self.action {
            Action::List { project } => {
                let project = match project {
                    Some(name) => Some(find_project(&session, &name).await?),
                    None => None,
                };
                let query = "select w.id, p.slug as project, w.workflow_type, w.name, w.enabled, w.git_ref, w.git_commit, \
                             w.description, w.created_at \
                             from ops.workflows w join ops.projects p on p.id = w.project_id \
                             where $1::text is null or p.id = $1::text::uuid order by p.slug, w.workflow_type, w.name";
                let workflows = list(&session, query, &[&project]).await?;
                let columns = ["project", "workflow_type", "name", "enabled"];
                print(context, "workflow", "workflows", "workflow", workflows, &columns)?;
            }
            Action::Create { project, workflow_type, name, description } => {
                let id = find_project(&session, &project).await?;
                let insert = "insert into ops.workflows as w (project_id, workflow_type, name, description) \
                              values ($1::text::uuid, $2, $3, $4) \
                              returning pg_catalog.jsonb_build_object('id', w.id, 'project_id', w.project_id, \
                              'workflow_type', w.workflow_type, 'name', w.name, 'enabled', w.enabled)";
                let made = inserted(
                    &session,
                    insert,
                    &[&id, &workflow_type, &name, &description],
                    "the workflow can't be made",
                )
                .await?;
                print_one(context, "workflow", "workflow", made, format!("made workflow {name} of {project}").into())?;
            }
        }
        Ok(Exit::Clean)
    }
}
