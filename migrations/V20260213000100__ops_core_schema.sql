-- The nine tables of the OdooOps control plane, and what keeps each row true by itself.
--
-- Functions pin search_path, with pg_temp last: left out, pg_temp would be searched first, for type names too. Rights are
-- taken from everyone at creation, because default privileges may have given some; the row level security migration
-- grants what each role needs.

-- 1. Projects ---------------------------------------------------------------------------------------------------------

create table ops.projects (
  id              uuid        not null default pg_catalog.gen_random_uuid(),
  workspace_key   text        not null,
  slug            text        not null,
  name            text        not null,
  description     text,
  odoo_version    text        not null,
  status          text        not null default 'active',
  config          jsonb       not null default '{}',
  last_run_number integer     not null default 0,
  created_at      timestamptz not null default pg_catalog.now(),
  updated_at      timestamptz not null default pg_catalog.now(),
  constraint projects_pkey primary key (id),
  constraint projects_workspace_key_key unique (workspace_key),
  constraint projects_slug_key unique (slug),
  constraint projects_status_check check (status in ('active', 'archived')),
  constraint projects_last_run_number_check check (last_run_number >= 0)
);

comment on table ops.projects is 'Workspace containers: all that belongs to one Odoo project';
comment on column ops.projects.workspace_key is 'Unique key of the workspace, for machines, e.g. ipai_workspace';
comment on column ops.projects.slug is 'Unique short name, for people and URLs';
comment on column ops.projects.odoo_version is 'Target Odoo version, e.g. 19.0';
comment on column ops.projects.status is 'active | archived; an archived project takes no new runs';
comment on column ops.projects.last_run_number is 'Number of the newest run; counted up by the trigger that numbers runs';

-- 2. Workflows --------------------------------------------------------------------------------------------------------

create table ops.workflows (
  id            uuid        not null default pg_catalog.gen_random_uuid(),
  project_id    uuid        not null,
  workflow_type text        not null,
  name          text        not null,
  description   text,
  enabled       boolean     not null default true,
  git_ref       text,
  git_commit    text,
  config        jsonb       not null default '{}',
  created_at    timestamptz not null default pg_catalog.now(),
  updated_at    timestamptz not null default pg_catalog.now(),
  constraint workflows_pkey primary key (id),
  constraint workflows_project_id_workflow_type_name_key unique (project_id, workflow_type, name),
  constraint workflows_project_id_id_key unique (project_id, id),
  constraint workflows_project_id_fkey foreign key (project_id) references ops.projects (id) on delete cascade,
  constraint workflows_workflow_type_check check (workflow_type in ('build', 'test', 'deploy', 'backup', 'upgrade'))
);

comment on table ops.workflows is 'Workflow definitions: what a run of a project does';
comment on column ops.workflows.workflow_type is 'build | test | deploy | backup | upgrade';
comment on column ops.workflows.enabled is 'A disabled workflow takes no new runs; runs already queued stay queued';
comment on column ops.workflows.git_ref is 'Branch or tag';
comment on column ops.workflows.git_commit is 'Commit SHA, for reproducible runs';
comment on constraint workflows_project_id_id_key on ops.workflows is
  'Target of the foreign key that keeps a run and its workflow in one project';

-- 3. Runs -------------------------------------------------------------------------------------------------------------

create table ops.runs (
  id              uuid        not null default pg_catalog.gen_random_uuid(),
  project_id      uuid        not null,
  workflow_id     uuid        not null,
  run_number      integer     not null,
  idempotency_key text,
  priority        integer     not null default 0,
  status          text        not null default 'queued',
  claimed_by      text,
  claimed_at      timestamptz,
  started_at      timestamptz,
  finished_at     timestamptz,
  exit_code       integer,
  error_message   text,
  metadata        jsonb       not null default '{}',
  created_at      timestamptz not null default pg_catalog.now(),
  updated_at      timestamptz not null default pg_catalog.now(),
  constraint runs_pkey primary key (id),
  constraint runs_project_id_run_number_key unique (project_id, run_number),
  constraint runs_project_id_fkey foreign key (project_id) references ops.projects (id) on delete cascade,
  -- No cascade: a workflow with runs is disabled, not deleted. Deleting the project still takes both.
  constraint runs_project_id_workflow_id_fkey
    foreign key (project_id, workflow_id) references ops.workflows (project_id, id),
  constraint runs_run_number_check check (run_number > 0),
  constraint runs_priority_check check (priority between -100 and 100),
  constraint runs_status_check
    check (status in ('queued', 'claimed', 'running', 'succeeded', 'failed', 'canceled')),
  -- What each status implies. These hold for any UPDATE, whoever writes it.
  constraint runs_claim_matches_status_check check (
    (claimed_by is null) = (claimed_at is null)
    and claimed_by is distinct from ''
    and case
      when status = 'queued' then claimed_at is null
      when status = 'canceled' then true
      else claimed_at is not null
    end
  ),
  constraint runs_start_matches_status_check check (
    case
      when status in ('queued', 'claimed') then started_at is null
      when status = 'canceled' then started_at is null or claimed_at is not null
      else started_at is not null
    end
  ),
  constraint runs_finish_matches_status_check check (
    (finished_at is not null) = (status in ('succeeded', 'failed', 'canceled'))
  ),
  constraint runs_exit_code_matches_status_check check (
    case status
      when 'succeeded' then exit_code is not distinct from 0
      when 'failed' then exit_code is distinct from 0
      else exit_code is null
    end
  ),
  constraint runs_error_message_matches_status_check check (error_message is null or finished_at is not null)
);

comment on table ops.runs is 'The queue: each run of a workflow, from queued to its end';
comment on column ops.runs.run_number is 'Counts from 1 in each project, without gaps';
comment on column ops.runs.idempotency_key is 'Chosen by the client; unique in the project, so that a repeated request queues one run';
comment on column ops.runs.priority is 'Lower goes first, like nice: -100 to 100, 0 unless told otherwise';
comment on column ops.runs.status is 'queued | claimed | running | succeeded | failed | canceled';
comment on column ops.runs.claimed_by is 'The worker that claimed the run';
comment on column ops.runs.error_message is 'Why the run failed, or was canceled';

-- 4. Events -----------------------------------------------------------------------------------------------------------

create table ops.run_events (
  id         uuid        not null default pg_catalog.gen_random_uuid(),
  seq        bigint      not null generated always as identity,
  run_id     uuid        not null,
  event_type text        not null,
  message    text        not null,
  payload    jsonb       not null default '{}',
  created_at timestamptz not null default pg_catalog.now(),
  constraint run_events_pkey primary key (id),
  constraint run_events_run_id_fkey foreign key (run_id) references ops.runs (id) on delete cascade,
  constraint run_events_event_type_check check (event_type in ('state_change', 'error', 'warning', 'info'))
);

comment on table ops.run_events is 'What happened to each run; append-only';
comment on column ops.run_events.seq is 'Order of a run''s events, also of those with the same time';
comment on column ops.run_events.event_type is 'state_change | error | warning | info';
comment on column ops.run_events.payload is 'Details; of a state_change: previous_status, new_status, worker_id, exit_code, error_message, actor';

-- 5. Artifacts --------------------------------------------------------------------------------------------------------

create table ops.run_artifacts (
  id           uuid        not null default pg_catalog.gen_random_uuid(),
  run_id       uuid        not null,
  artifact_key text        not null,
  artifact_url text        not null,
  content_type text,
  size_bytes   bigint,
  checksum     text,
  expires_at   timestamptz,
  metadata     jsonb       not null default '{}',
  created_at   timestamptz not null default pg_catalog.now(),
  constraint run_artifacts_pkey primary key (id),
  constraint run_artifacts_run_id_artifact_key_key unique (run_id, artifact_key),
  constraint run_artifacts_run_id_fkey foreign key (run_id) references ops.runs (id) on delete cascade,
  constraint run_artifacts_size_bytes_check check (size_bytes >= 0)
);

comment on table ops.run_artifacts is 'Where the outputs of each run are stored';
comment on column ops.run_artifacts.artifact_key is 'Key in the object store, unique in the run';
comment on column ops.run_artifacts.checksum is 'For verifying the content, e.g. sha256:…';
comment on column ops.run_artifacts.expires_at is 'When cleaning up may delete the artifact; null keeps it';

-- 6. Logs -------------------------------------------------------------------------------------------------------------

create table ops.run_logs (
  id          uuid        not null default pg_catalog.gen_random_uuid(),
  seq         bigint      not null generated always as identity,
  run_id      uuid        not null,
  log_level   text        not null,
  message     text        not null,
  metadata    jsonb       not null default '{}',
  "timestamp" timestamptz not null default pg_catalog.clock_timestamp(),
  constraint run_logs_pkey primary key (id),
  constraint run_logs_run_id_fkey foreign key (run_id) references ops.runs (id) on delete cascade,
  constraint run_logs_log_level_check check (log_level in ('debug', 'info', 'warn', 'error'))
);

comment on table ops.run_logs is 'Structured log lines of each run';
comment on column ops.run_logs.seq is 'Order of a run''s lines, also of those with the same time';
comment on column ops.run_logs.log_level is 'debug | info | warn | error';

-- 7. Tools ------------------------------------------------------------------------------------------------------------

create table ops.tools (
  id           uuid        not null default pg_catalog.gen_random_uuid(),
  tool_name    text        not null,
  version      text        not null,
  docker_image text        not null,
  config       jsonb       not null default '{}',
  created_at   timestamptz not null default pg_catalog.now(),
  updated_at   timestamptz not null default pg_catalog.now(),
  constraint tools_pkey primary key (id),
  constraint tools_tool_name_version_key unique (tool_name, version)
);

comment on table ops.tools is 'Docker images of the tools that runs use';
comment on column ops.tools.docker_image is 'Full image reference, e.g. odoo:19.0';

-- 8. Upgrade advisories -----------------------------------------------------------------------------------------------

create table ops.upgrade_advisories (
  id              uuid        not null default pg_catalog.gen_random_uuid(),
  from_version    text        not null,
  to_version      text        not null,
  severity        text        not null,
  title           text        not null,
  description     text        not null,
  migration_guide text,
  affects_modules text[],
  created_at      timestamptz not null default pg_catalog.now(),
  updated_at      timestamptz not null default pg_catalog.now(),
  constraint upgrade_advisories_pkey primary key (id),
  constraint upgrade_advisories_severity_check check (severity in ('low', 'medium', 'high', 'critical'))
);

comment on table ops.upgrade_advisories is 'What breaks between two Odoo versions';
comment on column ops.upgrade_advisories.severity is 'low | medium | high | critical';
comment on column ops.upgrade_advisories.migration_guide is 'Markdown, or a URL';

-- 9. Memberships ------------------------------------------------------------------------------------------------------

create table ops.project_memberships (
  id         uuid        not null default pg_catalog.gen_random_uuid(),
  project_id uuid        not null,
  user_id    uuid        not null,
  role       text        not null,
  created_at timestamptz not null default pg_catalog.now(),
  updated_at timestamptz not null default pg_catalog.now(),
  constraint project_memberships_pkey primary key (id),
  constraint project_memberships_project_id_user_id_key unique (project_id, user_id),
  constraint project_memberships_project_id_fkey
    foreign key (project_id) references ops.projects (id) on delete cascade,
  constraint project_memberships_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade,
  constraint project_memberships_role_check check (role in ('owner', 'admin', 'developer', 'viewer'))
);

comment on table ops.project_memberships is 'Who may do what in which project';
comment on column ops.project_memberships.role is 'owner | admin | developer | viewer';

-- Indexes behind foreign keys that no key of the table begins with ----------------------------------------------------

create index runs_project_id_workflow_id_idx on ops.runs (project_id, workflow_id);
create index run_events_run_id_seq_idx on ops.run_events (run_id, seq);
create index run_logs_run_id_seq_idx on ops.run_logs (run_id, seq);
create index project_memberships_user_id_idx on ops.project_memberships (user_id);

-- Only the runs that have a key: no transition of another run touches it. Unique in the project, not over all of them,
-- which would let one project find out another's keys, and take them.
create unique index runs_project_id_idempotency_key_key on ops.runs (project_id, idempotency_key)
  where idempotency_key is not null;

-- updated_at ----------------------------------------------------------------------------------------------------------

create function ops.set_updated_at() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

comment on function ops.set_updated_at() is 'Trigger: keeps updated_at';

-- Numbering a run is no change of its project.
create trigger set_updated_at before update on ops.projects
  for each row when (old.* is distinct from new.* and old.last_run_number = new.last_run_number)
  execute function ops.set_updated_at();
create trigger set_updated_at before update on ops.workflows
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();
create trigger set_updated_at before update on ops.runs
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();
create trigger set_updated_at before update on ops.tools
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();
create trigger set_updated_at before update on ops.upgrade_advisories
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();
create trigger set_updated_at before update on ops.project_memberships
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();

-- A run begins queued, with the next number of its project ------------------------------------------------------------
--
-- Counting up locks the project's row until the end of the transaction: numbers are given out in the order of commits,
-- and rolling back a run rolls back the count, so none is lost. Whoever inserts runs of several projects in one
-- transaction should take the projects in one order, or PostgreSQL may have to break a deadlock.
--
-- A row that ON CONFLICT is about to skip must not be counted. Under the project's lock nobody else adds a run to it,
-- and the key share lock waits for a deletion in progress, so asking for the conflicting row gives a true answer.
--
-- Security definer: whoever may insert a run needs no right to update its project. This refuses nothing that would tell
-- a stranger about a project; row level security and the foreign keys come after it, and do.

create function ops.number_run() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status is distinct from 'queued' then
    raise exception 'a run begins as queued, not as %', coalesce(new.status, 'null')
      using errcode = 'check_violation', schema = 'ops', table = 'runs', column = 'status';
  end if;

  select p.last_run_number + 1 into new.run_number
  from ops.projects p
  where p.id = new.project_id
  for no key update;
  if not found then
    new.run_number := 1;  -- never stored: the foreign key refuses the row
    return new;
  end if;

  perform from ops.runs r where r.id = new.id for key share;
  if found then
    return new;  -- never stored, so not counted: the primary key refuses the row
  end if;
  if new.idempotency_key is not null then
    perform from ops.runs r
    where r.project_id = new.project_id and r.idempotency_key = new.idempotency_key
    for key share;
    if found then
      return new;  -- likewise, by the unique index
    end if;
  end if;

  update ops.projects p set last_run_number = new.run_number where p.id = new.project_id;
  return new;
end
$$;

comment on function ops.number_run() is 'Trigger: a run begins queued, with the next number of its project';

create trigger number_run before insert on ops.runs
  for each row execute function ops.number_run();

-- No new runs where there should be none ------------------------------------------------------------------------------
--
-- Asked once, when a run is queued, and not at each claim: a claim that skips runs walks past all of them every time.
-- After the row, so that row level security and the foreign keys have spoken first.

create function ops.admit_run() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ops.projects p where p.id = new.project_id and p.status = 'archived') then
    raise exception 'the project is archived and takes no new runs'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'runs_project_is_active';
  end if;
  if exists (select from ops.workflows w where w.id = new.workflow_id and not w.enabled) then
    raise exception 'the workflow is disabled and takes no new runs'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'runs_workflow_is_enabled';
  end if;
  return null;
end
$$;

comment on function ops.admit_run() is 'Trigger: an archived project and a disabled workflow take no new runs';

create trigger admit_run after insert on ops.runs
  for each row execute function ops.admit_run();

-- Events are append-only ----------------------------------------------------------------------------------------------
--
-- Two ways out, both narrow. Deleting a run takes its events along: then, and only then, an event has no run any more.
-- And retention deletes old events through ops.purge_run_events, which carries the setting asked for here. The setting
-- alone opens nothing: no API role has the right to DELETE.
--
-- State changes are written by the trigger on ops.runs, so that they replay to a run's status. Nobody adds one by hand,
-- nor by a trigger on a table of their own: the one on ops.runs is a security definer, so within it the current user is
-- the owner. That is why the function that asks for it must not be one.

create function ops.protect_state_changes() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Depth 1 is this trigger itself; the trigger on ops.runs would be around it.
  if pg_trigger_depth() > 1
     and pg_has_role(current_user, (select c.relowner from pg_class c where c.oid = tg_relid), 'usage') then
    return new;
  end if;
  raise exception 'a state change is recorded by changing the run, not by inserting an event'
    using errcode = 'object_not_in_prerequisite_state', schema = 'ops', table = 'run_events',
          hint = 'use event_type info, warning or error';
end
$$;

comment on function ops.protect_state_changes() is 'Trigger: only the trigger on runs writes state changes';

create function ops.protect_run_events() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE'
     and (current_setting('ops.purging_run_events', true) = 'on'
          or not exists (select from ops.runs r where r.id = old.run_id)) then
    return old;
  end if;

  raise exception 'ops.run_events is append-only: % refused', lower(tg_op)
    using errcode = 'object_not_in_prerequisite_state', schema = 'ops', table = 'run_events',
          hint = 'old events are deleted by ops.purge_run_events, or with their run';
end
$$;

comment on function ops.protect_run_events() is 'Trigger: keeps run_events append-only';

create trigger protect_state_changes before insert on ops.run_events
  for each row when (new.event_type = 'state_change') execute function ops.protect_state_changes();
create trigger protect_rows before update or delete on ops.run_events
  for each row execute function ops.protect_run_events();
create trigger protect_table before truncate on ops.run_events
  for each statement execute function ops.protect_run_events();

-- Nobody has rights yet -----------------------------------------------------------------------------------------------

revoke all on table
  ops.projects, ops.workflows, ops.runs, ops.run_events, ops.run_artifacts, ops.run_logs, ops.tools,
  ops.upgrade_advisories, ops.project_memberships
  from public, anon, authenticated, service_role;
revoke all on sequence ops.run_events_seq_seq, ops.run_logs_seq_seq from public, anon, authenticated, service_role;
revoke all on function
  ops.set_updated_at(), ops.number_run(), ops.admit_run(), ops.protect_state_changes(), ops.protect_run_events()
  from public, anon, authenticated, service_role;
