-- What workers call, with leases and fencing.
--
-- Every claim writes a number that grows and is never given out again, the claim_token, and a time until which the worker
-- need not be heard of. Whoever passes the token to start, heartbeat, log, artifact or complete is refused with the code
-- stale_claim once the run is no longer that claim's. The calls of before, without a token, work as before.
--
-- Answers are as before: {"success": true, ...} or {"success": false, "code": "<stable word>", "error": "<sentence>"}.
--
-- Each step changes the run, writes its event and keeps its queue row; ops.by_function tells the triggers so. For one run
-- these are statements of their own, which PostgreSQL begins faster than one that holds them all; for several they are one.
-- They take the run's row first, or skip what others hold.

drop function ops.claim_next_run(text);
drop function ops.start_workflow_run(uuid, text);
drop function ops.complete_workflow_run(uuid, integer, text, text);
drop function ops.append_run_log(uuid, text, text, jsonb);
drop function ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb);

-- Claiming ------------------------------------------------------------------------------------------------------------

-- Takes runs whose queue rows the caller holds. Those whose own row is held by somebody, or that are queued no more, are
-- left out. Null when none is left.
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
  v_actor constant uuid := case
    when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
    then ops.current_user_id()
  end;
  v_lease constant timestamptz := now() + make_interval(secs => p_lease_seconds);
  v_runs  jsonb;
begin
  with held as materialized (
    select r.id
    from ops.runs r
    where r.id = any (p_run_ids) and r.status = 'queued'
    for no key update skip locked
  ),
  run as (
    update ops.runs r
    set status = 'claimed', claimed_by = p_worker_id, claimed_at = now(), claim_number = nextval('ops.claim_tokens'),
        updated_at = now()
    from held
    where r.id = held.id
    returning r.*
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change', 'run claimed by ' || p_worker_id,
           jsonb_build_object('previous_status', 'queued', 'new_status', 'claimed', 'worker_id', p_worker_id,
                              'exit_code', null, 'error_message', null, 'actor', v_actor)
    from run
  ),
  queue as (
    update ops.run_queue q
    set in_flight = true, lease_expires_at = v_lease, lease_seconds = p_lease_seconds, claim_request = p_request_id
    from run
    where q.run_id = run.id
  )
  select jsonb_agg(
           jsonb_build_object(
             'run_id', run.id,
             'project_id', run.project_id,
             'workflow_id', run.workflow_id,
             'run_number', run.run_number,
             'priority', run.priority,
             'metadata', run.metadata,
             'claimed_at', run.claimed_at,
             'claim_token', run.claim_number,
             'lease_expires_at', v_lease,
             'attempt', run.attempt,
             'max_attempts', run.max_attempts
           )
           order by run.priority, run.created_at, run.id
         )
  into v_runs
  from run;
  return v_runs;
end
$$;

comment on function ops.take_runs(uuid[], text, integer, text) is 'Part of a claim: runs that the caller has picked become its own';

-- The same for one run: its fields, or null.
create function ops.take_run(
  p_run_id        uuid,
  p_worker_id     text,
  p_lease_seconds integer,
  p_request_id    text
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor constant uuid := case
    when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
    then ops.current_user_id()
  end;
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
  set status = 'claimed', claimed_by = p_worker_id, claimed_at = now(), claim_number = v_token, updated_at = now()
  where r.id = p_run_id
  returning r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata, r.attempt, r.max_attempts into v_run;
  insert into ops.run_events (run_id, event_type, message, payload)
  values (p_run_id, 'state_change', 'run claimed by ' || p_worker_id,
          jsonb_build_object('previous_status', 'queued', 'new_status', 'claimed', 'worker_id', p_worker_id,
                             'exit_code', null, 'error_message', null, 'actor', v_actor));
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

comment on function ops.take_run(uuid, text, integer, text) is 'Part of a claim: the run that the caller has picked becomes its own';

-- Gives runs that are due their place in the queue.
create function ops.promote_due_runs(p_limit integer default 1000) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_promoted integer;
begin
  update ops.run_queue q
  set due_at = null
  where q.run_id = any (array(
    select d.run_id
    from ops.run_queue d
    where d.due_at <= now()
    order by d.due_at
    limit p_limit
    for no key update skip locked
  ));
  get diagnostics v_promoted = row_count;
  return v_promoted;
end
$$;

comment on function ops.promote_due_runs(integer) is 'Part of a claim: runs whose time has come are ready';

-- Projects that were given a setting may have runs in the common line, or in one for labels alone: of the first thousand
-- there, those of such projects change to their lanes. Whoever claims does this when such a run is next.
create function ops.refile_runs(p_lane_id integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update ops.run_queue q
  set lane_id = ops.lane_of(moved.project_id, moved.labels)
  from (
    select d.run_id, d.project_id, r.labels
    from ops.run_queue d
    join ops.runs r on r.id = d.run_id
    where d.run_id = any (array(
      select h.run_id
      from ops.run_queue h
      where h.lane_id is not distinct from p_lane_id and h.due_at is null and not h.in_flight
      order by h.priority, h.created_at, h.run_id
      limit 1000
    ))
      and exists (select from ops.project_queues p where p.project_id = d.project_id)
    for no key update of d skip locked
  ) moved
  where q.run_id = moved.run_id;
end
$$;

comment on function ops.refile_runs(integer) is 'Part of a claim: runs of projects with a lane of their own are put there';

-- The whole of claiming, where the common line is not all there is: runs that are due, labels, projects with limits.
-- Runs are taken one by one, so that each is counted before the next is chosen.
create function ops.claim_runs(
  p_worker_id     text,
  p_limit         integer,
  p_labels        text[],
  p_lease_seconds integer,
  p_request_id    text
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_runs    jsonb := '[]';
  v_taken   jsonb;
  v_skip    uuid[] := '{}';     -- picked, but the run's own row is held by somebody
  v_busy    integer[] := '{}';  -- lanes that had nothing to give
  v_waited  boolean := false;
  v_held    uuid;               -- a project whose row somebody else was claiming under
  v_holds   boolean := false;   -- whether this transaction holds a project's row that had no room
  v_head    record;
  v_lane    record;
  v_run_id  uuid;
  v_max     integer;
  v_paused  boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' and exists (select from ops.project_queues) then
    raise exception 'the limits of projects hold under read committed only'
      using errcode = 'feature_not_supported', hint = 'claim in a transaction of isolation level read committed';
  end if;
  if exists (select from ops.run_queue d where d.due_at <= now()) then
    perform ops.promote_due_runs();
  end if;

  while jsonb_array_length(v_runs) < p_limit loop
    select q.run_id, q.project_id, q.priority, q.created_at into v_head
    from ops.run_queue q
    where q.lane_id is null and q.due_at is null and not q.in_flight and q.run_id <> all (v_skip)
    order by q.priority, q.created_at, q.run_id
    limit 1
    for no key update skip locked;

    if v_head.run_id is not null
       and exists (select from ops.project_queues p where p.project_id = v_head.project_id) then
      perform ops.refile_runs(null);
      continue;
    end if;

    -- Of the lanes that have something for this worker: the most urgent head, then the project that has the least in
    -- flight, then chance.
    select l.id, l.project_id, h.run_id, h.priority, h.created_at, h.owner into v_lane
    from ops.queue_lanes l
    left join ops.project_queues p on p.project_id = l.project_id
    cross join lateral (
      select q.run_id, q.priority, q.created_at, q.project_id as owner
      from ops.run_queue q
      where q.lane_id = l.id and q.due_at is null and not q.in_flight and q.run_id <> all (v_skip)
      order by q.priority, q.created_at, q.run_id
      limit 1
    ) h
    cross join lateral (
      select count(*) as in_flight
      from (
        select from ops.run_queue f
        where f.project_id = l.project_id and f.in_flight
        limit coalesce(p.max_running, 1000)
      ) f
    ) c
    where l.labels <@ p_labels and l.id <> all (v_busy)
      and not coalesce(p.paused, false) and (p.max_running is null or c.in_flight < p.max_running)
    order by h.priority, c.in_flight, random()
    limit 1;

    if v_lane.id is not null
       and (v_head.run_id is null or (v_lane.priority, v_lane.created_at) < (v_head.priority, v_head.created_at)) then
      if v_lane.project_id is null then
        if exists (select from ops.project_queues p where p.project_id = v_lane.owner) then
          perform ops.refile_runs(v_lane.id);
          continue;
        end if;
      else
        -- Whoever claims for a project with a limit holds its row, and counts after having it: what others took before is
        -- committed by then, and seen. Nothing counts up or down, so nothing can be left counted.
        select p.max_running, p.paused into v_max, v_paused
        from ops.project_queues p
        where p.project_id = v_lane.project_id
        for no key update skip locked;
        if not found then
          v_held := v_lane.project_id;
          v_busy := v_busy || v_lane.id;
          continue;
        end if;
        if v_paused or v_max <= (
          select count(*)
          from (select from ops.run_queue f where f.project_id = v_lane.project_id and f.in_flight limit v_max) f
        ) then
          v_holds := true;
          v_busy := v_busy || v_lane.id;
          continue;
        end if;
      end if;

      select q.run_id into v_run_id
      from ops.run_queue q
      where q.lane_id = v_lane.id and q.due_at is null and not q.in_flight and q.run_id <> all (v_skip)
      order by q.priority, q.created_at, q.run_id
      limit 1
      for no key update skip locked;
      if not found then
        v_busy := v_busy || v_lane.id;
        continue;
      end if;
    elsif v_head.run_id is not null then
      v_run_id := v_head.run_id;
    elsif v_held is not null and not v_waited and not v_holds and v_runs = '[]' then
      -- Nothing but what others are claiming from at this moment: wait for one of them. Nobody waits for this
      -- transaction: one that holds a project's row must not wait for another's, or two of them would wait for each other.
      perform from ops.project_queues p where p.project_id = v_held for no key update;
      v_waited := true;
      v_busy := '{}';
      continue;
    else
      exit;
    end if;

    v_taken := ops.take_run(v_run_id, p_worker_id, p_lease_seconds, p_request_id);
    if v_taken is null then
      v_skip := v_skip || v_run_id;
    else
      v_runs := v_runs || jsonb_build_array(v_taken);
    end if;
  end loop;
  return v_runs;
end
$$;

comment on function ops.claim_runs(text, integer, text[], integer, text) is
  'Part of a claim: across the common line and the lanes, with limits and labels';

-- Rows that were claimed while an old snapshot is held can't be removed from the index, and every claim would walk past
-- all of them. When it was more than a thousand, the session remembers where it got to, and begins there for ten times as
-- long as the walk took; only then it begins at the front again. So the order is exact while that is cheap, and a run that
-- comes in ahead of all others waits a little longer while it is not.
create function ops.pick_runs(p_limit integer) returns uuid[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_index    constant oid := 'ops.run_queue_ready_idx'::regclass;
  v_hint     text := current_setting('ops.claim_hint', true);
  v_began    timestamptz;
  v_walked   bigint;
  v_until    timestamptz;
  v_priority integer := -1000;
  v_created  timestamptz := '-infinity';
  v_run_id   uuid := '00000000-0000-0000-0000-000000000000';
  v_ids      uuid[];
  v_special  boolean;
begin
  if v_hint ~ '^[^|]+[|][^|]+[|][^|]+[|][^|]+$' then
    v_until := split_part(v_hint, '|', 1)::timestamptz;
    if v_until > clock_timestamp() then
      v_priority := split_part(v_hint, '|', 2)::integer;
      v_created := split_part(v_hint, '|', 3)::timestamptz;
      v_run_id := split_part(v_hint, '|', 4)::uuid;
    else
      v_until := null;
    end if;
  end if;

  if v_until is null then
    v_began := clock_timestamp();
    v_walked := pg_stat_get_xact_tuples_returned(v_index);
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
  if v_until is null and pg_stat_get_xact_tuples_returned(v_index) - v_walked > 1000 then
    v_until := clock_timestamp() + 10 * (clock_timestamp() - v_began);
  end if;
  if v_until is not null then
    perform set_config('ops.claim_hint', concat_ws('|', v_until, q.priority, q.created_at, q.run_id), false)
    from ops.run_queue q
    where q.run_id = v_ids[cardinality(v_ids)];
  end if;
  return v_ids;
end
$$;

comment on function ops.pick_runs(integer) is
  'Part of a claim: the next runs of the common line; null where there is more to look at, or nothing';

create function ops.claim_next_runs(
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

comment on function ops.claim_next_runs(text, integer, text[], integer, text) is
  'Gives up to so many queued runs to a worker that has the labels they ask for, no run to two';

create function ops.claim_next_run(
  p_worker_id     text,
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
  v_ids    uuid[];
  v_answer jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;
  -- The usual call, without the way around.
  if p_request_id is null and p_labels is not null and p_lease_seconds between 1 and 604800 then
    v_ids := ops.pick_runs(1);
    if v_ids is not null then
      v_answer := ops.take_run(v_ids[1], p_worker_id, p_lease_seconds, null);
      if v_answer is not null then
        return jsonb_build_object('success', true) || v_answer;
      end if;
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

comment on function ops.claim_next_run(text, text[], integer, text) is
  'Gives the first queued run to a worker, no run to two; run_id is null when there is none for it';

-- The worker's own runs -----------------------------------------------------------------------------------------------

-- What is wrong with a call about a run that is not, or no longer, the caller's; null when nothing is.
create function ops.refusal(p_run ops.runs, p_worker_id text, p_claim_token bigint) returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_run.id is null then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif p_worker_id is not null and p_run.claimed_by <> p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is claimed by another worker');
  elsif p_claim_token is not null and p_run.claim_number is distinct from p_claim_token then
    return jsonb_build_object('success', false, 'code', 'stale_claim', 'error', 'the run is not this claim''s');
  elsif p_run.reaped_at is not null then
    return jsonb_build_object('success', false, 'code', 'stale_claim',
                              'error', 'the lease ran out, and the run was ended for that', 'reaped_at', p_run.reaped_at);
  end if;
  return null;
end
$$;

comment on function ops.refusal(ops.runs, text, bigint) is 'Why a worker''s call about a run is refused; null when it is not';

create function ops.tell_waiters(p_run_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whoever waits for a run holds a shared lock on this number, and looks at the run after having got it: either the lock
  -- is seen here, or the end of the run is seen there. Without anybody who waits, no NOTIFY makes commits queue up.
  if not pg_try_advisory_xact_lock(uuid_hash_extended(p_run_id, 20260214)) then
    perform pg_notify('ops_run_ended', p_run_id::text);
  end if;
end
$$;

comment on function ops.tell_waiters(uuid) is 'Says "ops_run_ended" when somebody waits for the run';

-- After the end -------------------------------------------------------------------------------------------------------

-- The reference that a run of a commit gets: its time is the first second from now on that is free. Whoever asks holds
-- the project's row; nobody takes that after this lock.
create function ops.next_run_ref(p_git_commit text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at  timestamp := clock_timestamp() at time zone 'utc';
  v_ref text;
begin
  perform pg_advisory_xact_lock(hashtextextended('run_ref ' || left(p_git_commit, 7), 20260214));
  loop
    v_ref := to_char(v_at, '"run-"YYYYMMDD"-"HH24MISS"-"') || left(p_git_commit, 7);
    exit when not exists (select from ops.runs r where r.run_ref = v_ref);
    v_at := v_at + interval '1 second';
  end loop;
  return v_ref;
end
$$;

comment on function ops.next_run_ref(text) is 'A reference for a run of this commit, which no other run has';

-- The attempt after this one, as a run of its own. Null where its project or workflow takes no new runs.
create function ops.queue_retry(p_run ops.runs, p_max_attempts integer, p_delay_seconds double precision) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  perform from ops.projects p where p.id = p_run.project_id for no key update;
  insert into ops.runs as r
    (project_id, workflow_id, priority, metadata, labels, attempt, max_attempts, retry_delay_seconds, retry_of,
     environment_id, git_ref, git_commit, run_ref, run_after)
  values (
    p_run.project_id, p_run.workflow_id, p_run.priority, p_run.metadata, p_run.labels, p_run.attempt + 1,
    p_max_attempts, p_run.retry_delay_seconds, p_run.id, p_run.environment_id, p_run.git_ref, p_run.git_commit,
    case when p_run.run_ref is not null then ops.next_run_ref(p_run.git_commit) end,
    case when p_delay_seconds > 0 then clock_timestamp() + make_interval(secs => p_delay_seconds) end
  )
  on conflict (retry_of) where retry_of is not null do nothing
  returning r.id into v_id;
  if v_id is null then
    select r.id into v_id from ops.runs r where r.retry_of = p_run.id;
  end if;
  return v_id;
exception
  when check_violation then
    return null;
end
$$;

comment on function ops.queue_retry(ops.runs, integer, double precision) is 'Queues the next attempt of a run, once';

-- Ends a run that the caller has locked, its project too if an attempt is left, and says what comes after it.
create function ops.end_attempt(
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
      reaped_at = p_reaped_at, updated_at = now()
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

comment on function ops.end_attempt(ops.runs, text, integer, text, timestamptz) is
  'Ends a run, and queues the next attempt or records that there is none';

create function ops.start_workflow_run(p_run_id uuid, p_worker_id text, p_claim_token bigint default null) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_actor constant uuid := case
    when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
    then ops.current_user_id()
  end;
  v_run     ops.runs;
  v_refusal jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  update ops.runs r
  set status = 'running', started_at = now(), updated_at = now()
  where r.id = p_run_id and r.status = 'claimed' and r.claimed_by = p_worker_id
    and (p_claim_token is null or r.claim_number = p_claim_token);
  if found then
    insert into ops.run_events (run_id, event_type, message, payload)
    values (p_run_id, 'state_change', 'run started',
            jsonb_build_object('previous_status', 'claimed', 'new_status', 'running', 'worker_id', p_worker_id,
                               'exit_code', null, 'error_message', null, 'actor', v_actor));
    return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'running',
                              'started_at', now(), 'already_started', false);
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

comment on function ops.start_workflow_run(uuid, text, bigint) is 'The worker that claimed a run begins it';

create function ops.start_workflow_runs(p_run_ids uuid[], p_worker_id text, p_claim_tokens bigint[]) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_actor constant uuid := case
    when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
    then ops.current_user_id()
  end;
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
    select r.id
    from unnest(p_run_ids, p_claim_tokens) s (id, token)
    join ops.runs r on r.id = s.id and r.claim_number = s.token
    where r.status = 'claimed' and r.claimed_by = p_worker_id
    order by r.id
    for no key update of r
  ),
  run as (
    update ops.runs r
    set status = 'running', started_at = now(), updated_at = now()
    from held
    where r.id = held.id
    returning r.id
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change', 'run started',
           jsonb_build_object('previous_status', 'claimed', 'new_status', 'running', 'worker_id', p_worker_id,
                              'exit_code', null, 'error_message', null, 'actor', v_actor)
    from run
  )
  select coalesce(array_agg(run.id), '{}') into v_started from run;

  select jsonb_agg(a.answer || jsonb_build_object('run_id', s.id)) filter (where not (a.answer ->> 'success')::boolean)
  into v_refused
  from unnest(p_run_ids, p_claim_tokens) s (id, token),
       lateral (select ops.start_workflow_run(s.id, p_worker_id, s.token) as answer) a
  where s.id <> all (v_started);
  return jsonb_build_object('success', true, 'started', cardinality(v_started), 'refused', coalesce(v_refused, '[]'));
end
$$;

comment on function ops.start_workflow_runs(uuid[], text, bigint[]) is 'Begins several claimed runs in one call';

create function ops.heartbeat_run(
  p_run_id        uuid,
  p_worker_id     text,
  p_claim_token   bigint default null,
  p_lease_seconds integer default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run     ops.runs;
  v_refusal jsonb;
  v_lease   timestamptz;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_lease_seconds not between 1 and 604800 then
    return jsonb_build_object('success', false, 'code', 'invalid_lease',
                              'error', 'a lease is between a second and a week');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  elsif v_run.status not in ('claimed', 'running') then
    return jsonb_build_object('success', false, 'code', 'run_not_running',
                              'error', format('the run is %s, neither claimed nor running', v_run.status));
  end if;

  update ops.run_queue q
  set lease_expires_at = clock_timestamp() + make_interval(secs => coalesce(p_lease_seconds, q.lease_seconds)),
      lease_seconds = coalesce(p_lease_seconds, q.lease_seconds)
  where q.run_id = p_run_id
  returning q.lease_expires_at into v_lease;
  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_run.status, 'lease_expires_at', v_lease);
end
$$;

comment on function ops.heartbeat_run(uuid, text, bigint, integer) is
  'The worker is there: its lease of the run is extended from now on';

create function ops.complete_workflow_run(
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
  v_actor constant uuid := case
    when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
    then ops.current_user_id()
  end;
  v_status  constant text := case when p_exit_code = 0 then 'succeeded' else 'failed' end;
  v_worker  text;
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
      updated_at = now()
  where r.id = p_run_id and r.status = 'running'
    and (p_worker_id is null or r.claimed_by = p_worker_id)
    and (p_claim_token is null or r.claim_number = p_claim_token)
    and (p_exit_code = 0 or r.max_attempts = 1)
  returning r.claimed_by into v_worker;
  if found then
    insert into ops.run_events (run_id, event_type, message, payload)
    values (p_run_id, 'state_change',
            case p_exit_code when 0 then 'run succeeded' else 'run failed with exit code ' || p_exit_code end,
            jsonb_build_object('previous_status', 'running', 'new_status', v_status, 'worker_id', v_worker,
                               'exit_code', p_exit_code, 'error_message', p_error_message, 'actor', v_actor));
    delete from ops.run_queue q where q.run_id = p_run_id;
    -- As ops.tell_waiters does it, without the call.
    if not pg_try_advisory_xact_lock(uuid_hash_extended(p_run_id, 20260214)) then
      perform pg_notify('ops_run_ended', p_run_id::text);
    end if;
    return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_status, 'finished_at', now(),
                              'exit_code', p_exit_code, 'already_completed', false);
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

comment on function ops.complete_workflow_run(uuid, integer, text, text, bigint) is
  'Ends a running run: succeeded for exit code 0, else failed; said again, answers the recorded result';

create function ops.complete_workflow_runs(p_worker_id text, p_results jsonb) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set ops.by_function = 'on'
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_actor constant uuid := case
    when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
    then ops.current_user_id()
  end;
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

  with held as materialized (
    select r.id, s.exit_code, s.error_message
    from jsonb_to_recordset(p_results) s (run_id uuid, claim_token bigint, exit_code integer, error_message text)
    join ops.runs r on r.id = s.run_id and r.claim_number = s.claim_token
    where r.status = 'running' and r.claimed_by = p_worker_id and (s.exit_code = 0 or r.max_attempts = 1)
    order by r.id
    for no key update of r
  ),
  run as (
    update ops.runs r
    set status = case held.exit_code when 0 then 'succeeded' else 'failed' end, finished_at = now(),
        exit_code = held.exit_code, error_message = held.error_message, updated_at = now()
    from held
    where r.id = held.id
    returning r.id, r.status, r.exit_code, r.error_message
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change',
           case run.exit_code when 0 then 'run succeeded' else 'run failed with exit code ' || run.exit_code end,
           jsonb_build_object('previous_status', 'running', 'new_status', run.status, 'worker_id', p_worker_id,
                              'exit_code', run.exit_code, 'error_message', run.error_message, 'actor', v_actor)
    from run
  ),
  queue as (
    delete from ops.run_queue q using run where q.run_id = run.id
  )
  select coalesce(array_agg(run.id), '{}') into v_done from run;
  perform ops.tell_waiters(d.id) from unnest(v_done) d (id);

  -- One by one what is left: refused, said before, or to be retried.
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
  return jsonb_build_object('success', true, 'completed', cardinality(v_done), 'refused', coalesce(v_refused, '[]'));
end
$$;

comment on function ops.complete_workflow_runs(text, jsonb) is 'Ends several runs in one call: [{run_id, claim_token, exit_code, error_message}, …]';

-- Logs and artifacts --------------------------------------------------------------------------------------------------
--
-- With a token, the run has to be the claim's, and in flight. The key share lock keeps the run from vanishing in between; it
-- is the one that the foreign key takes anyway.

create function ops.append_run_log(
  p_run_id      uuid,
  p_level       text,
  p_message     text,
  p_metadata    jsonb default '{}',
  p_claim_token bigint default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_line    ops.run_logs;
  v_run     ops.runs;
  v_refusal jsonb;
begin
  if p_level is null or p_level not in ('debug', 'info', 'warn', 'error') then
    return jsonb_build_object('success', false, 'code', 'invalid_log_level',
                              'error', 'the log level is one of debug, info, warn, error');
  elsif p_message is null then
    return jsonb_build_object('success', false, 'code', 'invalid_message', 'error', 'a message is needed');
  elsif jsonb_typeof(p_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for key share;
  v_refusal := ops.output_refusal(v_run, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;

  insert into ops.run_logs as l (run_id, log_level, message, metadata)
  values (p_run_id, p_level, p_message, coalesce(p_metadata, '{}'))
  returning l.* into v_line;

  return jsonb_build_object('success', true, 'log_id', v_line.id, 'seq', v_line.seq,
                            'timestamp', v_line."timestamp");
end
$$;

comment on function ops.append_run_log(uuid, text, text, jsonb, bigint) is 'Adds a line to a run''s log';

create function ops.output_refusal(p_run ops.runs, p_claim_token bigint) returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_run.id is null or p_claim_token is not null then
    if p_run.status in ('succeeded', 'failed') and p_run.reaped_at is null and p_run.claim_number = p_claim_token then
      return jsonb_build_object('success', false, 'code', 'run_finished',
                                'error', format('the run already %s', p_run.status), 'status', p_run.status);
    elsif p_run.status = 'canceled' and p_run.reaped_at is null and p_run.claim_number = p_claim_token then
      return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
    end if;
    return ops.refusal(p_run, null, p_claim_token);
  end if;
  return null;
end
$$;

comment on function ops.output_refusal(ops.runs, bigint) is
  'Why output of a run is refused, from a caller with a token; null when it is not';

create function ops.append_run_logs(p_run_id uuid, p_lines jsonb, p_claim_token bigint default null) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run     ops.runs;
  v_refusal jsonb;
  v_count   bigint;
begin
  if jsonb_typeof(p_lines) is distinct from 'array' or jsonb_array_length(p_lines) > 10000
     or exists (
       select
       from jsonb_array_elements(p_lines) l
       where jsonb_typeof(l) <> 'object' or jsonb_typeof(l -> 'message') is distinct from 'string'
         or coalesce(l ->> 'level', 'info') not in ('debug', 'info', 'warn', 'error')
         or jsonb_typeof(coalesce(l -> 'metadata', '{}')) <> 'object'
     ) then
    return jsonb_build_object('success', false, 'code', 'invalid_lines',
                              'error', 'lines are an array of at most 10000 objects with message, level, metadata');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for key share;
  v_refusal := ops.output_refusal(v_run, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;

  insert into ops.run_logs (run_id, log_level, message, metadata)
  select p_run_id, coalesce(l.line ->> 'level', 'info'), l.line ->> 'message', coalesce(l.line -> 'metadata', '{}')
  from jsonb_array_elements(p_lines) with ordinality l (line, n)
  order by l.n;
  get diagnostics v_count = row_count;
  return jsonb_build_object('success', true, 'appended', v_count);
end
$$;

comment on function ops.append_run_logs(uuid, jsonb, bigint) is
  'Adds lines to a run''s log, in their order: [{message, level, metadata}, …]';

create function ops.add_run_artifact(
  p_run_id        uuid,
  p_artifact_key  text,
  p_artifact_url  text,
  p_content_type  text default null,
  p_size_bytes    bigint default null,
  p_checksum      text default null,
  p_expires_at    timestamptz default null,
  p_metadata      jsonb default '{}',
  p_artifact_type text default null,
  p_digest        text default null,
  p_claim_token   bigint default null
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_metadata constant jsonb := coalesce(p_metadata, '{}');
  v_run      ops.runs;
  v_refusal  jsonb;
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
  elsif p_artifact_type not in ('image', 'sbom', 'logs', 'evidence', 'manifest') then
    return jsonb_build_object('success', false, 'code', 'invalid_artifact_type',
                              'error', 'the artifact type is one of image, sbom, logs, evidence, manifest');
  elsif p_digest !~ '^sha256:[0-9a-f]{64}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_digest',
                              'error', 'a digest is sha256: and 64 hexadecimal digits');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for key share;
  v_refusal := ops.output_refusal(v_run, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;

  insert into ops.run_artifacts as a
    (run_id, artifact_key, artifact_url, content_type, size_bytes, checksum, expires_at, metadata, artifact_type, digest)
  values
    (p_run_id, p_artifact_key, p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata,
     p_artifact_type, p_digest)
  on conflict (run_id, artifact_key) do nothing
  returning a.id into v_id;
  v_created := found;

  if not v_created then
    update ops.run_artifacts a
    set artifact_url = p_artifact_url, content_type = p_content_type, size_bytes = p_size_bytes,
        checksum = p_checksum, expires_at = p_expires_at, metadata = v_metadata, artifact_type = p_artifact_type,
        digest = p_digest
    where a.run_id = p_run_id and a.artifact_key = p_artifact_key
      and (a.artifact_url, a.content_type, a.size_bytes, a.checksum, a.expires_at, a.metadata, a.artifact_type, a.digest)
          is distinct from
          (p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata, p_artifact_type, p_digest)
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

comment on function
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb, text, text, bigint) is
  'Records an output of a run; said again for the same key, replaces it';

-- What a worker is to know of a run that it has claimed: it reads no table.
create function ops.get_claimed_run(p_run_id uuid, p_worker_id text, p_claim_token bigint) returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run     ops.runs;
  v_refusal jsonb;
begin
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if p_claim_token is null or p_worker_id is null then
    return jsonb_build_object('success', false, 'code', 'stale_claim', 'error', 'the run is not this claim''s');
  end if;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;
  return (
    select jsonb_build_object(
      'success', true, 'run_id', v_run.id, 'run_ref', v_run.run_ref, 'run_number', v_run.run_number,
      'status', v_run.status, 'attempt', v_run.attempt, 'max_attempts', v_run.max_attempts, 'labels', v_run.labels,
      'metadata', v_run.metadata, 'git_ref', coalesce(v_run.git_ref, w.git_ref),
      'git_commit', coalesce(v_run.git_commit, w.git_commit), 'environment', e.slug,
      'project_id', p.id, 'project', p.slug, 'workspace_key', p.workspace_key, 'odoo_version', p.odoo_version,
      'workflow_id', w.id, 'workflow_type', w.workflow_type, 'workflow', w.name, 'workflow_config', w.config
    )
    from ops.projects p
    join ops.workflows w on w.id = v_run.workflow_id
    left join ops.environments e on e.id = v_run.environment_id
    where p.id = v_run.project_id
  );
end
$$;

comment on function ops.get_claimed_run(uuid, text, bigint) is 'All that a worker needs to do a run that it has claimed';

create function ops.report_worker(p_worker_id text, p_labels text[] default '{}', p_slots integer default 1) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_worker_id is null or btrim(p_worker_id) = '' or octet_length(p_worker_id) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_labels is null or array_position(p_labels, null) is not null then
    return jsonb_build_object('success', false, 'code', 'invalid_labels', 'error', 'labels are words, none of them null');
  elsif p_slots is null or p_slots < 1 then
    return jsonb_build_object('success', false, 'code', 'invalid_slots', 'error', 'a worker has a slot at least');
  end if;
  insert into ops.workers as w (id, labels, slots) values (p_worker_id, p_labels, p_slots)
  on conflict (id) do update set labels = excluded.labels, slots = excluded.slots, last_seen_at = now();
  return jsonb_build_object('success', true);
end
$$;

comment on function ops.report_worker(text, text[], integer) is 'A worker says that it is there, and what it can do';

-- Who may call what ---------------------------------------------------------------------------------------------------

revoke all on function
  ops.take_runs(uuid[], text, integer, text),
  ops.take_run(uuid, text, integer, text),
  ops.promote_due_runs(integer),
  ops.refile_runs(integer),
  ops.claim_runs(text, integer, text[], integer, text),
  ops.pick_runs(integer),
  ops.claim_next_runs(text, integer, text[], integer, text),
  ops.claim_next_run(text, text[], integer, text),
  ops.refusal(ops.runs, text, bigint),
  ops.output_refusal(ops.runs, bigint),
  ops.tell_waiters(uuid),
  ops.next_run_ref(text),
  ops.queue_retry(ops.runs, integer, double precision),
  ops.end_attempt(ops.runs, text, integer, text, timestamptz),
  ops.start_workflow_run(uuid, text, bigint),
  ops.start_workflow_runs(uuid[], text, bigint[]),
  ops.heartbeat_run(uuid, text, bigint, integer),
  ops.complete_workflow_run(uuid, integer, text, text, bigint),
  ops.complete_workflow_runs(text, jsonb),
  ops.append_run_log(uuid, text, text, jsonb, bigint),
  ops.append_run_logs(uuid, jsonb, bigint),
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb, text, text, bigint),
  ops.get_claimed_run(uuid, text, bigint),
  ops.report_worker(text, text[], integer)
  from public, anon, authenticated, service_role;

grant execute on function
  ops.claim_next_runs(text, integer, text[], integer, text),
  ops.claim_next_run(text, text[], integer, text),
  ops.start_workflow_run(uuid, text, bigint),
  ops.start_workflow_runs(uuid[], text, bigint[]),
  ops.heartbeat_run(uuid, text, bigint, integer),
  ops.complete_workflow_run(uuid, integer, text, text, bigint),
  ops.complete_workflow_runs(text, jsonb),
  ops.append_run_log(uuid, text, text, jsonb, bigint),
  ops.append_run_logs(uuid, jsonb, bigint),
  ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb, text, text, bigint),
  ops.get_claimed_run(uuid, text, bigint),
  ops.report_worker(text, text[], integer)
  to service_role;
