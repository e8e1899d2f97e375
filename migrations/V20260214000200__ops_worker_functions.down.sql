drop function ops.report_worker(text, text[], integer);
drop function ops.get_claimed_run(uuid, text, bigint);
drop function ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb, text, text, bigint);
drop function ops.append_run_logs(uuid, jsonb, bigint);
drop function ops.append_run_log(uuid, text, text, jsonb, bigint);
drop function ops.complete_workflow_runs(text, jsonb);
drop function ops.complete_workflow_run(uuid, integer, text, text, bigint);
drop function ops.heartbeat_run(uuid, text, bigint, integer);
drop function ops.start_workflow_runs(uuid[], text, bigint[]);
drop function ops.start_workflow_run(uuid, text, bigint);
drop function ops.end_attempt(ops.runs, text, integer, text, timestamptz);
drop function ops.queue_retry(ops.runs, integer, double precision);
drop function ops.next_run_ref(text);
drop function ops.tell_waiters(uuid);
drop function ops.output_refusal(ops.runs, bigint);
drop function ops.refusal(ops.runs, text, bigint);
drop function ops.claim_next_run(text, text[], integer, text);
drop function ops.claim_next_runs(text, integer, text[], integer, text);
drop function ops.pick_runs(integer);
drop function ops.claim_runs(text, integer, text[], integer, text);
drop function ops.refile_runs(integer);
drop function ops.promote_due_runs(integer);
drop function ops.take_run(uuid, text, integer, text);
drop function ops.take_runs(uuid[], text, integer, text);

-- As the second migration has them.

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

revoke all on function
  ops.claim_next_run(text),
  ops.start_workflow_run(uuid, text),
  ops.complete_workflow_run(uuid, integer, text, text),
  ops.append_run_log(uuid, text, text, jsonb),
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  ops.claim_next_run(text),
  ops.start_workflow_run(uuid, text),
  ops.complete_workflow_run(uuid, integer, text, text),
  ops.append_run_log(uuid, text, text, jsonb),
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb)
  to service_role;
