-- What a step of a run costs.
--
-- Measured in processor instructions, a claim, a start and a completion together cost almost six times what three updates
-- of a bare table do. A fifth of that was asked anew of PostgreSQL by each statement though the functions of this schema
-- had answered it by their own WHERE: a check constraint and a trigger's condition, whose text is read each time. What held
-- before holds still, whoever changes a run; but it is asked where somebody other than the functions does.

-- What a status says about the other columns --------------------------------------------------------------------------
--
-- Asked by the triggers on ops.runs: of a new run by validate_run, of a change by guard_run.

-- pgward:allow LN064 guard_run and validate_run ask the same, under the same names
alter table ops.runs drop constraint runs_matches_status_check;

create or replace function ops.validate_run() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_broken text;
begin
  v_broken := case
    when new.run_number <= 0 then 'runs_run_number_check'
    when new.priority not between -100 and 100 then 'runs_priority_check'
    when jsonb_typeof(new.metadata) <> 'object' then 'runs_metadata_check'
    when octet_length(new.idempotency_key) not between 1 and 1000 then 'runs_idempotency_key_check'
    when array_position(new.labels, null) is not null or cardinality(new.labels) > 20
      or octet_length(new.labels::text) > 1000 then 'runs_labels_check'
    when not isfinite(new.run_after) then 'runs_run_after_check'
    when new.max_attempts not between 1 and 100 then 'runs_max_attempts_check'
    when new.attempt not between 1 and new.max_attempts then 'runs_attempt_check'
    when new.retry_delay_seconds not between 0 and 86400 then 'runs_retry_delay_seconds_check'
    when new.retry_of = new.id or (new.retry_of is not null and new.attempt = 1) then 'runs_retry_of_check'
    when new.run_ref !~ '^run-[0-9]{8}-[0-9]{6}-[0-9a-f]{7}$' then 'runs_run_ref_format'
    when octet_length(new.git_ref) not between 1 and 1000 then 'runs_git_ref_check'
    when new.git_commit !~ '^[0-9a-f]{40}$' then 'runs_git_commit_format'
  end;
  if v_broken is not null then
    raise exception 'new row for relation "runs" violates check constraint "%"', v_broken
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = v_broken;
  end if;
  if tg_op = 'INSERT' then
    new.changed_directly := false;
    perform ops.run_matches_status(new.status, new.claimed_by, new.claimed_at, new.started_at, new.finished_at,
                                   new.exit_code, new.error_message, new.reaped_at);
  end if;
  return new;
end
$$;

-- Who changes a run ---------------------------------------------------------------------------------------------------
--
-- A trigger's condition costs the less the shorter it is, and a function the less, the less it holds. So the two triggers
-- that every step passes hand whatever is not the functions' own to others, and the one that writes events is asked for by a
-- column.

alter table ops.runs add column changed_directly boolean not null default false;

comment on column ops.runs.changed_directly is
  'Whether the last step was a plain UPDATE, whose event a trigger wrote, and not one of the functions';

create function ops.guard_direct_change(p_old ops.runs, p_new ops.runs) returns ops.runs
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('ops.by_function', true) = 'on' then
    raise exception 'ops.by_function is for the functions of schema ops'
      using errcode = 'insufficient_privilege', schema = 'ops', table = 'runs', hint = 'reset ops.by_function';
  end if;

  p_new.changed_directly := p_new.status is distinct from p_old.status;
  if p_new.changed_directly then
    if (p_old.status, p_new.status) not in (
      ('queued', 'claimed'), ('queued', 'canceled'),
      ('claimed', 'running'), ('claimed', 'canceled'),
      ('running', 'succeeded'), ('running', 'failed'), ('running', 'canceled')
    ) then
      raise exception 'a run cannot go from % to %', p_old.status, p_new.status
        using errcode = 'check_violation', schema = 'ops', table = 'runs', column = 'status',
              constraint = 'enforce_run_status_transition',
              hint = case when p_old.status in ('succeeded', 'failed', 'canceled')
                          then 'the run has ended; queue a new one'
                          else 'queued, claimed, running, then succeeded or failed; canceled from each of the first three'
                     end;
    end if;
    -- Times that the UPDATE leaves out are filled in, so that a plain "set status = …" agrees with the status.
    case p_new.status
      when 'claimed' then
        p_new.claimed_at := coalesce(p_new.claimed_at, now());
        p_new.claim_number := ops.next_claim_token();
      when 'running' then
        p_new.started_at := coalesce(p_new.started_at, now());
      else
        p_new.finished_at := coalesce(p_new.finished_at, now());
        if p_new.status = 'succeeded' then
          p_new.exit_code := coalesce(p_new.exit_code, 0);
        end if;
    end case;
  end if;

  if (p_new.id, p_new.project_id, p_new.workflow_id, p_new.run_number, p_new.created_at, p_new.attempt, p_new.run_ref)
     is distinct from
     (p_old.id, p_old.project_id, p_old.workflow_id, p_old.run_number, p_old.created_at, p_old.attempt, p_old.run_ref) then
    raise exception 'a run keeps its id, project, workflow, number, time of creation, attempt and reference'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_identity';
  end if;
  if p_old.status in ('succeeded', 'failed', 'canceled')
     and (p_new.claimed_by, p_new.claimed_at, p_new.claim_number, p_new.started_at, p_new.finished_at, p_new.exit_code,
          p_new.error_message, p_new.reaped_at)
         is distinct from
         (p_old.claimed_by, p_old.claimed_at, p_old.claim_number, p_old.started_at, p_old.finished_at, p_old.exit_code,
          p_old.error_message, p_old.reaped_at) then
    raise exception 'the outcome of a run is final: this one is %', p_old.status
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_outcome';
  end if;
  perform ops.run_matches_status(p_new.status, p_new.claimed_by, p_new.claimed_at, p_new.started_at, p_new.finished_at,
                                 p_new.exit_code, p_new.error_message, p_new.reaped_at);

  if p_new is distinct from p_old then
    p_new.updated_at := now();
  end if;
  return p_new;
end
$$;

comment on function ops.guard_direct_change(ops.runs, ops.runs) is
  'Part of guard_run: lets only the allowed changes of status pass, and keeps what a run is and how it ended';

create or replace function ops.guard_run() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('ops.by_function', true) = 'on' and has_table_privilege(tg_relid, 'SELECT WITH GRANT OPTION') then
    return new;
  end if;
  return ops.guard_direct_change(old, new);
end
$$;

-- pgward:allow LN074 it is made anew by the next statement, in the same transaction
drop trigger record_status_change on ops.runs;
create trigger record_status_change after update on ops.runs
  for each row when (new.changed_directly)
  execute function ops.record_status_change();

-- Events --------------------------------------------------------------------------------------------------------------

create function ops.check_direct_event(p_event ops.run_events, p_relation oid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_broken text;
begin
  v_broken := case
    when p_event.event_type not in ('state_change', 'error', 'warning', 'info') then 'run_events_event_type_check'
    when jsonb_typeof(p_event.payload) <> 'object' then 'run_events_payload_check'
  end;
  if v_broken is not null then
    raise exception 'new row for relation "run_events" violates check constraint "%"', v_broken
      using errcode = 'check_violation', schema = 'ops', table = 'run_events', constraint = v_broken;
  end if;

  -- Depth 1 is the trigger on ops.run_events; the one on ops.runs would be around it.
  if p_event.event_type = 'state_change'
     and not (pg_trigger_depth() > 1
              and pg_has_role(current_user, (select c.relowner from pg_class c where c.oid = p_relation), 'usage')) then
    raise exception 'a state change is recorded by changing the run, not by inserting an event'
      using errcode = 'object_not_in_prerequisite_state', schema = 'ops', table = 'run_events',
            hint = 'use event_type info, warning or error';
  end if;
end
$$;

comment on function ops.check_direct_event(ops.run_events, oid) is
  'Part of protect_state_changes: what an event has to be that no function of this schema writes';

create or replace function ops.protect_state_changes() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if not (current_setting('ops.by_function', true) = 'on'
          and has_table_privilege(tg_relid, 'SELECT WITH GRANT OPTION')) is true then
    perform ops.check_direct_event(new, tg_relid);
  end if;
  return new;
end
$$;

-- Claim, start, complete ----------------------------------------------------------------------------------------------
--
-- The usual call of each is written out: a function that pins its search_path costs as much to call as an index lookup.
-- A row that is locked first is then found by its place. Where somebody changed it in between, it is not found there, and the
-- unusual call takes its turn.
-- The payload of its event is a constant but for the worker, and the answer is the row that the UPDATE gives back.

create function ops.step_payload(
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

comment on function ops.step_payload(text, text, text, integer, text) is 'Of the event that a step of a run is';

create or replace function ops.take_runs(
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

create or replace function ops.take_run(
  p_run_id        uuid,
  p_worker_id     text,
  p_lease_seconds integer,
  p_request_id    text
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lease constant timestamptz := now() + make_interval(secs => p_lease_seconds);
  v_token bigint;
  v_run   record;
begin
  perform from ops.runs r where r.id = p_run_id and r.status = 'queued' for no key update skip locked;
  if not found then
    return null;
  end if;
  v_token := nextval('ops.claim_tokens');
  update ops.runs r
  set status = 'claimed', claimed_by = p_worker_id, claimed_at = now(), claim_number = v_token, updated_at = now(),
      changed_directly = false
  where r.id = p_run_id
  returning r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata, r.attempt, r.max_attempts into v_run;
  insert into ops.run_events (run_id, event_type, message, payload)
  values (p_run_id, 'state_change', 'run claimed by ' || p_worker_id,
          ops.step_payload('queued', 'claimed', p_worker_id));
  update ops.run_queue q
  set in_flight = true, lease_expires_at = v_lease, lease_seconds = p_lease_seconds, claim_request = p_request_id
  where q.run_id = p_run_id;
  return jsonb_build_object(
    'run_id', p_run_id, 'project_id', v_run.project_id, 'workflow_id', v_run.workflow_id,
    'run_number', v_run.run_number, 'priority', v_run.priority, 'metadata', v_run.metadata, 'claimed_at', now(),
    'claim_token', v_token, 'lease_expires_at', v_lease, 'attempt', v_run.attempt, 'max_attempts', v_run.max_attempts
  );
end
$$;

-- Entries of rows that were claimed stay in the index until it is vacuumed, longer while an old snapshot is held, and
-- every claim would walk past all of them. When that was more than eight pages, the session remembers where it got to, and
-- begins there for 50 milliseconds, or one for each page, about ten times as long as the walk took; only then it begins at
-- the front again. So the order is exact while that is cheap, and a run that comes in ahead of all others waits a little
-- longer while it is not.
create or replace function ops.pick_runs(p_limit integer) returns uuid[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_index    constant oid := 'ops.run_queue_ready_idx'::regclass;
  v_hint     text := current_setting('ops.claim_hint', true);
  v_pages    bigint;
  v_until    timestamptz;
  v_priority integer := -1000;
  v_created  timestamptz := '-infinity';
  v_run_id   uuid := '00000000-0000-0000-0000-000000000000';
  v_ids      uuid[];
  v_special  boolean;
begin
  if v_hint <> '' and split_part(v_hint, '|', 1)::timestamptz > clock_timestamp() then
    v_until := split_part(v_hint, '|', 1)::timestamptz;
    v_priority := split_part(v_hint, '|', 2)::integer;
    v_created := split_part(v_hint, '|', 3)::timestamptz;
    v_run_id := split_part(v_hint, '|', 4)::uuid;
  end if;

  if v_until is null then
    v_pages := pg_stat_get_xact_blocks_fetched(v_index);
  end if;

  select array_agg(h.run_id order by h.priority, h.created_at, h.run_id),
         exists (select from ops.queue_lanes)
         or exists (select from ops.run_queue d where d.due_at <= now())
  into v_ids, v_special
  from (
    select q.run_id, q.priority, q.created_at
    from ops.run_queue q
    where q.lane_id is null and q.due_at is null and not q.in_flight
      and (q.priority, q.created_at, q.run_id) > (v_priority, v_created, v_run_id)
    order by q.priority, q.created_at, q.run_id
    limit p_limit
    for no key update skip locked
  ) h;

  if v_special or v_ids is null then
    return null;
  end if;
  v_pages := pg_stat_get_xact_blocks_fetched(v_index) - v_pages;
  if v_pages > 8 + p_limit / 50 then
    v_until := clock_timestamp() + greatest(v_pages * interval '1 ms', interval '50 ms');
    perform set_config('ops.claim_hint', concat_ws('|', v_until, q.priority, q.created_at, q.run_id), false)
    from ops.run_queue q
    where q.run_id = v_ids[cardinality(v_ids)];
  elsif v_until is null and v_hint <> '' then
    perform set_config('ops.claim_hint', '', false);
  end if;
  return v_ids;
end
$$;

create or replace function ops.claim_next_run(
  p_worker_id     text,
  p_labels        text[] default '{}',
  p_lease_seconds integer default 3600,
  p_request_id    text default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_hint     text := current_setting('ops.claim_hint', true);
  v_pages    bigint;
  v_until    timestamptz;
  v_lease    timestamptz;
  v_priority integer := -1000;
  v_created  timestamptz := '-infinity';
  v_run_id   uuid := '00000000-0000-0000-0000-000000000000';
  v_run      record;
  v_answer   jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;
  -- The usual call: the first of the common line, where that is all there is.
  if p_request_id is null and p_labels is not null and p_lease_seconds between 1 and 604800 then
    -- As ops.pick_runs does it.
    if v_hint <> '' then
      if split_part(v_hint, '|', 1)::timestamptz > clock_timestamp() then
        v_until := split_part(v_hint, '|', 1)::timestamptz;
        v_priority := split_part(v_hint, '|', 2)::integer;
        v_created := split_part(v_hint, '|', 3)::timestamptz;
        v_run_id := split_part(v_hint, '|', 4)::uuid;
      else
        v_hint := set_config('ops.claim_hint', '', false);
      end if;
    end if;
    v_pages := pg_stat_get_xact_blocks_fetched('ops.run_queue_ready_idx'::regclass);
    update ops.run_queue q
    set in_flight = true, lease_expires_at = now() + make_interval(secs => p_lease_seconds), lease_seconds = p_lease_seconds
    where q.ctid = (
      select h.ctid
      from ops.run_queue h
      where h.lane_id is null and h.due_at is null and not h.in_flight
        and (h.priority, h.created_at, h.run_id) > (v_priority, v_created, v_run_id)
      order by h.priority, h.created_at, h.run_id
      limit 1
      for no key update skip locked
    )
      and not exists (select from ops.queue_lanes)
      and not exists (select from ops.run_queue d where d.due_at <= now())
    returning q.priority, q.created_at, q.run_id, q.lease_expires_at into v_priority, v_created, v_run_id, v_lease;
    if found then
      if pg_stat_get_xact_blocks_fetched('ops.run_queue_ready_idx'::regclass) - v_pages > 8 and v_until is null then
        v_pages := pg_stat_get_xact_blocks_fetched('ops.run_queue_ready_idx'::regclass) - v_pages;
        v_until := clock_timestamp() + greatest(v_pages * interval '1 ms', interval '50 ms');
        v_hint := set_config('ops.claim_hint', concat_ws('|', v_until, v_priority, v_created, v_run_id), false);
      end if;
      -- Whoever has the run's row may want its queue row next: what somebody holds is skipped, never waited for.
      update ops.runs r
      set status = 'claimed', claimed_by = p_worker_id, claimed_at = now(), claim_number = nextval('ops.claim_tokens'),
          updated_at = now(), changed_directly = false
      where r.ctid = (
        select h.ctid from ops.runs h where h.id = v_run_id and h.status = 'queued' for no key update skip locked
      )
      returning true as success, r.id as run_id, r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata,
                r.claimed_at, r.claim_number as claim_token, v_lease as lease_expires_at, r.attempt, r.max_attempts
      into v_run;
      if found then
        insert into ops.run_events (run_id, event_type, message, payload)
        values (v_run_id, 'state_change', 'run claimed by ' || p_worker_id,
                case when current_setting('request.jwt.claims', true) <> ''
                       or current_setting('request.jwt.claim.sub', true) <> ''
                     then ops.step_payload('queued', 'claimed', p_worker_id)
                     else jsonb_set('{"previous_status": "queued", "new_status": "claimed", "worker_id": null, "exit_code": null,
                                      "error_message": null, "actor": null}',
                                    '{worker_id}', to_jsonb(p_worker_id)) end);
        return to_jsonb(v_run);
      end if;
      update ops.run_queue q
      set in_flight = false, lease_expires_at = null, lease_seconds = null
      where q.run_id = v_run_id;
    end if;
  end if;

  v_answer := ops.claim_next_runs(p_worker_id, 1, p_labels, p_lease_seconds, p_request_id);
  if not (v_answer ->> 'success')::boolean then
    return v_answer;
  elsif v_answer -> 'runs' = '[]' then
    return jsonb_build_object('success', true, 'run_id', null, 'message', 'no queued run');
  end if;
  return (v_answer - 'runs') || (v_answer -> 'runs' -> 0);
end
$$;

create or replace function ops.start_workflow_run(p_run_id uuid, p_worker_id text, p_claim_token bigint default null) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_answer  record;
  v_run     ops.runs;
  v_refusal jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  update ops.runs r
  set status = 'running', started_at = now(), updated_at = now(), changed_directly = false
  where r.id = p_run_id and r.status = 'claimed' and r.claimed_by = p_worker_id
    and (p_claim_token is null or r.claim_number = p_claim_token)
  returning true as success, r.id as run_id, r.status, r.started_at, false as already_started into v_answer;
  if found then
    insert into ops.run_events (run_id, event_type, message, payload)
    values (p_run_id, 'state_change', 'run started',
            case when current_setting('request.jwt.claims', true) <> ''
                       or current_setting('request.jwt.claim.sub', true) <> ''
                     then ops.step_payload('claimed', 'running', p_worker_id)
                 else jsonb_set('{"previous_status": "claimed", "new_status": "running", "worker_id": null, "exit_code": null,
                                  "error_message": null, "actor": null}',
                                '{worker_id}', to_jsonb(p_worker_id)) end);
    return to_jsonb(v_answer);
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  elsif v_run.status = 'running' then
    -- The same worker again: its first call arrived, the answer did not.
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'started_at', v_run.started_at, 'already_started', true);
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  end if;
  return jsonb_build_object('success', false, 'code', 'run_not_claimed',
                            'error', format('the run is %s, not claimed', v_run.status));
end
$$;

create or replace function ops.start_workflow_runs(p_run_ids uuid[], p_worker_id text, p_claim_tokens bigint[]) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_payload constant jsonb := ops.step_payload('claimed', 'running', p_worker_id);
  v_started uuid[];
  v_refused jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_run_ids is null or p_claim_tokens is null or cardinality(p_run_ids) <> cardinality(p_claim_tokens)
     or cardinality(p_run_ids) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_runs',
                              'error', 'at most 1000 runs, and a claim token for each of them');
  end if;

  with held as materialized (
    select r.ctid
    from unnest(p_run_ids, p_claim_tokens) s (id, token)
    join ops.runs r on r.id = s.id and r.claim_number = s.token
    where r.status = 'claimed' and r.claimed_by = p_worker_id
    order by r.id
    for no key update of r
  ),
  run as (
    update ops.runs r
    set status = 'running', started_at = now(), updated_at = now(), changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change', 'run started', v_payload
    from run
  )
  select coalesce(array_agg(run.id), '{}') into v_started from run;

  if cardinality(v_started) < cardinality(p_run_ids) then
    select jsonb_agg(a.answer || jsonb_build_object('run_id', s.id)) filter (where not (a.answer ->> 'success')::boolean)
    into v_refused
    from unnest(p_run_ids, p_claim_tokens) s (id, token),
         lateral (select ops.start_workflow_run(s.id, p_worker_id, s.token) as answer) a
    where s.id <> all (v_started);
  end if;
  return jsonb_build_object('success', true, 'started', cardinality(v_started), 'refused', coalesce(v_refused, '[]'));
end
$$;

create or replace function ops.end_attempt(
  p_run ops.runs, p_status text, p_exit_code integer, p_error_message text, p_reaped_at timestamptz
) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retry uuid;
begin
  update ops.runs r
  set status = p_status, finished_at = now(), exit_code = p_exit_code, error_message = p_error_message,
      reaped_at = p_reaped_at, updated_at = now(), changed_directly = false
  where r.id = p_run.id;
  if current_setting('ops.by_function', true) = 'on' then
    insert into ops.run_events (run_id, event_type, message, payload)
    values (
      p_run.id, 'state_change',
      case when p_reaped_at is not null then 'lease ran out: run ' || p_status
           else 'run ' || p_status || coalesce(' with exit code ' || p_exit_code, '') end,
      jsonb_build_object('previous_status', p_run.status, 'new_status', p_status, 'worker_id', p_run.claimed_by,
                         'exit_code', p_exit_code, 'error_message', p_error_message, 'actor', ops.current_user_id())
    );
    delete from ops.run_queue q where q.run_id = p_run.id;
  end if;
  perform ops.tell_waiters(p_run.id);

  if p_run.attempt < p_run.max_attempts then
    v_retry := ops.queue_retry(p_run, p_run.max_attempts,
                               least(86400, p_run.retry_delay_seconds * 2.0 ^ least(p_run.attempt - 1, 20)));
  end if;
  if v_retry is null and (p_run.max_attempts > 1 or p_reaped_at is not null) then
    insert into ops.dead_letters (run_id, project_id, first_run_id, attempts, reason, worker_id, exit_code, error_message)
    with recursive chain (id, retry_of, attempt) as (
      select p_run.id, p_run.retry_of, p_run.attempt
      union all
      select r.id, r.retry_of, r.attempt from chain c join ops.runs r on r.id = c.retry_of
    )
    select p_run.id, p_run.project_id, c.id, p_run.attempt,
           case when p_reaped_at is null then 'failed' else 'lease_expired' end,
           p_run.claimed_by, p_exit_code, p_error_message
    from chain c
    order by c.attempt
    limit 1
    on conflict do nothing;
  end if;
  return v_retry;
end
$$;

create or replace function ops.complete_workflow_run(
  p_run_id        uuid,
  p_exit_code     integer,
  p_error_message text default null,
  p_worker_id     text default null,
  p_claim_token   bigint default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_status  constant text := case when p_exit_code = 0 then 'succeeded' else 'failed' end;
  v_answer  record;
  v_payload jsonb;
  v_run     ops.runs;
  v_refusal jsonb;
  v_retry   uuid;
begin
  if p_exit_code is null then
    return jsonb_build_object('success', false, 'code', 'invalid_exit_code', 'error', 'an exit code is needed');
  elsif btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'the worker id is empty');
  end if;

  -- The usual call: nothing comes after this run.
  update ops.runs r
  set status = v_status, finished_at = now(), exit_code = p_exit_code, error_message = p_error_message,
      updated_at = now(), changed_directly = false
  where r.id = p_run_id and r.status = 'running'
    and (p_worker_id is null or r.claimed_by = p_worker_id)
    and (p_claim_token is null or r.claim_number = p_claim_token)
    and (p_exit_code = 0 or r.max_attempts = 1)
  returning true as success, r.id as run_id, r.status, r.finished_at, r.exit_code, false as already_completed
  into v_answer;
  if found then
    if current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
       or p_exit_code <> 0 or p_error_message is not null or p_worker_id is null then
      v_payload := ops.step_payload('running', v_status,
                                    coalesce(p_worker_id, (select r.claimed_by from ops.runs r where r.id = p_run_id)),
                                    p_exit_code, p_error_message);
    else
      v_payload := jsonb_set('{"previous_status": "running", "new_status": "succeeded", "worker_id": null, "exit_code": 0,
                               "error_message": null, "actor": null}',
                             '{worker_id}', to_jsonb(p_worker_id));
    end if;
    insert into ops.run_events (run_id, event_type, message, payload)
    values (p_run_id, 'state_change',
            case p_exit_code when 0 then 'run succeeded' else 'run failed with exit code ' || p_exit_code end,
            v_payload);
    delete from ops.run_queue q where q.run_id = p_run_id;
    -- As ops.tell_waiters does it, without the call.
    if not pg_try_advisory_xact_lock(uuid_hash_extended(p_run_id, 20260214)) then
      perform pg_notify('ops_run_ended', p_run_id::text);
    end if;
    return to_jsonb(v_answer);
  end if;

  -- A retry counts in the project, whose row is locked before the run's.
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if v_run.status = 'running' and p_exit_code <> 0 and v_run.attempt < v_run.max_attempts then
    perform from ops.projects p where p.id = v_run.project_id for no key update;
  end if;
  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if v_run.id is not null and p_worker_id is not null and v_run.claimed_by is distinct from p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is not claimed by this worker');
  end if;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
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

  v_retry := ops.end_attempt(v_run, 'failed', p_exit_code, p_error_message, null);
  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_status, 'finished_at', now(),
                            'exit_code', p_exit_code, 'already_completed', false, 'retry_run_id', v_retry);
end
$$;

create or replace function ops.complete_workflow_runs(p_worker_id text, p_results jsonb) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_succeeded constant jsonb := ops.step_payload('running', 'succeeded', p_worker_id, 0);
  v_done    uuid[];
  v_refused jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif jsonb_typeof(p_results) is distinct from 'array' or jsonb_array_length(p_results) > 1000
     or jsonb_path_exists(p_results, '$[*] ? (@.type() != "object" || !exists(@.run_id) || !exists(@.exit_code)
                                            || @.exit_code.type() != "number")') then
    return jsonb_build_object('success', false, 'code', 'invalid_results',
                              'error', 'results are an array of at most 1000 objects with run_id, claim_token, exit_code, error_message');
  end if;

  -- Retries count in their projects, whose rows are locked first, and in one order.
  if jsonb_path_exists(p_results, '$[*] ? (@.exit_code != 0)') then
    perform
    from ops.projects p
    where p.id in (
      select r.project_id
      from jsonb_to_recordset(p_results) s (run_id uuid, exit_code integer)
      join ops.runs r on r.id = s.run_id
      where s.exit_code <> 0 and r.status = 'running' and r.attempt < r.max_attempts
    )
    order by p.id
    for no key update;
  end if;

  with held as materialized (
    select r.ctid, s.exit_code, s.error_message
    from jsonb_to_recordset(p_results) s (run_id uuid, claim_token bigint, exit_code integer, error_message text)
    join ops.runs r on r.id = s.run_id and r.claim_number = s.claim_token
    where r.status = 'running' and r.claimed_by = p_worker_id and (s.exit_code = 0 or r.max_attempts = 1)
    order by r.id
    for no key update of r
  ),
  run as (
    update ops.runs r
    set status = case held.exit_code when 0 then 'succeeded' else 'failed' end, finished_at = now(),
        exit_code = held.exit_code, error_message = held.error_message, updated_at = now(),
        changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id, r.status, r.exit_code, r.error_message
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change',
           case run.exit_code when 0 then 'run succeeded' else 'run failed with exit code ' || run.exit_code end,
           case when run.exit_code = 0 and run.error_message is null then v_succeeded
                else ops.step_payload('running', run.status, p_worker_id, run.exit_code, run.error_message) end
    from run
  ),
  queue as (
    delete from ops.run_queue q using run where q.run_id = run.id
  )
  select coalesce(array_agg(run.id), '{}') into v_done from run;
  -- As ops.tell_waiters does it, without the calls.
  perform pg_notify('ops_run_ended', d.id::text)
  from unnest(v_done) d (id)
  where not pg_try_advisory_xact_lock(uuid_hash_extended(d.id, 20260214));

  -- One by one what is left: refused, said before, or to be retried.
  if cardinality(v_done) < jsonb_array_length(p_results) then
    select jsonb_agg(a.answer || jsonb_build_object('run_id', s.run_id)) filter (where not (a.answer ->> 'success')::boolean)
    into v_refused
    from (
      select s.* from jsonb_to_recordset(p_results) s (run_id uuid, claim_token bigint, exit_code integer, error_message text)
      where s.run_id <> all (v_done)
      order by s.run_id
    ) s,
    lateral (
      select ops.complete_workflow_run(s.run_id, s.exit_code, s.error_message, p_worker_id, s.claim_token) as answer
    ) a;
  end if;
  return jsonb_build_object('success', true, 'completed', cardinality(v_done), 'refused', coalesce(v_refused, '[]'));
end
$$;

-- These run as the owner and leave a run's event to the triggers, whatever the caller has set.
-- pgward:allow LN110 it is held to more than before
alter function ops.cancel_run(uuid, text) set ops.by_function = 'off';
-- pgward:allow LN110 it is held to more than before
alter function ops.reap_expired_runs(integer) set ops.by_function = 'off';

-- Who may call what ---------------------------------------------------------------------------------------------------

revoke all on function
  ops.guard_direct_change(ops.runs, ops.runs),
  ops.check_direct_event(ops.run_events, oid),
  ops.step_payload(text, text, text, integer, text)
  from public, anon, authenticated, service_role;

-- Triggers run as whoever changes a run or writes an event.
grant execute on function
  ops.guard_direct_change(ops.runs, ops.runs),
  ops.check_direct_event(ops.run_events, oid)
  to service_role;
