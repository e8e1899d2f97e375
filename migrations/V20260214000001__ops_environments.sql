-- Environments, and what a run knows of the commit that it is about: its reference for people, branch, commit.

create table ops.environments (
  id          uuid        not null default pg_catalog.gen_random_uuid(),
  project_id  uuid        not null,
  slug        text        not null,
  name        text        not null,
  description text,
  config      jsonb       not null default '{}',
  created_at  timestamptz not null default pg_catalog.now(),
  updated_at  timestamptz not null default pg_catalog.now(),
  constraint environments_pkey primary key (id),
  constraint environments_project_id_slug_key unique (project_id, slug),
  constraint environments_project_id_id_key unique (project_id, id),
  constraint environments_project_id_fkey foreign key (project_id) references ops.projects (id) on delete cascade,
  constraint environments_slug_format check (slug ~ '^[a-z0-9-]{1,100}$'),
  constraint environments_name_check check (btrim(name) <> ''),
  constraint environments_config_check check (jsonb_typeof(config) = 'object')
);

comment on table ops.environments is 'Where a project''s runs go: dev, staging, prod';
comment on column ops.environments.slug is 'Short name, unique in the project: dev, staging, prod';
comment on constraint environments_project_id_id_key on ops.environments is
  'Target of the foreign key that keeps a run and its environment in one project';

create trigger set_updated_at before update on ops.environments
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();

-- Runs ----------------------------------------------------------------------------------------------------------------

alter table ops.runs
  add column run_ref text,
  add column environment_id uuid,
  add column git_ref text,
  add column git_commit text,
  -- No cascade: an environment with runs is kept. Deleting the project takes both.
  add constraint runs_project_id_environment_id_fkey
    foreign key (project_id, environment_id) references ops.environments (project_id, id);

comment on column ops.runs.run_ref is 'Name for people and scripts: run-YYYYMMDD-HHMMSS-<first 7 of the commit>';
comment on column ops.runs.environment_id is 'Where the run goes, an environment of its project';
comment on column ops.runs.git_ref is 'Branch or tag that the run is about';
comment on column ops.runs.git_commit is 'Its commit, all 40 digits';

create unique index runs_run_ref_key on ops.runs (run_ref) where run_ref is not null;
create index runs_project_id_environment_id_idx on ops.runs (project_id, environment_id)
  where environment_id is not null;

-- Artifacts -----------------------------------------------------------------------------------------------------------

alter table ops.run_artifacts
  add column artifact_type text,
  add column digest text,
  add constraint run_artifacts_artifact_type_check
    check (artifact_type in ('image', 'sbom', 'logs', 'evidence', 'manifest')),
  add constraint run_artifacts_digest_format check (digest ~ '^sha256:[0-9a-f]{64}$');

comment on column ops.run_artifacts.artifact_type is 'image | sbom | logs | evidence | manifest';
comment on column ops.run_artifacts.digest is 'Of an image: sha256:<64 hexadecimal digits>';

-- Who sees and changes them -------------------------------------------------------------------------------------------

alter table ops.environments enable row level security;

create policy environments_select_member on ops.environments
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy environments_insert_developer on ops.environments
  for insert to authenticated
  with check (project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))));
create policy environments_update_developer on ops.environments
  for update to authenticated
  using (project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))))
  with check (project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))));
create policy environments_delete_admin on ops.environments
  for delete to authenticated
  using (project_id = any (array(select ops.my_project_ids('{owner,admin}'))));

comment on policy environments_select_member on ops.environments is 'Members see the environments of their projects';
comment on policy environments_insert_developer on ops.environments is 'Developers and above make environments';
comment on policy environments_update_developer on ops.environments is 'Developers and above change environments';
comment on policy environments_delete_admin on ops.environments is
  'Admins and owners delete environments; the foreign key keeps those that have runs';

revoke all on table ops.environments from public, anon, authenticated, service_role;
grant select, delete, insert (project_id, slug, name, description, config), update (slug, name, description, config)
  on table ops.environments to authenticated;
grant select, insert, update, delete on table ops.environments to service_role;
grant insert (environment_id, git_ref, git_commit) on table ops.runs to authenticated;
