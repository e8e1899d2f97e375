//! `pgward environment`: where runs of a project go.

use super::context::Context;
use super::records::{print, print_one};
use super::run::{find_project, inserted};
use crate::base::{Exit, Result};
use crate::ops::list;

/// Make and list environments
#[derive(Debug, clap::Args)]
pub(super) struct Environment {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The environments of a project, or of all
    List {
        /// The project: its slug, workspace key or id
        project: Option<String>,
    },
    /// Make an environment
    Create {
        /// The project: its slug, workspace key or id
        project: String,
        /// Short name: dev, staging, prod
        slug: String,
        /// Name [default: the slug]
        #[arg(long)]
        name: Option<String>,
    },
}

impl Environment {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let session = context.connect().await?;
        match self.action {
            Action::List { project } => {
                let project = match project {
                    Some(name) => Some(find_project(&session, &name).await?),
                    None => None,
                };
                let query = "select e.id, p.slug as project, e.slug, e.name, e.description, e.created_at \
                             from ops.environments e join ops.projects p on p.id = e.project_id \
                             where $1::text is null or p.id = $1::text::uuid order by p.slug, e.slug";
                let environments = list(&session, query, &[&project]).await?;
                print(
                    context,
                    "environment",
                    "environments",
                    "environment",
                    environments,
                    &["project", "slug", "name"],
                )?;
            }
            Action::Create { project, slug, name } => {
                let id = find_project(&session, &project).await?;
                let name = name.unwrap_or_else(|| slug.clone());
                let insert = "insert into ops.environments as e (project_id, slug, name) values ($1::text::uuid, $2, $3) \
                              returning pg_catalog.jsonb_build_object('id', e.id, 'project_id', e.project_id, 'slug', e.slug, \
                              'name', e.name)";
                let made = inserted(&session, insert, &[&id, &slug, &name], "the environment can't be made").await?;
                print_one(
                    context,
                    "environment",
                    "environment",
                    made,
                    format!("made environment {slug} of {project}").into(),
                )?;
            }
        }
        Ok(Exit::Clean)
    }
}
