-- What users, operators and the clock call: queueing with attempts and times, cancelling, retrying, reaping, retention,
-- limits, environments, and how the queue is.

-- Queueing ------------------------------------------------------------------------------------------------------------

drop function ops.enqueue_run(uuid, uuid, text, integer, jsonb);

-- Security invoker: row level security and column grants decide who may queue what. Those it lets through without
-- asking, like service_role, need no membership.
create function ops.enqueue_run(
  p_project_id          uuid,
  p_workflow_id         uuid,
  p_idempotency_key     text default null,
  p_priority            integer default 0,
  p_metadata            jsonb default '{}',
  p_labels              text[] default '{}',
  p_run_after           timestamptz default null,
  p_max_attempts        integer default 1,
  p_retry_delay_seconds integer default 10,
  p_environment_id      uuid default null,
  p_git_ref             text default null,
  p_git_commit          text default null
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
  elsif p_labels is null or array_position(p_labels, null) is not null or cardinality(p_labels) > 20
     or octet_length(p_labels::text) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_labels',
                              'error', 'labels are at most 20 words of at most 1000 bytes together, none of them null');
  elsif not isfinite(p_run_after) then
    return jsonb_build_object('success', false, 'code', 'invalid_time', 'error', 'the time to run after is infinite');
  elsif p_max_attempts is null or p_max_attempts not between 1 and 100 then
    return jsonb_build_object('success', false, 'code', 'invalid_max_attempts',
                              'error', 'there are between 1 and 100 attempts');
  elsif p_retry_delay_seconds is null or p_retry_delay_seconds not between 0 and 86400 then
    return jsonb_build_object('success', false, 'code', 'invalid_retry_delay',
                              'error', 'the delay is between 0 and 86400 seconds');
  elsif octet_length(p_git_ref) not between 1 and 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_git_ref', 'error', 'a branch or tag has 1 to 1000 bytes');
  elsif p_git_commit !~ '^[0-9a-f]{40}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_git_commit',
                              'error', 'a commit is 40 hexadecimal digits');
  end if;

  perform from ops.workflows w where w.id = p_workflow_id and w.project_id = p_project_id;
  if not found then
    return jsonb_build_object('success', false, 'code', 'workflow_not_found',
                              'error', 'there is no such workflow in the project');
  end if;
  if p_environment_id is not null then
    perform from ops.environments e where e.id = p_environment_id and e.project_id = p_project_id;
    if not found then
      return jsonb_build_object('success', false, 'code', 'environment_not_found',
                                'error', 'there is no such environment in the project');
    end if;
  end if;

  if p_idempotency_key is not null then
    select r.* into v_run
    from ops.runs r
    where r.project_id = p_project_id and r.idempotency_key = p_idempotency_key;
  end if;

  if v_run.id is null then
    insert into ops.runs as r
      (project_id, workflow_id, idempotency_key, priority, metadata, labels, run_after, max_attempts,
       retry_delay_seconds, environment_id, git_ref, git_commit)
    values (p_project_id, p_workflow_id, p_idempotency_key, p_priority, coalesce(p_metadata, '{}'), p_labels,
            p_run_after, p_max_attempts, p_retry_delay_seconds, p_environment_id, p_git_ref, p_git_commit)
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
    'run_ref', v_run.run_ref,
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

comment on function
  ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamptz, integer, integer, uuid, text, text) is
  'Queues a run; with an idempotency key that was used before, answers the run that it made then';

-- A run of a commit in an environment, by the names that people and scripts use. For trusted callers: the reference is
-- not the user's to choose.
create function ops.create_environment_run(
  p_project       text,
  p_workflow_type text,
  p_git_ref       text,
  p_git_commit    text,
  p_environment   text default 'dev',
  p_metadata      jsonb default '{}'
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_project     ops.projects;
  v_workflow    ops.workflows;
  v_environment uuid;
  v_run         ops.runs;
  v_constraint  text;
begin
  if p_workflow_type is null or p_workflow_type not in ('build', 'test', 'deploy', 'backup', 'upgrade') then
    return jsonb_build_object('success', false, 'code', 'invalid_workflow_type',
                              'error', 'the workflow type is one of build, test, deploy, backup, upgrade');
  elsif p_git_ref is null or octet_length(p_git_ref) not between 1 and 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_git_ref', 'error', 'a branch or tag is needed');
  elsif p_git_commit is null or p_git_commit !~ '^[0-9a-f]{40}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_git_commit',
                              'error', 'a commit is 40 hexadecimal digits');
  elsif jsonb_typeof(p_metadata) is distinct from 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  select p.* into v_project
  from ops.projects p
  where p_project in (p.id::text, p.slug, p.workspace_key)
  order by p_project = p.id::text desc, p_project = p.slug desc
  limit 1
  for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'project_not_found', 'error', 'there is no such project');
  end if;

  select e.id into v_environment
  from ops.environments e
  where e.project_id = v_project.id and p_environment in (e.slug, e.id::text);
  if not found then
    return jsonb_build_object('success', false, 'code', 'environment_not_found',
                              'error', 'there is no such environment in the project');
  end if;

  select w.* into v_workflow
  from ops.workflows w
  where w.project_id = v_project.id and w.workflow_type = p_workflow_type
  order by w.enabled desc, w.created_at, w.id
  limit 1;
  if not found then
    insert into ops.workflows as w (project_id, workflow_type, name)
    values (v_project.id, p_workflow_type, p_workflow_type)
    returning w.* into v_workflow;
  end if;

  insert into ops.runs as r (project_id, workflow_id, environment_id, git_ref, git_commit, run_ref, metadata)
  values (v_project.id, v_workflow.id, v_environment, p_git_ref, p_git_commit, ops.next_run_ref(p_git_commit),
          jsonb_build_object('workflow_type', p_workflow_type, 'git_ref', p_git_ref) || p_metadata)
  returning r.* into v_run;
  return jsonb_build_object('success', true, 'run_id', v_run.id, 'run_ref', v_run.run_ref, 'status', v_run.status,
                            'run_number', v_run.run_number, 'project_id', v_project.id,
                            'workflow_id', v_workflow.id, 'environment_id', v_environment);
exception
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

comment on function ops.create_environment_run(text, text, text, text, text, jsonb) is
  'Queues a run of a commit in an environment; makes the workflow of that type where the project has none';

-- Ending and trying again ---------------------------------------------------------------------------------------------

-- Security definer, because users have no right to update a run. Whoever has it, like service_role, needs no
-- membership. The setting "role" still names the caller here, while current_user is this function's owner.
create or replace function ops.cancel_run(p_run_id uuid, p_reason text default null) returns jsonb
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
  perform ops.tell_waiters(p_run_id);

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'canceled',
                            'finished_at', now(), 'already_canceled', false);
end
$$;

-- Security definer, as cancelling is.
create function ops.retry_run(p_run_id uuid, p_delay_seconds integer default 0) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller  constant name := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  v_trusted constant boolean := has_table_privilege(v_caller, 'ops.runs', 'UPDATE');
  v_run     ops.runs;
  v_role    text;
  v_retry   ops.runs;
  v_id      uuid;
begin
  if p_delay_seconds is null or p_delay_seconds not between 0 and 86400 then
    return jsonb_build_object('success', false, 'code', 'invalid_retry_delay',
                              'error', 'the delay is between 0 and 86400 seconds');
  end if;
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if found and not v_trusted then
    v_role := ops.current_user_role(v_run.project_id);
  end if;
  if v_run.id is null or not (v_trusted or v_role is not null) then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif not v_trusted and v_role not in ('owner', 'admin', 'developer') then
    return jsonb_build_object('success', false, 'code', 'not_permitted',
                              'error', 'your role in the project does not allow to retry runs');
  end if;

  perform from ops.projects p where p.id = v_run.project_id for no key update;
  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.status not in ('succeeded', 'failed', 'canceled') then
    return jsonb_build_object('success', false, 'code', 'run_not_finished',
                              'error', format('the run is %s, and has not ended', v_run.status), 'status', v_run.status);
  end if;

  select r.* into v_retry from ops.runs r where r.retry_of = p_run_id;
  if not found then
    if v_run.attempt >= 100 then
      return jsonb_build_object('success', false, 'code', 'too_many_attempts', 'error', 'there were 100 attempts');
    end if;
    v_id := ops.queue_retry(v_run, greatest(v_run.max_attempts, v_run.attempt + 1), p_delay_seconds);
    if v_id is null then
      return jsonb_build_object('success', false, 'code', 'project_archived',
                                'error', 'the project or the workflow takes no new runs');
    end if;
    select r.* into v_retry from ops.runs r where r.id = v_id;
    update ops.dead_letters d set redriven_as = v_id, redriven_at = now() where d.run_id = p_run_id;
  end if;
  return jsonb_build_object('success', true, 'run_id', v_retry.id, 'retry_of', p_run_id, 'status', v_retry.status,
                            'run_number', v_retry.run_number, 'run_ref', v_retry.run_ref,
                            'attempt', v_retry.attempt, 'created', v_id is not null);
end
$$;

comment on function ops.retry_run(uuid, integer) is
  'Queues the next attempt of a run that has ended; said again, answers the same one';

-- Bounded, and waits for nobody: what somebody holds is for the next time.
create function ops.reap_expired_runs(p_limit integer default 100) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expired  record;
  v_run      ops.runs;
  v_retry    uuid;
  v_reaped   integer := 0;
  v_retried  integer := 0;
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is between 1 and 10000');
  end if;
  -- In the order of projects, each of which is locked before its runs.
  for v_expired in
    select q.run_id, q.project_id
    from (
      select x.run_id, x.project_id, x.lease_expires_at
      from ops.run_queue x
      where x.in_flight and x.lease_expires_at < clock_timestamp()
      limit p_limit
    ) q
    order by q.project_id, q.lease_expires_at
  loop
    select r.* into v_run from ops.runs r where r.id = v_expired.run_id;
    if v_run.attempt < v_run.max_attempts then
      perform from ops.projects p where p.id = v_expired.project_id for no key update skip locked;
      continue when not found;
    end if;
    select r.* into v_run from ops.runs r where r.id = v_expired.run_id for no key update skip locked;
    continue when not found;
    -- A heartbeat may have come since.
    perform
    from ops.run_queue q
    where q.run_id = v_run.id and q.in_flight and q.lease_expires_at < clock_timestamp();
    continue when not found;

    v_retry := ops.end_attempt(
      v_run, case v_run.status when 'claimed' then 'canceled' else 'failed' end, null,
      format('the lease of worker %s ran out', v_run.claimed_by), clock_timestamp()
    );
    v_reaped := v_reaped + 1;
    v_retried := v_retried + (v_retry is not null)::integer;
  end loop;
  return jsonb_build_object('success', true, 'reaped', v_reaped, 'retried', v_retried, 'dead', v_reaped - v_retried);
end
$$;

comment on function ops.reap_expired_runs(integer) is
  'Ends runs whose worker has not been heard of for its lease, at most so many, and queues their next attempts';

-- Retention -----------------------------------------------------------------------------------------------------------

create or replace function ops.purge_run_events(p_finished_before timestamptz, p_limit integer default 10000) returns jsonb
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
  where (d.run_id, d.seq) in (
    select e.run_id, e.seq
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

create function ops.purge_run_logs(p_finished_before timestamptz, p_limit integer default 10000) returns jsonb
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
  delete from ops.run_logs d
  where d.id = any (array(
    select l.id
    from ops.run_logs l
    join ops.runs r on r.id = l.run_id
    where r.finished_at < p_finished_before
    limit p_limit
    for update of l skip locked
  ));
  get diagnostics v_deleted = row_count;
  return jsonb_build_object('success', true, 'deleted', v_deleted);
end
$$;

comment on function ops.purge_run_logs(timestamptz, integer) is
  'Retention: deletes log lines of runs that ended before a time, at most so many';

create function ops.purge_runs(p_finished_before timestamptz, p_limit integer default 1000) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_deleted bigint;
begin
  if p_finished_before is null or not isfinite(p_finished_before) then
    return jsonb_build_object('success', false, 'code', 'invalid_time', 'error', 'a time is needed');
  elsif p_limit is null or p_limit not between 1 and 10000 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is between 1 and 10000');
  end if;
  -- Oldest first, by the index on created_at: no run ends before it was made.
  delete from ops.runs d
  where d.id = any (array(
    select r.id
    from ops.runs r
    where r.created_at < p_finished_before and r.finished_at < p_finished_before
    order by r.created_at
    limit p_limit
    for update skip locked
  ));
  get diagnostics v_deleted = row_count;
  return jsonb_build_object('success', true, 'deleted', v_deleted);
end
$$;

comment on function ops.purge_runs(timestamptz, integer) is
  'Retention: deletes runs that ended before a time with all that belongs to them, the oldest first, at most so many';

-- Limits --------------------------------------------------------------------------------------------------------------

create function ops.set_project_queue(
  p_project_id uuid, p_max_running integer default null, p_paused boolean default false
) returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_max_running not between 1 and 100000 then
    return jsonb_build_object('success', false, 'code', 'invalid_max_running',
                              'error', 'a limit is between 1 and 100000; null is none');
  elsif p_paused is null then
    return jsonb_build_object('success', false, 'code', 'invalid_paused', 'error', 'a project is paused or not');
  end if;
  perform from ops.projects p where p.id = p_project_id for key share;
  if not found then
    return jsonb_build_object('success', false, 'code', 'project_not_found', 'error', 'there is no such project');
  end if;
  insert into ops.project_queues as q (project_id, max_running, paused)
  values (p_project_id, p_max_running, p_paused)
  on conflict (project_id) do update
  set max_running = excluded.max_running, paused = excluded.paused, updated_at = now();
  perform ops.lane_of(p_project_id, '{}');
  -- What is queued already changes lanes in one pass. What is being queued at this moment, a claim puts there.
  with moved as materialized (
    select q.run_id
    from ops.run_queue q
    where q.project_id = p_project_id and not q.in_flight
      and (q.lane_id is null or exists (select from ops.queue_lanes l where l.id = q.lane_id and l.project_id is null))
    for no key update skip locked
  )
  update ops.run_queue q
  set lane_id = ops.lane_of(p_project_id, r.labels)
  from moved
  join ops.runs r on r.id = moved.run_id
  where q.run_id = moved.run_id;
  if not p_paused then
    perform pg_notify('ops_runs', '');
  end if;
  return jsonb_build_object('success', true, 'project_id', p_project_id, 'max_running', p_max_running,
                            'paused', p_paused);
end
$$;

comment on function ops.set_project_queue(uuid, integer, boolean) is
  'How many runs of a project may be in flight at one time, and whether any is given out; its runs get a lane of their own';

-- How it is -----------------------------------------------------------------------------------------------------------

-- Counts stop at 100,000: what looks after the queue must not be a load on it.
create function ops.queue_health() returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ready    bigint;
  v_delayed  bigint;
  v_oldest   timestamptz;
  v_flight   record;
  v_blocked  jsonb;
  v_dead     jsonb;
  v_holder   record;
begin
  select count(*) into v_ready
  from (select from ops.run_queue q where not q.in_flight and q.due_at is null limit 100001) q;
  select count(*) into v_delayed
  from (select from ops.run_queue q where q.due_at is not null limit 100001) q;
  select min(o.created_at) into v_oldest
  from (
    select min(h.created_at) as created_at
    from (
      select q.created_at from ops.run_queue q
      where q.lane_id is null and q.due_at is null and not q.in_flight
      order by q.priority, q.created_at, q.run_id limit 1
    ) h
    union all
    select h.created_at
    from ops.queue_lanes l
    cross join lateral (
      select q.created_at from ops.run_queue q
      where q.lane_id = l.id and q.due_at is null and not q.in_flight
      order by q.priority, q.created_at, q.run_id limit 1
    ) h
  ) o;
  select count(*) as total, count(*) filter (where q.lease_expires_at < clock_timestamp()) as expired into v_flight
  from (select q.lease_expires_at from ops.run_queue q where q.in_flight limit 100001) q;
  select coalesce(jsonb_agg(jsonb_build_object(
           'project', p.slug, 'paused', b.paused, 'max_running', b.max_running, 'in_flight', b.in_flight)
           order by p.slug), '[]')
  into v_blocked
  from (
    select x.*, (select count(*) from (select from ops.run_queue f
                                       where f.project_id = x.project_id and f.in_flight
                                       limit coalesce(x.max_running, 1000)) f) as in_flight
    from ops.project_queues x
  ) b
  join ops.projects p on p.id = b.project_id
  where b.paused or b.in_flight >= b.max_running;
  select jsonb_object_agg(s.relname, s.n_dead_tup) into v_dead
  from pg_stat_user_tables s
  where s.schemaname = 'ops' and s.relname in ('runs', 'run_queue', 'run_events', 'run_logs');
  -- Whoever keeps old rows from being removed. What they run is nobody's business here.
  select h.* into v_holder
  from (
    select 'session' as kind, a.pid::text as name, a.application_name as application, a.state, age(a.backend_xmin) as age
    from pg_stat_activity a
    where a.backend_xmin is not null and a.pid <> pg_backend_pid()
    union all
    select 'replication slot', s.slot_name, s.plugin, s.active::text, greatest(age(s.xmin), age(s.catalog_xmin))
    from pg_replication_slots s
    where s.xmin is not null or s.catalog_xmin is not null
    union all
    select 'prepared transaction', x.gid, x.owner, null, age(x.transaction)
    from pg_prepared_xacts x
    where x.database = current_database()
  ) h
  order by h.age desc nulls last
  limit 1;
  return jsonb_build_object(
    'success', true,
    'ready', least(v_ready, 100000),
    'counted_to_the_end', v_ready <= 100000 and v_delayed <= 100000 and v_flight.total <= 100000,
    'delayed', least(v_delayed, 100000),
    'oldest_ready_seconds', greatest(0, extract(epoch from clock_timestamp() - v_oldest)::bigint),
    'in_flight', least(v_flight.total, 100000),
    'expired_leases', v_flight.expired,
    'workers', (select count(*) from ops.workers w where w.last_seen_at > now() - interval '1 minute'),
    'dead_letters', (select count(*) from (select from ops.dead_letters d where d.redriven_as is null limit 100000) d),
    'held_back', v_blocked,
    'dead_rows', coalesce(v_dead, '{}'),
    'oldest_snapshot', case when v_holder.kind is not null then jsonb_build_object(
      'kind', v_holder.kind, 'name', v_holder.name, 'application', v_holder.application, 'state', v_holder.state,
      'transactions', v_holder.age) end
  );
end
$$;

comment on function ops.queue_health() is
  'How the queue is: what waits and since when, what is in flight, what was lost, what keeps dead rows';

-- Security invoker: of the runs that the caller sees.
create function ops.explain_run(p_run_id uuid) returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run   ops.runs;
  v_queue ops.run_queue;
  v_limit ops.project_queues;
  v_used  bigint;
begin
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.status <> 'queued' then
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status, 'reason', 'not_queued',
                              'message', format('the run is %s', v_run.status));
  end if;
  select q.* into v_queue from ops.run_queue q where q.run_id = p_run_id;
  select p.* into v_limit from ops.project_queues p where p.project_id = v_run.project_id;
  select count(*) into v_used
  from (select from ops.run_queue f where f.project_id = v_run.project_id and f.in_flight
        limit coalesce(v_limit.max_running, 1)) f;
  return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status) || case
    when v_queue.due_at > clock_timestamp() then
      jsonb_build_object('reason', 'scheduled', 'message', format('it runs after %s', v_queue.due_at),
                         'run_after', v_queue.due_at)
    when v_limit.paused then
      jsonb_build_object('reason', 'project_paused', 'message', 'its project is paused')
    when v_used >= v_limit.max_running then
      jsonb_build_object('reason', 'project_limit', 'max_running', v_limit.max_running,
                         'message', format('its project has %s of %s runs in flight', v_used, v_limit.max_running))
    when v_run.labels <> '{}' and not exists (
      select from ops.workers w where w.labels @> v_run.labels and w.last_seen_at > now() - interval '1 minute'
    ) then
      jsonb_build_object('reason', 'no_worker_with_labels', 'labels', v_run.labels,
                         'message', format('no worker with its labels (%s) was seen in the last minute',
                                           array_to_string(v_run.labels, ', ')))
    when not exists (select from ops.workers w where w.last_seen_at > now() - interval '1 minute') then
      jsonb_build_object('reason', 'no_worker', 'message', 'no worker was seen in the last minute')
    else
      jsonb_build_object('reason', 'waiting', 'message', 'it waits for its turn, or for a worker that is free')
  end;
end
$$;

comment on function ops.explain_run(uuid) is 'Why a queued run does not start';

-- Security invoker: each caller sees the runs that row level security shows.
create or replace function ops.list_queued_runs()
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
  from ops.run_queue q
  join ops.runs r on r.id = q.run_id
  where r.status in ('queued', 'claimed')
  order by r.priority, r.created_at, r.id
$$;

-- Who may call what ---------------------------------------------------------------------------------------------------

revoke all on function
  ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamptz, integer, integer, uuid, text, text),
  ops.create_environment_run(text, text, text, text, text, jsonb),
  ops.retry_run(uuid, integer),
  ops.reap_expired_runs(integer),
  ops.purge_run_logs(timestamptz, integer),
  ops.purge_runs(timestamptz, integer),
  ops.set_project_queue(uuid, integer, boolean),
  ops.queue_health(),
  ops.explain_run(uuid)
  from public, anon, authenticated, service_role;

grant execute on function
  ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamptz, integer, integer, uuid, text, text),
  ops.retry_run(uuid, integer),
  ops.explain_run(uuid)
  to authenticated, service_role;

grant execute on function
  ops.create_environment_run(text, text, text, text, text, jsonb),
  ops.reap_expired_runs(integer),
  ops.purge_run_logs(timestamptz, integer),
  ops.purge_runs(timestamptz, integer),
  ops.set_project_queue(uuid, integer, boolean),
  ops.queue_health()
  to service_role;
