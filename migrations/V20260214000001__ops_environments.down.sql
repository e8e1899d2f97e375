revoke insert (environment_id, git_ref, git_commit) on table ops.runs from authenticated;

alter table ops.run_artifacts
  drop column digest,
  drop column artifact_type;

drop index ops.runs_project_id_environment_id_idx;
drop index ops.runs_run_ref_key;
alter table ops.runs
  drop constraint runs_project_id_environment_id_fkey,
  drop column git_commit,
  drop column git_ref,
  drop column environment_id,
  drop column run_ref;

drop table ops.environments;
