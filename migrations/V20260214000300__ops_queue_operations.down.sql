drop function ops.explain_run(uuid);
drop function ops.queue_health();
drop function ops.set_project_queue(uuid, integer, boolean);
drop function ops.purge_runs(timestamptz, integer);
drop function ops.purge_run_logs(timestamptz, integer);
drop function ops.reap_expired_runs(integer);
drop function ops.retry_run(uuid, integer);
drop function ops.create_environment_run(text, text, text, text, text, jsonb);
drop function
  ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamptz, integer, integer, uuid, text, text);

-- As the second migration has them.

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
  from ops.runs r
  where r.status = 'queued'
  union all
  select r.id, r.project_id, r.workflow_id, r.run_number, r.status, r.created_at, r.claimed_by, r.claimed_at, r.priority
  from ops.runs r
  where r.status = 'claimed'
  order by priority, created_at, id
$$;

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

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'canceled',
                            'finished_at', now(), 'already_canceled', false);
end
$$;

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

revoke all on function ops.enqueue_run(uuid, uuid, text, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function ops.enqueue_run(uuid, uuid, text, integer, jsonb) to authenticated, service_role;
