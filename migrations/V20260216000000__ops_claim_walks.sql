-- A claim while an old snapshot is held.
--
-- Entries of rows that were claimed stay in the index then, and every claim would walk past all of them. A session that had
-- to walk far remembers where it got to, and begins there for a while. Measured with a snapshot held for a minute, that left
-- a quarter of the rate behind: the place was not moved on while it counted, so that each claim walked past what had been
-- claimed since; and each session walked for itself. So the place moves on by every four pages, and sessions walk by turns:
-- whoever walked far says so in a sequence, and nobody walks again for a millisecond a page, about ten times as long as
-- that took. The order is exact while that is cheap; a run that comes in ahead of all others waits that long while it is not.

create sequence ops.claim_walks;
comment on sequence ops.claim_walks is 'Until when no claim needs to walk the whole line again, in milliseconds since 1970';

create function ops.renew_claim_hint(p_hint text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Not by a query: claims switch sequential scans off, and there is no other way to read a sequence.
  v_until constant timestamptz := to_timestamp(pg_sequence_last_value('ops.claim_walks'::regclass) / 1000.0);
begin
  return set_config('ops.claim_hint',
                    case when v_until > clock_timestamp()
                         then concat_ws('|', v_until, split_part(p_hint, '|', 2), split_part(p_hint, '|', 3),
                                        split_part(p_hint, '|', 4))
                         else '' end,
                    false);
end
$$;

comment on function ops.renew_claim_hint(text) is
  'Part of a claim: the place to begin at counts on where another session has walked the whole line meanwhile';

create function ops.remember_walk(
  p_until      timestamptz,
  p_pages      bigint,
  p_priority   integer,
  p_created_at timestamptz,
  p_run_id     uuid
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_until is null then
    p_until := clock_timestamp() + greatest(p_pages * interval '1 ms', interval '50 ms');
    perform setval('ops.claim_walks', (extract(epoch from p_until) * 1000)::bigint);
  end if;
  perform set_config('ops.claim_hint', concat_ws('|', p_until, p_priority, p_created_at, p_run_id), false);
end
$$;

comment on function ops.remember_walk(timestamptz, bigint, integer, timestamptz, uuid) is
  'Part of a claim: where this session begins the next time, and for how long';

revoke all on sequence ops.claim_walks from public, anon, authenticated, service_role;
revoke all on function
  ops.renew_claim_hint(text),
  ops.remember_walk(timestamptz, bigint, integer, timestamptz, uuid)
  from public, anon, authenticated, service_role;

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
  if v_hint <> '' and split_part(v_hint, '|', 1)::timestamptz <= clock_timestamp() then
    v_hint := ops.renew_claim_hint(v_hint);
  end if;
  if v_hint <> '' then
    v_until := split_part(v_hint, '|', 1)::timestamptz;
    v_priority := split_part(v_hint, '|', 2)::integer;
    v_created := split_part(v_hint, '|', 3)::timestamptz;
    v_run_id := split_part(v_hint, '|', 4)::uuid;
  end if;
  v_pages := pg_stat_get_xact_blocks_fetched(v_index);

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
  v_pages := pg_stat_get_xact_blocks_fetched(v_index) - v_pages - p_limit / 50;
  if v_pages > 4 and (v_until is not null or v_pages > 8) then
    perform ops.remember_walk(v_until, v_pages, q.priority, q.created_at, q.run_id)
    from ops.run_queue q
    where q.run_id = v_ids[cardinality(v_ids)];
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
    if v_hint <> '' and split_part(v_hint, '|', 1)::timestamptz <= clock_timestamp() then
      v_hint := ops.renew_claim_hint(v_hint);
    end if;
    if v_hint <> '' then
      v_until := split_part(v_hint, '|', 1)::timestamptz;
      v_priority := split_part(v_hint, '|', 2)::integer;
      v_created := split_part(v_hint, '|', 3)::timestamptz;
      v_run_id := split_part(v_hint, '|', 4)::uuid;
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
      v_pages := pg_stat_get_xact_blocks_fetched('ops.run_queue_ready_idx'::regclass) - v_pages;
      if v_pages > 4 and (v_until is not null or v_pages > 8) then
        perform ops.remember_walk(v_until, v_pages, v_priority, v_created, v_run_id);
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
