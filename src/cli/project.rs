//! `pgward project`: projects of the control plane, and how many runs of each may be in flight.

use super::context::Context;
use super::records::{print, print_one};
use super::run::{find_project, inserted};
use crate::base::{Exit, Result};
use crate::ops::{call, list};

/// Make and list projects, and set their limits
#[derive(Debug, clap::Args)]
pub(super) struct Project {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Every project, with its runs in flight and its limit
    List,
    /// Make a project
    Create {
        /// Short name for people and URLs: a-z, 0-9 and -
        slug: String,
        /// Name [default: the slug]
        #[arg(long)]
        name: Option<String>,
        /// Key for machines: a-z, 0-9 and _ [default: the slug, with _ for -]
        #[arg(long)]
        workspace_key: Option<String>,
        /// Target Odoo version
        #[arg(long, default_value = "19.0")]
        odoo_version: String,
        /// What it is
        #[arg(long)]
        description: Option<String>,
    },
    /// Set how many runs may be in flight, and pause or go on
    Limit {
        /// The project: its slug, workspace key or id
        project: String,
        /// Claimed and running at one time, at most; without it there is no limit
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=100_000))]
        max_running: Option<i32>,
        /// Give out no run of the project
        #[arg(long)]
        paused: bool,
    },
}

impl Project {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let session = context.connect().await?;
        match self.action {
            Action::List => {
                let query = "select p.id, p.slug, p.workspace_key, p.name, p.odoo_version, p.status, p.last_run_number, \
                             q.max_running, coalesce(q.paused, false) as paused, \
                             (select count(*) from ops.run_queue f where f.project_id = p.id and f.in_flight) as in_flight, \
                             p.created_at \
                             from ops.projects p left join ops.project_queues q on q.project_id = p.id order by p.slug";
                let projects = list(&session, query, &[]).await?;
                let columns = ["slug", "name", "odoo_version", "status", "in_flight", "max_running"];
                print(context, "project", "projects", "project", projects, &columns)?;
            }
            Action::Create { slug, name, workspace_key, odoo_version, description } => {
                let name = name.unwrap_or_else(|| slug.clone());
                let key = workspace_key.unwrap_or_else(|| slug.replace('-', "_"));
                let insert = "insert into ops.projects as p (workspace_key, slug, name, odoo_version, description) \
                              values ($1, $2, $3, $4, $5) \
                              returning pg_catalog.jsonb_build_object('id', p.id, 'slug', p.slug, 'workspace_key', p.workspace_key, \
                              'name', p.name, 'odoo_version', p.odoo_version, 'status', p.status)";
                let project = inserted(
                    &session,
                    insert,
                    &[&key, &slug, &name, &odoo_version, &description],
                    "the project can't be made",
                )
                .await?;
                print_one(context, "project", "project", project, format!("made project {slug}").into())?;
            }
            Action::Limit { project, max_running, paused } => {
                let id = find_project(&session, &project).await?;
                let set = "set_project_queue($1::text::uuid, $2::int4, $3::bool)";
                let done = call(&session, set, &[&id, &max_running, &paused]).await?.done()?;
                let limit = max_running.map_or("without limit".to_owned(), |n| format!("at most {n} in flight"));
                let state = if paused { "paused" } else { "open" };
                print_one(context, "project", "limit", done, format!("{project} is {state}, {limit}").into())?;
            }
        }
        Ok(Exit::Clean)
    }
}
