-- Formats, the state machine, and the indexes that the queue, the cleanup and the log search need.

-- Formats -------------------------------------------------------------------------------------------------------------

alter table ops.projects
  add constraint projects_workspace_key_format check (workspace_key ~ '^[a-z0-9_]{1,100}$'),
  add constraint projects_slug_format check (slug ~ '^[a-z0-9-]{1,100}$'),
  add constraint projects_odoo_version_format check (odoo_version ~ '^[0-9]+[.][0-9]+$');

-- What the functions ask of their arguments holds for rows that are written without them.
alter table ops.projects
  add constraint projects_name_check check (btrim(name) <> ''),
  add constraint projects_config_check check (jsonb_typeof(config) = 'object');
alter table ops.workflows
  add constraint workflows_config_check check (jsonb_typeof(config) = 'object');
alter table ops.runs
  add constraint runs_metadata_check check (jsonb_typeof(metadata) = 'object');
alter table ops.run_events
  add constraint run_events_payload_check check (jsonb_typeof(payload) = 'object');
alter table ops.run_artifacts
  add constraint run_artifacts_metadata_check check (jsonb_typeof(metadata) = 'object');
alter table ops.run_logs
  add constraint run_logs_metadata_check check (jsonb_typeof(metadata) = 'object');
alter table ops.tools
  add constraint tools_config_check check (jsonb_typeof(config) = 'object');

-- Keys of any length would not fit their index.
alter table ops.workflows
  add constraint workflows_name_check check (octet_length(name) between 1 and 1000);
alter table ops.tools
  add constraint tools_tool_name_check check (octet_length(tool_name) between 1 and 1000),
  add constraint tools_version_check check (octet_length(version) between 1 and 1000);
alter table ops.runs
  add constraint runs_idempotency_key_check check (octet_length(idempotency_key) between 1 and 1000);
alter table ops.run_artifacts
  add constraint run_artifacts_artifact_key_check check (octet_length(artifact_key) between 1 and 1000);

-- The state machine of a run ------------------------------------------------------------------------------------------
--
--   queued → claimed → running → succeeded | failed        and canceled from each of the first three
--
-- Asked only when the status changes: everything else about a live run may be updated at any time. Times that the
-- UPDATE leaves out are filled in, so that a plain "set status = …" satisfies the checks on the table.

create function ops.validate_run_status_transition() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if (old.status, new.status) not in (
    ('queued', 'claimed'), ('queued', 'canceled'),
    ('claimed', 'running'), ('claimed', 'canceled'),
    ('running', 'succeeded'), ('running', 'failed'), ('running', 'canceled')
  ) then
    raise exception 'a run cannot go from % to %', old.status, new.status
      using errcode = 'check_violation', schema = 'ops', table = 'runs', column = 'status',
            constraint = 'enforce_run_status_transition',
            hint = case when old.status in ('succeeded', 'failed', 'canceled')
                        then 'the run has ended; queue a new one'
                        else 'queued, claimed, running, then succeeded or failed; canceled from each of the first three'
                   end;
  end if;

  case new.status
    when 'claimed' then
      new.claimed_at := coalesce(new.claimed_at, now());
    when 'running' then
      new.started_at := coalesce(new.started_at, now());
    else
      new.finished_at := coalesce(new.finished_at, now());
      if new.status = 'succeeded' then
        new.exit_code := coalesce(new.exit_code, 0);
      end if;
  end case;
  return new;
end
$$;

comment on function ops.validate_run_status_transition() is 'Trigger: lets only the allowed changes of status pass';

create trigger enforce_run_status_transition before update on ops.runs
  for each row when (old.status is distinct from new.status)
  execute function ops.validate_run_status_transition();

comment on trigger enforce_run_status_transition on ops.runs is
  'queued → claimed → running → succeeded | failed, and canceled from each of the first three';

-- What a run is never changes; how it ended does not change after it has ended. Its metadata may.
create function ops.protect_run() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if (new.id, new.project_id, new.workflow_id, new.run_number, new.created_at)
     is distinct from (old.id, old.project_id, old.workflow_id, old.run_number, old.created_at) then
    raise exception 'a run keeps its id, project, workflow, number and time of creation'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_identity';
  end if;
  raise exception 'the outcome of a run is final: this one is %', old.status
    using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_outcome';
end
$$;

comment on function ops.protect_run() is 'Trigger: refuses to change what a run is, and how it ended';

create trigger protect_run_identity before update on ops.runs
  for each row when (
    (new.id, new.project_id, new.workflow_id, new.run_number, new.created_at)
    is distinct from (old.id, old.project_id, old.workflow_id, old.run_number, old.created_at)
  )
  execute function ops.protect_run();
create trigger protect_run_outcome before update on ops.runs
  for each row when (
    old.status in ('succeeded', 'failed', 'canceled')
    and (new.claimed_by, new.claimed_at, new.started_at, new.finished_at, new.exit_code, new.error_message)
        is distinct from
        (old.claimed_by, old.claimed_at, old.started_at, old.finished_at, old.exit_code, old.error_message)
  )
  execute function ops.protect_run();

revoke all on function ops.validate_run_status_transition(), ops.protect_run()
  from public, anon, authenticated, service_role;

-- Indexes -------------------------------------------------------------------------------------------------------------
--
-- One for each need. Keys serve the rest: a project's runs, newest first, are read backwards from
-- runs_project_id_run_number_key; a run's events and log from the index behind their foreign key.

-- The claim: its whole order, so that it costs the same for any length of queue.
create index runs_queue_idx on ops.runs (priority, created_at, id) where status = 'queued';

-- What workers hold. Small, since runs leave it when they end.
create index runs_in_flight_idx on ops.runs (claimed_at) where status in ('claimed', 'running');

-- Cleaning up asks for expires_at < now(); the predicate cannot, and need not.
create index run_artifacts_expires_at_idx on ops.run_artifacts (expires_at) where expires_at is not null;

-- Search in log messages: to_tsvector('english', left(message, 2000)) @@ … . The beginning of a message is searched and not
-- all of it: parsing takes a time that grows with the square of texts such as a_a_a_…, minutes for 100,000 characters,
-- and builds print what they like.
create index run_logs_message_fts_idx on ops.run_logs
  using gin (pg_catalog.to_tsvector('pg_catalog.english'::pg_catalog.regconfig, pg_catalog.left(message, 2000)));

create index upgrade_advisories_versions_idx on ops.upgrade_advisories (from_version, to_version);
