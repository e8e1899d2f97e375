drop function ops.list_queued_runs();
drop function ops.cancel_run(uuid, text);
drop function ops.enqueue_run(uuid, uuid, text, integer, jsonb);
drop function ops.create_project(text, text, text, text, text, jsonb);
drop function ops.purge_run_events(timestamptz, integer);
drop function ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb);
drop function ops.append_run_log(uuid, text, text, jsonb);
drop function ops.complete_workflow_run(uuid, integer, text, text);
drop function ops.start_workflow_run(uuid, text);
drop function ops.claim_next_run(text);

drop trigger record_status_change on ops.runs;
drop trigger record_first_status on ops.runs;
drop function ops.record_status_change();

drop function ops.current_user_role(uuid);
drop function ops.current_user_id();
