revoke insert (labels, run_after, max_attempts, retry_delay_seconds) on table ops.runs from authenticated;

drop trigger guard_run on ops.runs;
drop trigger unqueue_deleted_runs on ops.runs;
drop trigger requeue_run on ops.runs;
drop trigger validate_run on ops.runs;
drop trigger record_status_change on ops.runs;
drop function ops.guard_run();
drop function ops.next_claim_token();
drop function ops.unqueue_deleted_runs();
drop function ops.requeue_run();

drop trigger protect_state_changes on ops.run_events;

create or replace function ops.record_status_change() returns trigger
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

create trigger record_status_change after update on ops.runs
  for each row when (old.status is distinct from new.status)
  execute function ops.record_status_change();

drop function ops.file_run(ops.runs);
drop function ops.lane_of(uuid, text[]);

create or replace function ops.protect_state_changes() returns trigger
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

create trigger protect_state_changes before insert on ops.run_events
  for each row when (new.event_type = 'state_change') execute function ops.protect_state_changes();

alter table ops.run_logs reset (autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
alter table ops.run_events reset (autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
create index run_events_run_id_seq_idx on ops.run_events (run_id, seq);
alter table ops.run_events
  drop constraint run_events_pkey,
  add constraint run_events_pkey primary key (id),
  add constraint run_events_event_type_check check (event_type in ('state_change', 'error', 'warning', 'info')),
  add constraint run_events_payload_check check (jsonb_typeof(payload) = 'object');

drop table ops.run_queue;
drop table ops.workers;
drop table ops.dead_letters;
drop table ops.queue_lanes;
drop table ops.project_queues;
drop sequence ops.queue_notifications;
drop sequence ops.claim_tokens;

alter table ops.runs reset (
  fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay
);
drop index ops.runs_created_at_idx;
drop index ops.runs_retry_of_key;
alter table ops.runs
  drop constraint runs_matches_status_check,
  drop constraint runs_retry_of_fkey,
  drop column reaped_at,
  drop column claim_number,
  drop column retry_of,
  drop column retry_delay_seconds,
  drop column max_attempts,
  drop column attempt,
  drop column run_after,
  drop column labels;
drop function ops.validate_run();
drop function ops.run_matches_status(text, text, timestamptz, timestamptz, timestamptz, integer, text, timestamptz);

alter table ops.runs
  add constraint runs_metadata_check check (jsonb_typeof(metadata) = 'object'),
  add constraint runs_idempotency_key_check check (octet_length(idempotency_key) between 1 and 1000),
  add constraint runs_run_number_check check (run_number > 0),
  add constraint runs_priority_check check (priority between -100 and 100),
  add constraint runs_status_check
    check (status in ('queued', 'claimed', 'running', 'succeeded', 'failed', 'canceled')),
  add constraint runs_claim_matches_status_check check (
    (claimed_by is null) = (claimed_at is null)
    and claimed_by is distinct from ''
    and case
      when status = 'queued' then claimed_at is null
      when status = 'canceled' then true
      else claimed_at is not null
    end
  ),
  add constraint runs_start_matches_status_check check (
    case
      when status in ('queued', 'claimed') then started_at is null
      when status = 'canceled' then started_at is null or claimed_at is not null
      else started_at is not null
    end
  ),
  add constraint runs_finish_matches_status_check check (
    (finished_at is not null) = (status in ('succeeded', 'failed', 'canceled'))
  ),
  add constraint runs_exit_code_matches_status_check check (
    case status
      when 'succeeded' then exit_code is not distinct from 0
      when 'failed' then exit_code is distinct from 0
      else exit_code is null
    end
  ),
  add constraint runs_error_message_matches_status_check check (error_message is null or finished_at is not null);

create index runs_queue_idx on ops.runs (priority, created_at, id) where status = 'queued';
create index runs_in_flight_idx on ops.runs (claimed_at) where status in ('claimed', 'running');

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

create trigger set_updated_at before update on ops.runs
  for each row when (old.* is distinct from new.*) execute function ops.set_updated_at();
