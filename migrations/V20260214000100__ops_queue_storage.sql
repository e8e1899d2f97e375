-- The queue beside the runs: one narrow row for each run that has not ended.
--
-- ops.runs has indexes on nothing that changes when a run moves on, so that each step is a HOT update: no index entry is
-- written, however many finished runs are kept. What the queue is ordered by, who holds a run and until when, is in
-- ops.run_queue, whose partial indexes hold only what they are asked for.
--
-- One lock decides over a run: the one on its row in ops.runs. A claim also locks queue rows, but waits for nobody: what
-- others hold, it skips. All else takes the run first and its queue row then, so there is no circle to deadlock in.

-- Attempts ------------------------------------------------------------------------------------------------------------

alter table ops.runs
  add column labels text[] not null default '{}',
  add column run_after timestamptz,
  add column attempt integer not null default 1,
  add column max_attempts integer not null default 1,
  add column retry_delay_seconds integer not null default 10,
  add column retry_of uuid,
  add column claim_number bigint,
  add column reaped_at timestamptz,
  add constraint runs_retry_of_fkey foreign key (retry_of) references ops.runs (id) on delete set null;

comment on column ops.runs.labels is 'What a worker must have, all of it, to be given the run';
comment on column ops.runs.run_after is 'Not claimed before; null is at once';
comment on column ops.runs.attempt is 'Which attempt this is; a retry is a run of its own';
comment on column ops.runs.max_attempts is 'How many attempts there are at most before somebody has to look';
comment on column ops.runs.retry_delay_seconds is 'Wait before the second attempt; doubled for each further one, at most a day';
comment on column ops.runs.retry_of is 'The attempt before this one';
comment on column ops.runs.claim_number is 'Of the claim, the claim_token of answers: grows with every claim of any run, and is never given out again';
comment on column ops.runs.reaped_at is 'When the run was ended because its worker''s lease had run out';

-- One retry of each run, so that asking twice makes one.
create unique index runs_retry_of_key on ops.runs (retry_of) where retry_of is not null;

-- Runs of all projects in the order of their making: for lists, and for retention to find the oldest.
create index runs_created_at_idx on ops.runs (created_at);

-- Room for the three versions that follow the first.
alter table ops.runs set (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

-- Checks that are read once a session ---------------------------------------------------------------------------------
--
-- PostgreSQL reads the text of every check constraint and of every trigger's condition anew for each statement: measured,
-- that was more than half of what a step of a run cost. A function's conditions it keeps. So what held before still
-- holds, under the same names, but asked by three functions: what a status says about the columns, by one check
-- constraint; what is written once, by a trigger that fires when it is written; what may change into what, by a trigger
-- that fires always.

create function ops.run_matches_status(
  p_status        text,
  p_claimed_by    text,
  p_claimed_at    timestamptz,
  p_started_at    timestamptz,
  p_finished_at   timestamptz,
  p_exit_code     integer,
  p_error_message text,
  p_reaped_at     timestamptz
) returns boolean
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_broken text;
begin
  v_broken := case
    when p_status is null or p_status not in ('queued', 'claimed', 'running', 'succeeded', 'failed', 'canceled')
      then 'runs_status_check'
    when (p_claimed_by is null) <> (p_claimed_at is null) or p_claimed_by = ''
      or case p_status when 'queued' then p_claimed_at is not null
                       when 'canceled' then false
                       else p_claimed_at is null end
      then 'runs_claim_matches_status_check'
    when case when p_status in ('queued', 'claimed') then p_started_at is not null
              when p_status = 'canceled' then p_started_at is not null and p_claimed_at is null
              else p_started_at is null end
      then 'runs_start_matches_status_check'
    when (p_finished_at is not null) <> (p_status in ('succeeded', 'failed', 'canceled'))
      then 'runs_finish_matches_status_check'
    when case p_status when 'succeeded' then p_exit_code is distinct from 0
                       when 'failed' then p_exit_code is not distinct from 0
                       else p_exit_code is not null end
      then 'runs_exit_code_matches_status_check'
    when p_error_message is not null and p_finished_at is null
      then 'runs_error_message_matches_status_check'
    when p_reaped_at is not null and p_status not in ('failed', 'canceled')
      then 'runs_reaped_at_check'
  end;
  if v_broken is null then
    return true;
  end if;
  raise exception 'the columns of a run that is % do not agree with that', p_status
    using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = v_broken;
end
$$;

comment on function ops.run_matches_status(text, text, timestamptz, timestamptz, timestamptz, integer, text, timestamptz) is
  'Check: what each status says about a run''s other columns';

revoke all on function
  ops.run_matches_status(text, text, timestamptz, timestamptz, timestamptz, integer, text, timestamptz)
  from public, anon, authenticated, service_role;
-- Whoever writes a row evaluates its checks.
grant execute on function
  ops.run_matches_status(text, text, timestamptz, timestamptz, timestamptz, integer, text, timestamptz)
  to authenticated, service_role;

alter table ops.runs
  drop constraint runs_status_check,
  drop constraint runs_claim_matches_status_check,
  drop constraint runs_start_matches_status_check,
  drop constraint runs_finish_matches_status_check,
  drop constraint runs_exit_code_matches_status_check,
  drop constraint runs_error_message_matches_status_check,
  drop constraint runs_run_number_check,
  drop constraint runs_priority_check,
  drop constraint runs_metadata_check,
  drop constraint runs_idempotency_key_check,
  add constraint runs_matches_status_check check (
    ops.run_matches_status(status, claimed_by, claimed_at, started_at, finished_at, exit_code, error_message, reaped_at)
  );

create function ops.validate_run() returns trigger
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
  return new;
end
$$;

comment on function ops.validate_run() is 'Trigger: what a run is asked to be can be had';

create trigger validate_run
  before insert or update of run_number, priority, metadata, idempotency_key, labels, run_after, max_attempts, attempt,
                             retry_delay_seconds, retry_of, run_ref, git_ref, git_commit
  on ops.runs
  for each row execute function ops.validate_run();

create sequence ops.claim_tokens;
comment on sequence ops.claim_tokens is 'Numbers of claims';

-- Lanes ---------------------------------------------------------------------------------------------------------------
--
-- Most runs stand in one line, which is served in order. A run that not every worker may take, or whose project has a
-- setting of its own, stands in a lane beside it, so that nobody walks past rows that can't be claimed.

create table ops.project_queues (
  project_id  uuid        not null,
  max_running integer,
  paused      boolean     not null default false,
  updated_at  timestamptz not null default pg_catalog.now(),
  constraint project_queues_pkey primary key (project_id),
  constraint project_queues_project_id_fkey foreign key (project_id) references ops.projects (id) on delete cascade,
  constraint project_queues_max_running_check check (max_running between 1 and 100000)
);

comment on table ops.project_queues is
  'Projects with a lane of their own: how many of their runs may be in flight, and whether any is given out';
comment on column ops.project_queues.max_running is 'Claimed and running at one time, at most; null is without limit';
comment on column ops.project_queues.paused is 'A paused project''s runs stay queued';

create table ops.queue_lanes (
  id         integer not null generated always as identity,
  project_id uuid,
  labels     text[]  not null,
  constraint queue_lanes_pkey primary key (id),
  constraint queue_lanes_project_id_labels_key unique nulls not distinct (project_id, labels),
  constraint queue_lanes_project_id_fkey foreign key (project_id) references ops.project_queues (project_id) on delete cascade
);

comment on table ops.queue_lanes is 'Lines of runs beside the common one: of a project, of a set of labels, or of both';
comment on column ops.queue_lanes.project_id is 'The project whose own lane this is; null for all projects without one';
comment on column ops.queue_lanes.labels is 'What a worker must have to be given runs of this lane, in order';

-- The queue -----------------------------------------------------------------------------------------------------------
--
-- No foreign key: a claim, which is what has to be quick, would pay for it, and triggers on ops.runs keep this table.

create table ops.run_queue (
  run_id           uuid        not null,
  project_id       uuid        not null,
  created_at       timestamptz not null,
  due_at           timestamptz,
  lease_expires_at timestamptz,
  priority         integer     not null,
  lane_id          integer,
  lease_seconds    integer,
  in_flight        boolean     not null default false,
  claim_request    text,
  constraint run_queue_pkey primary key (run_id)
) with (
  fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.2
);

comment on table ops.run_queue is 'One row for each run that has not ended; kept by ops.runs, whose status it follows';
comment on column ops.run_queue.due_at is 'Waits until then; null is ready, or in flight';
comment on column ops.run_queue.lease_expires_at is 'Until when the worker that holds the run need not be heard of';
comment on column ops.run_queue.lane_id is 'Null is the common line';
comment on column ops.run_queue.lease_seconds is 'By how much a heartbeat extends the lease';
comment on column ops.run_queue.in_flight is 'Claimed or running';
comment on column ops.run_queue.claim_request is 'What the claimer called its request, to be answered the same when it asks again';

-- The claim's whole order, in the common line and in each lane.
create index run_queue_ready_idx on ops.run_queue (priority, created_at, run_id)
  where lane_id is null and due_at is null and not in_flight;
create index run_queue_lanes_idx on ops.run_queue (lane_id, priority, created_at, run_id)
  where lane_id is not null and due_at is null and not in_flight;
create index run_queue_due_at_idx on ops.run_queue (due_at) where due_at is not null;
-- What a project has in flight, and all that is: neither heartbeats nor starts change it.
create index run_queue_in_flight_idx on ops.run_queue (project_id) where in_flight;
create index run_queue_claim_request_idx on ops.run_queue (claim_request) where claim_request is not null;

-- What came to nothing ------------------------------------------------------------------------------------------------

create table ops.dead_letters (
  run_id        uuid        not null,
  project_id    uuid        not null,
  first_run_id  uuid        not null,
  attempts      integer     not null,
  reason        text        not null,
  worker_id     text,
  exit_code     integer,
  error_message text,
  died_at       timestamptz not null default pg_catalog.now(),
  redriven_as   uuid,
  redriven_at   timestamptz,
  constraint dead_letters_pkey primary key (run_id),
  constraint dead_letters_run_id_fkey foreign key (run_id) references ops.runs (id) on delete cascade,
  constraint dead_letters_project_id_fkey foreign key (project_id) references ops.projects (id) on delete cascade,
  constraint dead_letters_reason_check check (reason in ('failed', 'lease_expired')),
  constraint dead_letters_redriven_check check ((redriven_as is null) = (redriven_at is null))
);

comment on table ops.dead_letters is 'Runs after which no attempt is left: for somebody to look at, and to retry';
comment on column ops.dead_letters.first_run_id is 'The first attempt';
comment on column ops.dead_letters.attempts is 'How many attempts there were';
comment on column ops.dead_letters.reason is 'failed | lease_expired';
comment on column ops.dead_letters.redriven_as is 'The run that was queued in its place';

create index dead_letters_project_id_died_at_idx on ops.dead_letters (project_id, died_at);

-- Workers that say that they are there ------------------------------------------------------------------------------

create table ops.workers (
  id            text        not null,
  labels        text[]      not null default '{}',
  slots         integer     not null default 1,
  first_seen_at timestamptz not null default pg_catalog.now(),
  last_seen_at  timestamptz not null default pg_catalog.now(),
  constraint workers_pkey primary key (id),
  constraint workers_id_check check (octet_length(id) between 1 and 1000),
  constraint workers_slots_check check (slots > 0)
) with (fillfactor = 70);

comment on table ops.workers is 'Workers, as far as they say that they are there';
comment on column ops.workers.labels is 'What runs may ask of the worker';
comment on column ops.workers.slots is 'How many runs it does at one time';

-- Runs that are there already. Those in flight get a lease from now on.
insert into ops.run_queue (run_id, project_id, created_at, priority, in_flight, lease_expires_at, lease_seconds)
select r.id, r.project_id, r.created_at, r.priority, r.status <> 'queued',
       case when r.status <> 'queued' then pg_catalog.now() + interval '1 hour' end,
       case when r.status <> 'queued' then 3600 end
from ops.runs r
where r.status in ('queued', 'claimed', 'running');

-- Their work is the queue's now.
drop index ops.runs_queue_idx;
drop index ops.runs_in_flight_idx;

-- Who is told that there is work --------------------------------------------------------------------------------------
--
-- NOTIFY takes a lock on the whole server from before the commit to after it, so that commits that notify come one after
-- the other. One notification wakes every worker there is, so ten a second are enough. When the last one was, is in a
-- sequence: setting it takes no lock and leaves no dead row. A worker that was told, or that found work, asks again after
-- that time before it waits, and so misses nothing.

create sequence ops.queue_notifications;
comment on sequence ops.queue_notifications is 'When workers were last told of new runs, in tenths of seconds since 1970';

-- Events --------------------------------------------------------------------------------------------------------------
--
-- The functions of this schema write what a change of status brings with it in the same statement as the change. They run
-- as the owner and carry the setting ops.by_function; for everybody and everything else, a trigger does it. The setting
-- alone opens nothing: whoever is not the owner has no grant option on the table.

alter table ops.run_events
  drop constraint run_events_event_type_check,
  drop constraint run_events_payload_check,
  drop constraint run_events_pkey,
  add constraint run_events_pkey primary key (run_id, seq);
drop index ops.run_events_run_id_seq_idx;
alter table ops.run_events set (
  autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05
);
alter table ops.run_logs set (
  autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05
);

create or replace function ops.protect_state_changes() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_broken text;
begin
  if current_setting('ops.by_function', true) = 'on'
     and has_table_privilege(current_user, tg_relid, 'SELECT WITH GRANT OPTION') then
    return new;
  end if;

  v_broken := case
    when new.event_type not in ('state_change', 'error', 'warning', 'info') then 'run_events_event_type_check'
    when jsonb_typeof(new.payload) <> 'object' then 'run_events_payload_check'
  end;
  if v_broken is not null then
    raise exception 'new row for relation "run_events" violates check constraint "%"', v_broken
      using errcode = 'check_violation', schema = 'ops', table = 'run_events', constraint = v_broken;
  end if;

  -- Depth 1 is this trigger itself; the trigger on ops.runs would be around it.
  if new.event_type <> 'state_change'
     or (pg_trigger_depth() > 1
         and pg_has_role(current_user, (select c.relowner from pg_class c where c.oid = tg_relid), 'usage')) then
    return new;
  end if;
  raise exception 'a state change is recorded by changing the run, not by inserting an event'
    using errcode = 'object_not_in_prerequisite_state', schema = 'ops', table = 'run_events',
          hint = 'use event_type info, warning or error';
end
$$;

drop trigger protect_state_changes on ops.run_events;
create trigger protect_state_changes before insert on ops.run_events
  for each row execute function ops.protect_state_changes();

-- What a change of status brings with it ------------------------------------------------------------------------------

create function ops.lane_of(p_project_id uuid, p_labels text[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_project uuid := (select p.project_id from ops.project_queues p where p.project_id = p_project_id);
  v_labels  text[];
  v_id      integer;
begin
  if v_project is null and p_labels = '{}' then
    return null;
  end if;
  v_labels := array(select distinct unnest(p_labels) order by 1);
  loop
    select l.id into v_id
    from ops.queue_lanes l
    where l.project_id is not distinct from v_project and l.labels = v_labels;
    exit when found;
    insert into ops.queue_lanes (project_id, labels) values (v_project, v_labels)
    on conflict do nothing
    returning id into v_id;
    exit when found;
  end loop;
  return v_id;
end
$$;

comment on function ops.lane_of(uuid, text[]) is 'The lane for runs of a project that ask for these labels; null is the common line';

-- Says what the queue row of a run is, whatever it was.
create function ops.file_run(p_run ops.runs) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_in_flight constant boolean := p_run.status in ('claimed', 'running');
begin
  if p_run.status not in ('queued', 'claimed', 'running') then
    delete from ops.run_queue q where q.run_id = p_run.id;
    return;
  end if;
  insert into ops.run_queue as q
    (run_id, project_id, created_at, priority, lane_id, due_at, in_flight, lease_expires_at, lease_seconds)
  values (
    p_run.id, p_run.project_id, p_run.created_at, p_run.priority,
    ops.lane_of(p_run.project_id, p_run.labels),
    case when not v_in_flight and p_run.run_after > clock_timestamp() then p_run.run_after end,
    v_in_flight,
    case when v_in_flight then now() + interval '1 hour' end,
    case when v_in_flight then 3600 end
  )
  on conflict (run_id) do update
  set priority = excluded.priority,
      lane_id = excluded.lane_id,
      due_at = excluded.due_at,
      in_flight = excluded.in_flight,
      lease_expires_at = case when excluded.in_flight then coalesce(q.lease_expires_at, excluded.lease_expires_at) end,
      lease_seconds = case when excluded.in_flight then coalesce(q.lease_seconds, excluded.lease_seconds) end,
      claim_request = case when excluded.in_flight then q.claim_request end;
end
$$;

comment on function ops.file_run(ops.runs) is 'Makes a run''s row in the queue what the run says';

create or replace function ops.record_status_change() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant bigint := (extract(epoch from clock_timestamp()) * 10)::bigint;
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
  perform ops.file_run(new);
  if new.status = 'queued' and v_now > (select s.last_value from ops.queue_notifications s) then
    perform setval('ops.queue_notifications', v_now);
    perform pg_notify('ops_runs', '');
  end if;
  return null;
end
$$;

comment on function ops.record_status_change() is
  'Trigger: writes the state_change event of every new status, keeps the queue, and tells workers of new runs';

drop trigger record_status_change on ops.runs;
create trigger record_status_change after update on ops.runs
  for each row when (
    old.status is distinct from new.status and current_setting('ops.by_function', true) is distinct from 'on'
  )
  execute function ops.record_status_change();

create function ops.requeue_run() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ops.file_run(new);
  return null;
end
$$;

comment on function ops.requeue_run() is 'Trigger: a queued run that is given another priority, time or labels changes its place';

create trigger requeue_run after update of priority, labels, run_after on ops.runs
  for each row when (
    new.status = 'queued' and old.status = 'queued'
    and (old.priority, old.labels, old.run_after) is distinct from (new.priority, new.labels, new.run_after)
  )
  execute function ops.requeue_run();

create function ops.unqueue_deleted_runs() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ops.run_queue q using gone where q.run_id = gone.id;
  return null;
end
$$;

comment on function ops.unqueue_deleted_runs() is 'Trigger: a run that is deleted leaves the queue';

create trigger unqueue_deleted_runs after delete on ops.runs
  referencing old table as gone
  for each statement execute function ops.unqueue_deleted_runs();

-- All that is asked of an UPDATE --------------------------------------------------------------------------------------
--
-- In one trigger, without a condition. What the functions of this schema change is right by their own WHERE, and they say
-- so by a setting; whoever else sets it is refused, by having no grant option on the table.

create function ops.next_claim_token() returns bigint
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select nextval('ops.claim_tokens')
$$;

comment on function ops.next_claim_token() is 'A number for a claim that is made by a plain UPDATE';

create function ops.guard_run() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('ops.by_function', true) = 'on' then
    if has_table_privilege(current_user, tg_relid, 'SELECT WITH GRANT OPTION') then
      return new;
    end if;
    raise exception 'ops.by_function is for the functions of schema ops'
      using errcode = 'insufficient_privilege', schema = 'ops', table = 'runs', hint = 'reset ops.by_function';
  end if;

  if new.status is distinct from old.status then
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
    -- Times that the UPDATE leaves out are filled in, so that a plain "set status = …" agrees with the status.
    case new.status
      when 'claimed' then
        new.claimed_at := coalesce(new.claimed_at, now());
        new.claim_number := ops.next_claim_token();
      when 'running' then
        new.started_at := coalesce(new.started_at, now());
      else
        new.finished_at := coalesce(new.finished_at, now());
        if new.status = 'succeeded' then
          new.exit_code := coalesce(new.exit_code, 0);
        end if;
    end case;
  end if;

  if (new.id, new.project_id, new.workflow_id, new.run_number, new.created_at, new.attempt, new.run_ref)
     is distinct from
     (old.id, old.project_id, old.workflow_id, old.run_number, old.created_at, old.attempt, old.run_ref) then
    raise exception 'a run keeps its id, project, workflow, number, time of creation, attempt and reference'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_identity';
  end if;
  if old.status in ('succeeded', 'failed', 'canceled')
     and (new.claimed_by, new.claimed_at, new.claim_number, new.started_at, new.finished_at, new.exit_code,
          new.error_message, new.reaped_at)
         is distinct from
         (old.claimed_by, old.claimed_at, old.claim_number, old.started_at, old.finished_at, old.exit_code,
          old.error_message, old.reaped_at) then
    raise exception 'the outcome of a run is final: this one is %', old.status
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_outcome';
  end if;

  if new is distinct from old then
    new.updated_at := now();
  end if;
  return new;
end
$$;

comment on function ops.guard_run() is
  'Trigger: lets only the allowed changes of status pass, and keeps what a run is and how it ended';

drop trigger enforce_run_status_transition on ops.runs;
drop trigger protect_run_identity on ops.runs;
drop trigger protect_run_outcome on ops.runs;
drop trigger set_updated_at on ops.runs;
drop function ops.validate_run_status_transition();
drop function ops.protect_run();

create trigger guard_run before update on ops.runs
  for each row execute function ops.guard_run();

comment on trigger guard_run on ops.runs is
  'queued → claimed → running → succeeded | failed, and canceled from each of the first three';

-- Who sees it ---------------------------------------------------------------------------------------------------------

alter table ops.run_queue enable row level security;
alter table ops.project_queues enable row level security;
alter table ops.queue_lanes enable row level security;
alter table ops.dead_letters enable row level security;
alter table ops.workers enable row level security;

create policy run_queue_select_member on ops.run_queue
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy project_queues_select_member on ops.project_queues
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy queue_lanes_select_member on ops.queue_lanes
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));

create policy dead_letters_select_member on ops.dead_letters
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy workers_select_all on ops.workers
  for select to authenticated
  using (true);

comment on policy dead_letters_select_member on ops.dead_letters is 'Members see what came to nothing in their projects';
comment on policy workers_select_all on ops.workers is 'Every user sees which workers there are';
comment on policy run_queue_select_member on ops.run_queue is 'Members see their projects'' part of the queue';
comment on policy project_queues_select_member on ops.project_queues is 'Members see their projects'' limits';
comment on policy queue_lanes_select_member on ops.queue_lanes is 'Members see their projects'' lanes';

revoke all on table ops.run_queue, ops.project_queues, ops.queue_lanes, ops.dead_letters, ops.workers
  from public, anon, authenticated, service_role;
revoke all on sequence ops.claim_tokens, ops.queue_notifications, ops.queue_lanes_id_seq
  from public, anon, authenticated, service_role;
revoke all on function
  ops.lane_of(uuid, text[]), ops.file_run(ops.runs), ops.requeue_run(), ops.unqueue_deleted_runs(), ops.validate_run(),
  ops.guard_run(), ops.next_claim_token()
  from public, anon, authenticated, service_role;
grant select on table ops.run_queue, ops.project_queues, ops.queue_lanes, ops.dead_letters, ops.workers
  to authenticated, service_role;
grant execute on function ops.next_claim_token() to service_role;
grant insert (labels, run_after, max_attempts, retry_delay_seconds) on table ops.runs to authenticated;
