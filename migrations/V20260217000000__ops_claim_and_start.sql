-- A batch that is claimed and started in one call.
--
-- Claimed and running are two states so that a worker that dies in between is told from one that died at work. A worker that
-- claims ten runs at once mostly starts them at once, and paid for it: a commit, and each run's row locked and written once
-- more. Both events are written here, and a run is never seen in between.

create function ops.take_runs(
  p_run_ids       uuid[],
  p_worker_id     text,
  p_lease_seconds integer,
  p_request_id    text,
  p_start         boolean
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lease    constant timestamptz := now() + make_interval(secs => p_lease_seconds);
  v_messages text[] := array['run claimed by ' || p_worker_id];
  v_payloads jsonb[] := array[ops.step_payload('queued', 'claimed', p_worker_id)];
  v_runs     jsonb;
begin
  if p_start then
    v_messages := v_messages || 'run started'::text;
    v_payloads := v_payloads || ops.step_payload('claimed', 'running', p_worker_id);
  end if;

  with held as materialized (
    select r.ctid
    from ops.runs r
    where r.id = any (p_run_ids) and r.status = 'queued'
    for no key update skip locked
  ),
  run as (
    update ops.runs r
    set status = case when p_start then 'running' else 'claimed' end, claimed_by = p_worker_id, claimed_at = now(),
        started_at = case when p_start then now() end, claim_number = nextval('ops.claim_tokens'), updated_at = now(),
        changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id as run_id, r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata, r.claimed_at,
              r.claim_number as claim_token, v_lease as lease_expires_at, r.attempt, r.max_attempts
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.run_id, 'state_change', step.message, step.payload
    from run, unnest(v_messages, v_payloads) step (message, payload)
  ),
  queue as (
    update ops.run_queue q
    set in_flight = true, lease_expires_at = v_lease, lease_seconds = p_lease_seconds, claim_request = p_request_id
    from run
    where q.run_id = run.run_id
  )
  select jsonb_agg(run order by array_position(p_run_ids, run.run_id))
  into v_runs
  from run;
  return v_runs;
end
$$;

comment on function ops.take_runs(uuid[], text, integer, text, boolean) is
  'Part of a claim: runs that the caller has picked become its own, and start where that is asked for';

create function ops.claim_batch(
  p_worker_id     text,
  p_limit         integer,
  p_labels        text[],
  p_lease_seconds integer,
  p_request_id    text,
  p_start         boolean
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
set jit = off
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_ids  uuid[];
  v_runs jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_limit is null or p_limit not between 1 and 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is between 1 and 1000');
  elsif p_labels is null or array_position(p_labels, null) is not null then
    return jsonb_build_object('success', false, 'code', 'invalid_labels', 'error', 'labels are words, none of them null');
  elsif p_lease_seconds is null or p_lease_seconds not between 1 and 604800 then
    return jsonb_build_object('success', false, 'code', 'invalid_lease',
                              'error', 'a lease is between a second and a week');
  elsif octet_length(p_request_id) not between 1 and 200 then
    return jsonb_build_object('success', false, 'code', 'invalid_request_id', 'error', 'a request id has 1 to 200 bytes');
  end if;

  if p_request_id is not null then
    -- The same request again waits for the first, and is answered what that one got and still has.
    perform pg_advisory_xact_lock(hashtextextended(p_worker_id || ' ' || p_request_id, 20260214));
    select jsonb_agg(
             jsonb_build_object(
               'run_id', r.id, 'project_id', r.project_id, 'workflow_id', r.workflow_id, 'run_number', r.run_number,
               'priority', r.priority, 'metadata', r.metadata, 'claimed_at', r.claimed_at,
               'claim_token', r.claim_number, 'lease_expires_at', q.lease_expires_at, 'attempt', r.attempt,
               'max_attempts', r.max_attempts
             )
             order by r.priority, r.created_at, r.id
           )
    into v_runs
    from ops.run_queue q
    join ops.runs r on r.id = q.run_id
    where q.claim_request = p_request_id and q.in_flight and r.claimed_by = p_worker_id;
    if v_runs is not null then
      return jsonb_build_object('success', true, 'runs', v_runs, 'repeated', true);
    end if;
  end if;

  v_ids := ops.pick_runs(p_limit);
  if v_ids is not null then
    v_runs := ops.take_runs(v_ids, p_worker_id, p_lease_seconds, p_request_id, p_start);
  end if;
  if v_runs is not null then
    return jsonb_build_object('success', true, 'runs', v_runs, 'started', p_start);
  end if;
  v_runs := ops.claim_runs(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id);
  return jsonb_build_object('success', true, 'runs', v_runs);
end
$$;

comment on function ops.claim_batch(text, integer, text[], integer, text, boolean) is
  'What claim_next_runs and claim_and_start_runs have in common; "started" where nothing is left to be started';

create or replace function ops.claim_next_runs(
  p_worker_id     text,
  p_limit         integer default 1,
  p_labels        text[] default '{}',
  p_lease_seconds integer default 3600,
  p_request_id    text default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
as $$
begin
  return ops.claim_batch(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id, false) - 'started';
end
$$;

create function ops.claim_and_start_runs(
  p_worker_id     text,
  p_limit         integer default 1,
  p_labels        text[] default '{}',
  p_lease_seconds integer default 3600,
  p_request_id    text default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
as $$
declare
  v_answer  jsonb := ops.claim_batch(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id, true);
  v_refused jsonb;
begin
  if v_answer ? 'started' or coalesce(v_answer -> 'runs', '[]') = '[]' then
    return v_answer - 'started';
  end if;

  -- From lanes, or what was given before and may have been canceled meanwhile.
  select ops.start_workflow_runs(array_agg((run ->> 'run_id')::uuid), p_worker_id,
                                 array_agg((run ->> 'claim_token')::bigint)) -> 'refused'
  into v_refused
  from jsonb_array_elements(v_answer -> 'runs') run;
  if v_refused <> '[]' then
    v_answer := jsonb_set(v_answer, '{runs}', coalesce((
      select jsonb_agg(run order by n)
      from jsonb_array_elements(v_answer -> 'runs') with ordinality r (run, n)
      where not v_refused @> jsonb_build_array(jsonb_build_object('run_id', run -> 'run_id'))
    ), '[]'));
  end if;
  return v_answer;
end
$$;

comment on function ops.claim_and_start_runs(text, integer, text[], integer, text) is
  'As claim_next_runs, and each run is running: claim and start in one commit';

-- A claim of the former text that is under way at this moment fails, once, and is rolled back.
drop function ops.take_runs(uuid[], text, integer, text);

-- Looking for the user begins a subtransaction; where no request has a user there is no need to look.
create or replace function ops.step_payload(
  p_previous_status text,
  p_new_status      text,
  p_worker_id       text,
  p_exit_code       integer default null,
  p_error_message   text default null
) returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'previous_status', p_previous_status, 'new_status', p_new_status, 'worker_id', p_worker_id,
    'exit_code', p_exit_code, 'error_message', p_error_message,
    'actor', case when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
                  then ops.current_user_id() end
  );
end
$$;

revoke all on function
  ops.take_runs(uuid[], text, integer, text, boolean),
  ops.claim_batch(text, integer, text[], integer, text, boolean),
  ops.claim_and_start_runs(text, integer, text[], integer, text)
  from public, anon, authenticated, service_role;

grant execute on function ops.claim_and_start_runs(text, integer, text[], integer, text) to service_role;
