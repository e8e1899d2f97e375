revoke all on table
  ops.projects, ops.workflows, ops.runs, ops.run_events, ops.run_artifacts, ops.run_logs, ops.tools,
  ops.upgrade_advisories, ops.project_memberships
  from authenticated, service_role;

drop trigger keep_owner_on_update on ops.project_memberships;
drop trigger keep_owner_on_delete on ops.project_memberships;
drop function ops.keep_project_owner();

drop policy project_memberships_delete_admin on ops.project_memberships;
drop policy project_memberships_update_admin on ops.project_memberships;
drop policy project_memberships_insert_admin on ops.project_memberships;
drop policy project_memberships_select_member on ops.project_memberships;
drop policy upgrade_advisories_select_all on ops.upgrade_advisories;
drop policy tools_select_all on ops.tools;
drop policy run_logs_select_member on ops.run_logs;
drop policy run_artifacts_select_member on ops.run_artifacts;
drop policy run_events_select_member on ops.run_events;
drop policy runs_insert_developer on ops.runs;
drop policy runs_select_member on ops.runs;
drop policy workflows_delete_admin on ops.workflows;
drop policy workflows_update_developer on ops.workflows;
drop policy workflows_insert_developer on ops.workflows;
drop policy workflows_select_member on ops.workflows;
drop policy projects_update_owner on ops.projects;
drop policy projects_select_member on ops.projects;

alter table ops.project_memberships disable row level security;
alter table ops.upgrade_advisories disable row level security;
alter table ops.tools disable row level security;
alter table ops.run_logs disable row level security;
alter table ops.run_artifacts disable row level security;
alter table ops.run_events disable row level security;
alter table ops.runs disable row level security;
alter table ops.workflows disable row level security;
alter table ops.projects disable row level security;

drop function ops.my_project_ids(text[]);
