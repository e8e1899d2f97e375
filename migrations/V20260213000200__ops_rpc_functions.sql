-- What workers and users call, who is calling, and the events that every change of status leaves behind.
--
-- Every function but list_queued_runs, which returns rows, answers one JSON object:
--   {"success": true, ...}  or  {"success": false, "code": "<stable word>", "error": "<sentence>"}
-- Wrong arguments and states are answers, not errors.
--
-- Worker functions are security definer: a worker's login needs EXECUTE and no right to any table.
-- User functions are security invoker where row level security can decide alone.

-- Who is calling ------------------------------------------------------------------------------------------------------

-- PostgREST puts the verified claims into request.jwt.claims; before version 9 it set request.jwt.claim.sub.
-- Where the claims are set they decide alone. Claims that are no JSON, or name no uuid, mean nobody.
create function ops.current_user_id() returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_claims text := nullif(current_setting('request.jwt.claims', true), '');
begin
  if v_claims is not null then
    return nullif(v_claims::jsonb ->> 'sub', '')::uuid;
  end if;
  return nullif(current_setting('request.jwt.claim.sub', true), '')::uuid;
exception
  when data_exception or program_limit_exceeded then
    return null;
end
$$;

comment on function ops.current_user_id() is 'The user that the request''s JWT names; null for nobody';

create function ops.current_user_role(p_project_id uuid) returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.role
  from ops.project_memberships m
  where m.project_id = p_project_id and m.user_id = ops.current_user_id()
$$;

comment on function ops.current_user_role(uuid) is 'The calling user''s role in a project; null for a stranger';

-- Every change of status leaves an event ------------------------------------------------------------------------------
--
-- A trigger and not the functions below, so that a status changed by a plain UPDATE is recorded too. A run's events,
-- replayed in the order of seq, always end in its status: whoever changes the status holds the lock on the row.

create function ops.record_status_change() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into ops.run_events (run_id, event_type, message, payload)
  values (
    new.id,
    'state_change',
    case new.status
      when 'queued' then 'run queued'
      when 'claimed' then format('run claimed by %s', new.claimed_by)
      when 'running' then 'run started'
      when 'succeeded' then 'run succeeded'
      when 'failed' then 'run failed' || coalesce(' with exit code ' || new.exit_code, '')
      when 'canceled' then 'run canceled'
    end,
    jsonb_build_object(
      'previous_status', case tg_op when 'UPDATE' then old.status end,
      'new_status', new.status,
      'worker_id', new.claimed_by,
      'exit_code', new.exit_code,
      'error_message', new.error_message,
      'actor', ops.current_user_id()
    )
  );
  return null;
end
$$;

comment on function ops.record_status_change() is 'Trigger: writes the state_change event of every new status';

create trigger record_first_status after insert on ops.runs
  for each row execute function ops.record_status_change();
create trigger record_status_change after update on ops.runs
  for each row when (old.status is distinct from new.status) execute function ops.record_status_change();

-- For workers ---------------------------------------------------------------------------------------------------------

-- The lock is the weakest that excludes another claim: it does not collide with the key locks of foreign keys.
create function ops.claim_next_run(p_worker_id text) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ops.runs;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  update ops.runs r
  set status = 'claimed', claimed_by = p_worker_id, claimed_at = now()
  where r.id = (
    select q.id
    from ops.runs q
    where q.status = 'queued'
    order by q.priority, q.created_at, q.id
    limit 1
    for no key update skip locked
  )
  returning r.* into v_run;

  if not found then
    return jsonb_build_object('success', true, 'run_id', null, 'message', 'no queued run');
  end if;

  return jsonb_build_object(
    'success', true,
    'run_id', v_run.id,
    'project_id', v_run.project_id,
    'workflow_id', v_run.workflow_id,
    'run_number', v_run.run_number,
    'priority', v_run.priority,
    'metadata', v_run.metadata,
    'claimed_at', v_run.claimed_at
  );
end
$$;

comment on function ops.claim_next_run(text) is
  'Gives the first queued run to a worker, no run to two; run_id is null when the queue is empty';

create function ops.start_workflow_run(p_run_id uuid, p_worker_id text) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ops.runs;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.claimed_by <> p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is claimed by another worker');
  elsif v_run.status = 'running' then
    -- The same worker again: its first call arrived, the answer did not.
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'started_at', v_run.started_at, 'already_started', true);
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  elsif v_run.status <> 'claimed' then
    return jsonb_build_object('success', false, 'code', 'run_not_claimed',
                              'error', format('the run is %s, not claimed', v_run.status));
  end if;

  update ops.runs r set status = 'running', started_at = now() where r.id = p_run_id;

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'running',
                            'started_at', now(), 'already_started', false);
end
$$;

comment on function ops.start_workflow_run(uuid, text) is 'The worker that claimed a run begins it';

create function ops.complete_workflow_run(
  p_run_id uuid,
  p_exit_code integer,
  p_error_message text default null,
  p_worker_id text default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run    ops.runs;
  v_status text := case when p_exit_code = 0 then 'succeeded' else 'failed' end;
begin
  if p_exit_code is null then
    return jsonb_build_object('success', false, 'code', 'invalid_exit_code', 'error', 'an exit code is needed');
  elsif btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'the worker id is empty');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif p_worker_id is not null and v_run.claimed_by is distinct from p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is not claimed by this worker');
  elsif v_run.status in ('succeeded', 'failed') then
    if v_run.exit_code is distinct from p_exit_code or v_run.error_message is distinct from p_error_message then
      return jsonb_build_object('success', false, 'code', 'completion_conflict',
                                'error', format('the run already %s with another result', v_run.status),
                                'status', v_run.status, 'finished_at', v_run.finished_at,
                                'exit_code', v_run.exit_code);
    end if;
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'finished_at', v_run.finished_at, 'exit_code', v_run.exit_code,
                              'already_completed', true);
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  elsif v_run.status <> 'running' then
    return jsonb_build_object('success', false, 'code', 'run_not_running',
                              'error', format('the run is %s, not running', v_run.status));
  end if;

  update ops.runs r
  set status = v_status, finished_at = now(), exit_code = p_exit_code, error_message = p_error_message
  where r.id = p_run_id;

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_status, 'finished_at', now(),
                            'exit_code', p_exit_code, 'already_completed', false);
end
$$;

comment on function ops.complete_workflow_run(uuid, integer, text, text) is
  'Ends a running run: succeeded for exit code 0, else failed; said again, answers the recorded result';

-- The key share lock is the one that the foreign key takes anyway; it keeps the run from vanishing in between.
create function ops.append_run_log(
  p_run_id uuid,
  p_level text,
  p_message text,
  p_metadata jsonb default '{}'
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_line ops.run_logs;
begin
  if p_level is null or p_level not in ('debug', 'info', 'warn', 'error') then
    return jsonb_build_object('success', false, 'code', 'invalid_log_level',
                              'error', 'the log level is one of debug, info, warn, error');
  elsif p_message is null then
    return jsonb_build_object('success', false, 'code', 'invalid_message', 'error', 'a message is needed');
  elsif jsonb_typeof(p_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  perform from ops.runs r where r.id = p_run_id for key share;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  end if;

  insert into ops.run_logs as l (run_id, log_level, message, metadata)
  values (p_run_id, p_level, p_message, coalesce(p_metadata, '{}'))
  returning l.* into v_line;

  return jsonb_build_object('success', true, 'log_id', v_line.id, 'seq', v_line.seq,
                            'timestamp', v_line."timestamp");
end
$$;

comment on function ops.append_run_log(uuid, text, text, jsonb) is 'Adds a line to a run''s log';

create function ops.add_run_artifact(
  p_run_id uuid,
  p_artifact_key text,
  p_artifact_url text,
  p_content_type text default null,
  p_size_bytes bigint default null,
  p_checksum text default null,
  p_expires_at timestamptz default null,
  p_metadata jsonb default '{}'
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_metadata constant jsonb := coalesce(p_metadata, '{}');
  v_id       uuid;
  v_created  boolean;
begin
  if p_artifact_key is null or btrim(p_artifact_key) = '' or octet_length(p_artifact_key) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_artifact_key',
                              'error', 'an artifact key of at most 1000 bytes is needed');
  elsif p_artifact_url is null or btrim(p_artifact_url) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_artifact_url', 'error', 'an artifact url is needed');
  elsif p_size_bytes < 0 then
    return jsonb_build_object('success', false, 'code', 'invalid_size', 'error', 'the size is negative');
  elsif jsonb_typeof(v_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  perform from ops.runs r where r.id = p_run_id for key share;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  end if;

  insert into ops.run_artifacts as a
    (run_id, artifact_key, artifact_url, content_type, size_bytes, checksum, expires_at, metadata)
  values
    (p_run_id, p_artifact_key, p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata)
  on conflict (run_id, artifact_key) do nothing
  returning a.id into v_id;
  v_created := found;

  if not v_created then
    update ops.run_artifacts a
    set artifact_url = p_artifact_url, content_type = p_content_type, size_bytes = p_size_bytes,
        checksum = p_checksum, expires_at = p_expires_at, metadata = v_metadata
    where a.run_id = p_run_id and a.artifact_key = p_artifact_key
      and (a.artifact_url, a.content_type, a.size_bytes, a.checksum, a.expires_at, a.metadata)
          is distinct from (p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata)
    returning a.id into v_id;
    if not found then
      -- The same artifact said twice: nothing to write, nothing to report.
      select a.id into v_id
      from ops.run_artifacts a
      where a.run_id = p_run_id and a.artifact_key = p_artifact_key;
      return jsonb_build_object('success', true, 'artifact_id', v_id, 'created', false);
    end if;
  end if;

  insert into ops.run_events (run_id, event_type, message, payload)
  values (
    p_run_id, 'info',
    format(case when v_created then 'artifact added: %s' else 'artifact replaced: %s' end, p_artifact_key),
    jsonb_build_object('artifact_key', p_artifact_key, 'artifact_id', v_id)
  );

  return jsonb_build_object('success', true, 'artifact_id', v_id, 'created', v_created);
end
$$;

comment on function ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb) is
  'Records an output of a run; said again for the same key, replaces it';

-- The trigger on ops.run_events asks for the setting. An error in between takes it back with all else. What others hold is
-- skipped: waiting for a run that is being deleted, which takes the same events along, could end in a deadlock.
create function ops.purge_run_events(p_finished_before timestamptz, p_limit integer default 10000) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_deleted bigint;
begin
  if p_finished_before is null or not isfinite(p_finished_before) then
    return jsonb_build_object('success', false, 'code', 'invalid_time', 'error', 'a time is needed');
  elsif p_limit is null or p_limit < 1 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is at least 1');
  end if;

  perform set_config('ops.purging_run_events', 'on', true);
  delete from ops.run_events d
  where d.id in (
    select e.id
    from ops.run_events e
    join ops.runs r on r.id = e.run_id
    where r.finished_at < p_finished_before
    limit p_limit
    for key share of r skip locked
    for update of e skip locked
  );
  get diagnostics v_deleted = row_count;
  perform set_config('ops.purging_run_events', 'off', true);

  return jsonb_build_object('success', true, 'deleted', v_deleted);
end
$$;

comment on function ops.purge_run_events(timestamptz, integer) is
  'Retention: deletes events of runs that ended before a time, at most so many; events of live runs stay';

-- For users -----------------------------------------------------------------------------------------------------------

-- Security definer, because a project can only be made together with its first owner.
create function ops.create_project(
  p_workspace_key text,
  p_slug text,
  p_name text,
  p_odoo_version text,
  p_description text default null,
  p_config jsonb default '{}'
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user       constant uuid := ops.current_user_id();
  v_project_id uuid;
  v_constraint text;
begin
  if v_user is null then
    return jsonb_build_object('success', false, 'code', 'not_authenticated',
                              'error', 'only a signed-in user creates a project');
  elsif p_workspace_key is null or p_workspace_key !~ '^[a-z0-9_]{1,100}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_workspace_key',
                              'error', 'a workspace key is 1 to 100 of a-z, 0-9 and _');
  elsif p_slug is null or p_slug !~ '^[a-z0-9-]{1,100}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_slug', 'error', 'a slug is 1 to 100 of a-z, 0-9 and -');
  elsif p_name is null or btrim(p_name) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_name', 'error', 'a name is needed');
  elsif p_odoo_version is null or p_odoo_version !~ '^[0-9]+[.][0-9]+$' then
    return jsonb_build_object('success', false, 'code', 'invalid_odoo_version',
                              'error', 'an Odoo version looks like 19.0');
  elsif jsonb_typeof(p_config) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_config', 'error', 'config is a JSON object');
  end if;

  insert into ops.projects as p (workspace_key, slug, name, odoo_version, description, config)
  values (p_workspace_key, p_slug, p_name, p_odoo_version, p_description, coalesce(p_config, '{}'))
  returning p.id into v_project_id;

  insert into ops.project_memberships (project_id, user_id, role)
  values (v_project_id, v_user, 'owner');

  return jsonb_build_object('success', true, 'project_id', v_project_id, 'role', 'owner');
exception
  when unique_violation then
    get stacked diagnostics v_constraint = constraint_name;
    if v_constraint = 'projects_slug_key' then
      return jsonb_build_object('success', false, 'code', 'slug_taken', 'error', 'another project has this slug');
    end if;
    return jsonb_build_object('success', false, 'code', 'workspace_key_taken',
                              'error', 'another project has this workspace key');
  when foreign_key_violation then
    return jsonb_build_object('success', false, 'code', 'user_not_found', 'error', 'there is no such user');
end
$$;

comment on function ops.create_project(text, text, text, text, text, jsonb) is
  'Makes a project and its caller the owner, in one step';

-- Security invoker: row level security and column grants decide who may queue what. Those it lets through without
-- asking, like service_role, need no membership.
create function ops.enqueue_run(
  p_project_id uuid,
  p_workflow_id uuid,
  p_idempotency_key text default null,
  p_priority integer default 0,
  p_metadata jsonb default '{}'
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run        ops.runs;
  v_created    boolean := false;
  v_constraint text;
begin
  if p_idempotency_key = '' or octet_length(p_idempotency_key) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_idempotency_key',
                              'error', 'an idempotency key has 1 to 1000 bytes');
  elsif p_priority is null or p_priority not between -100 and 100 then
    return jsonb_build_object('success', false, 'code', 'invalid_priority',
                              'error', 'a priority is between -100 and 100');
  elsif jsonb_typeof(p_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  perform from ops.workflows w where w.id = p_workflow_id and w.project_id = p_project_id;
  if not found then
    return jsonb_build_object('success', false, 'code', 'workflow_not_found',
                              'error', 'there is no such workflow in the project');
  end if;

  if p_idempotency_key is not null then
    select r.* into v_run
    from ops.runs r
    where r.project_id = p_project_id and r.idempotency_key = p_idempotency_key;
  end if;

  if v_run.id is null then
    insert into ops.runs as r (project_id, workflow_id, idempotency_key, priority, metadata)
    values (p_project_id, p_workflow_id, p_idempotency_key, p_priority, coalesce(p_metadata, '{}'))
    on conflict do nothing
    returning r.* into v_run;
    v_created := found;

    if not v_created then
      -- Another call with the same key came first.
      select r.* into v_run
      from ops.runs r
      where r.project_id = p_project_id and r.idempotency_key = p_idempotency_key;
    end if;
  end if;

  if v_run.workflow_id <> p_workflow_id then
    return jsonb_build_object('success', false, 'code', 'idempotency_key_taken',
                              'error', 'the idempotency key belongs to a run of another workflow',
                              'run_id', v_run.id);
  end if;

  return jsonb_build_object(
    'success', true,
    'created', v_created,
    'run_id', v_run.id,
    'project_id', v_run.project_id,
    'workflow_id', v_run.workflow_id,
    'run_number', v_run.run_number,
    'status', v_run.status,
    'priority', v_run.priority,
    'created_at', v_run.created_at
  );
exception
  when insufficient_privilege then
    return jsonb_build_object('success', false, 'code', 'not_permitted',
                              'error', 'your role in the project does not allow to queue this run');
  when foreign_key_violation then
    -- It was deleted, or its project was, since it was looked for.
    return jsonb_build_object('success', false, 'code', 'workflow_not_found',
                              'error', 'there is no such workflow in the project');
  when check_violation then
    get stacked diagnostics v_constraint = constraint_name;
    if v_constraint = 'runs_project_is_active' then
      return jsonb_build_object('success', false, 'code', 'project_archived', 'error', 'the project is archived');
    elsif v_constraint = 'runs_workflow_is_enabled' then
      return jsonb_build_object('success', false, 'code', 'workflow_disabled', 'error', 'the workflow is disabled');
    end if;
    raise;
end
$$;

comment on function ops.enqueue_run(uuid, uuid, text, integer, jsonb) is
  'Queues a run; with an idempotency key that was used before, answers the run that it made then';

-- Security definer, because users have no right to update a run. Whoever has it, like service_role, needs no
-- membership. The setting "role" still names the caller here, while current_user is this function's owner.
create function ops.cancel_run(p_run_id uuid, p_reason text default null) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller  constant name := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  v_trusted constant boolean := has_table_privilege(v_caller, 'ops.runs', 'UPDATE');
  v_run     ops.runs;
  v_role    text;
begin
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if found and not v_trusted then
    v_role := ops.current_user_role(v_run.project_id);
  end if;
  if v_run.id is null or not (v_trusted or v_role is not null) then
    -- A stranger learns no more than that.
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif not v_trusted and v_role not in ('owner', 'admin', 'developer') then
    return jsonb_build_object('success', false, 'code', 'not_permitted',
                              'error', 'your role in the project does not allow to cancel runs');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'finished_at', v_run.finished_at, 'already_canceled', true);
  elsif v_run.status in ('succeeded', 'failed') then
    return jsonb_build_object('success', false, 'code', 'run_finished',
                              'error', format('the run already %s', v_run.status), 'status', v_run.status);
  end if;

  update ops.runs r
  set status = 'canceled', finished_at = now(), error_message = p_reason
  where r.id = p_run_id;

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'canceled',
                            'finished_at', now(), 'already_canceled', false);
end
$$;

comment on function ops.cancel_run(uuid, text) is 'Ends a run that is queued, claimed or running as canceled';

-- Security invoker: each caller sees the runs that row level security shows.
create function ops.list_queued_runs()
returns table (
  run_id uuid,
  project_id uuid,
  workflow_id uuid,
  run_number integer,
  status text,
  created_at timestamptz,
  claimed_by text,
  claimed_at timestamptz,
  priority integer
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.id, r.project_id, r.workflow_id, r.run_number, r.status, r.created_at, r.claimed_by, r.claimed_at, r.priority
  from ops.runs r
  where r.status = 'queued'
  union all
  select r.id, r.project_id, r.workflow_id, r.run_number, r.status, r.created_at, r.claimed_by, r.claimed_at, r.priority
  from ops.runs r
  where r.status = 'claimed'
  order by priority, created_at, id
$$;

comment on function ops.list_queued_runs() is 'Queued and claimed runs in the order of the queue, of the projects the caller sees';

-- Who may call what ---------------------------------------------------------------------------------------------------

revoke all on function
  ops.current_user_id(),
  ops.current_user_role(uuid),
  ops.record_status_change(),
  ops.claim_next_run(text),
  ops.start_workflow_run(uuid, text),
  ops.complete_workflow_run(uuid, integer, text, text),
  ops.append_run_log(uuid, text, text, jsonb),
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb),
  ops.purge_run_events(timestamptz, integer),
  ops.create_project(text, text, text, text, text, jsonb),
  ops.enqueue_run(uuid, uuid, text, integer, jsonb),
  ops.cancel_run(uuid, text),
  ops.list_queued_runs()
  from public, anon, authenticated, service_role;

grant execute on function
  ops.current_user_id(),
  ops.current_user_role(uuid),
  ops.create_project(text, text, text, text, text, jsonb),
  ops.enqueue_run(uuid, uuid, text, integer, jsonb),
  ops.cancel_run(uuid, text),
  ops.list_queued_runs()
  to authenticated, service_role;

grant execute on function
  ops.claim_next_run(text),
  ops.start_workflow_run(uuid, text),
  ops.complete_workflow_run(uuid, integer, text, text),
  ops.append_run_log(uuid, text, text, jsonb),
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb),
  ops.purge_run_events(timestamptz, integer)
  to service_role;
