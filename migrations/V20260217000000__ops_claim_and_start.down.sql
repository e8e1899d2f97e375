-- As the migrations before have them.

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
  return jsonb_build_object('previous_status', p_previous_status, 'new_status', p_new_status, 'worker_id', p_worker_id,
                            'exit_code', p_exit_code, 'error_message', p_error_message, 'actor', ops.current_user_id());
end
$$;

create function ops.take_runs(
  p_run_ids       uuid[],
  p_worker_id     text,
  p_lease_seconds integer,
  p_request_id    text
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lease   constant timestamptz := now() + make_interval(secs => p_lease_seconds);
  v_payload constant jsonb := ops.step_payload('queued', 'claimed', p_worker_id);
  v_runs    jsonb;
begin
  with held as materialized (
    select r.ctid
    from ops.runs r
    where r.id = any (p_run_ids) and r.status = 'queued'
    for no key update skip locked
  ),
  run as (
    update ops.runs r
    set status = 'claimed', claimed_by = p_worker_id, claimed_at = now(), claim_number = nextval('ops.claim_tokens'),
        updated_at = now(), changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id as run_id, r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata, r.claimed_at,
              r.claim_number as claim_token, v_lease as lease_expires_at, r.attempt, r.max_attempts
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.run_id, 'state_change', 'run claimed by ' || p_worker_id, v_payload
    from run
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

comment on function ops.take_runs(uuid[], text, integer, text) is 'Part of a claim: runs that the caller has picked become its own';

revoke all on function ops.take_runs(uuid[], text, integer, text) from public, anon, authenticated, service_role;

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
set enable_seqscan = off
set enable_sort = off
set jit = off
set ops.by_function = 'on'
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
    v_runs := ops.take_runs(v_ids, p_worker_id, p_lease_seconds, p_request_id);
  end if;
  if v_runs is null then
    v_runs := ops.claim_runs(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id);
  end if;
  return jsonb_build_object('success', true, 'runs', v_runs);
end
$$;

drop function ops.claim_and_start_runs(text, integer, text[], integer, text);
drop function ops.claim_batch(text, integer, text[], integer, text, boolean);
drop function ops.take_runs(uuid[], text, integer, text, boolean);
