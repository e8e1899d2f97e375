drop index ops.upgrade_advisories_versions_idx;
drop index ops.run_logs_message_fts_idx;
drop index ops.run_artifacts_expires_at_idx;
drop index ops.runs_in_flight_idx;
drop index ops.runs_queue_idx;

drop trigger protect_run_outcome on ops.runs;
drop trigger protect_run_identity on ops.runs;
drop trigger enforce_run_status_transition on ops.runs;
drop function ops.protect_run();
drop function ops.validate_run_status_transition();

alter table ops.tools
  drop constraint tools_version_check,
  drop constraint tools_tool_name_check,
  drop constraint tools_config_check;
alter table ops.run_logs drop constraint run_logs_metadata_check;
alter table ops.run_artifacts
  drop constraint run_artifacts_artifact_key_check,
  drop constraint run_artifacts_metadata_check;
alter table ops.run_events drop constraint run_events_payload_check;
alter table ops.runs
  drop constraint runs_idempotency_key_check,
  drop constraint runs_metadata_check;
alter table ops.workflows
  drop constraint workflows_name_check,
  drop constraint workflows_config_check;
alter table ops.projects
  drop constraint projects_config_check,
  drop constraint projects_name_check,
  drop constraint projects_odoo_version_format,
  drop constraint projects_slug_format,
  drop constraint projects_workspace_key_format;
