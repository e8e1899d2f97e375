-- Who sees and changes what.
--
--   anon           nothing
--   authenticated  by membership: a viewer reads; a developer also makes workflows and runs; an admin also manages
--                  memberships, but no owner's; an owner does all that, and changes the project
--   service_role   bypasses row level security; events stay append-only for it too
--
-- Policies ask ops.my_project_ids, a security definer that reads memberships without their policies, so no policy reads
-- a table whose policy reads it back. They ask in an uncorrelated sub-select, which PostgreSQL runs once a statement
-- and not once a row.
--
-- Row level security is enabled but not forced: the security definer functions run as the tables' owner and rely on its
-- exemption. That owner is the role that migrates, and no API role.

create function ops.my_project_ids(p_roles text[] default null) returns setof uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.project_id
  from ops.project_memberships m
  where m.user_id = (select ops.current_user_id())
    and (p_roles is null or m.role = any (p_roles))
$$;

comment on function ops.my_project_ids(text[]) is
  'The projects that the calling user is a member of, all of them or those with one of the given roles';

revoke all on function ops.my_project_ids(text[]) from public, anon, authenticated, service_role;
grant execute on function ops.my_project_ids(text[]) to authenticated, service_role;

-- Row level security --------------------------------------------------------------------------------------------------

alter table ops.projects enable row level security;
alter table ops.workflows enable row level security;
alter table ops.runs enable row level security;
alter table ops.run_events enable row level security;
alter table ops.run_artifacts enable row level security;
alter table ops.run_logs enable row level security;
alter table ops.tools enable row level security;
alter table ops.upgrade_advisories enable row level security;
alter table ops.project_memberships enable row level security;

-- Projects: made by ops.create_project, archived and not deleted.
create policy projects_select_member on ops.projects
  for select to authenticated
  using (id = any (array(select ops.my_project_ids())));
create policy projects_update_owner on ops.projects
  for update to authenticated
  using (id = any (array(select ops.my_project_ids('{owner}'))))
  with check (id = any (array(select ops.my_project_ids('{owner}'))));

comment on policy projects_select_member on ops.projects is 'Members see their projects';
comment on policy projects_update_owner on ops.projects is 'Owners change the project';

-- Workflows
create policy workflows_select_member on ops.workflows
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy workflows_insert_developer on ops.workflows
  for insert to authenticated
  with check (project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))));
create policy workflows_update_developer on ops.workflows
  for update to authenticated
  using (project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))))
  with check (project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))));
create policy workflows_delete_admin on ops.workflows
  for delete to authenticated
  using (project_id = any (array(select ops.my_project_ids('{owner,admin}'))));

comment on policy workflows_select_member on ops.workflows is 'Members see the workflows of their projects';
comment on policy workflows_insert_developer on ops.workflows is 'Developers and above make workflows';
comment on policy workflows_update_developer on ops.workflows is 'Developers and above change workflows';
comment on policy workflows_delete_admin on ops.workflows is
  'Admins and owners delete workflows; the foreign key keeps those that have runs';

-- Runs: changed by functions only. Users do not get ahead of the default priority, which is one queue for all projects.
create policy runs_select_member on ops.runs
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy runs_insert_developer on ops.runs
  for insert to authenticated
  with check (priority >= 0 and project_id = any (array(select ops.my_project_ids('{owner,admin,developer}'))));

comment on policy runs_select_member on ops.runs is 'Members see the runs of their projects';
comment on policy runs_insert_developer on ops.runs is
  'Developers and above queue runs, not ahead of the default priority';

-- What belongs to a run is seen by whoever sees the run: the policy of ops.runs decides.
create policy run_events_select_member on ops.run_events
  for select to authenticated
  using (exists (select from ops.runs r where r.id = run_id));
create policy run_artifacts_select_member on ops.run_artifacts
  for select to authenticated
  using (exists (select from ops.runs r where r.id = run_id));
create policy run_logs_select_member on ops.run_logs
  for select to authenticated
  using (exists (select from ops.runs r where r.id = run_id));

comment on policy run_events_select_member on ops.run_events is 'Whoever sees a run sees its events';
comment on policy run_artifacts_select_member on ops.run_artifacts is 'Whoever sees a run sees its artifacts';
comment on policy run_logs_select_member on ops.run_logs is 'Whoever sees a run sees its log';

-- Shared by all projects
create policy tools_select_all on ops.tools
  for select to authenticated
  using (true);
create policy upgrade_advisories_select_all on ops.upgrade_advisories
  for select to authenticated
  using (true);

comment on policy tools_select_all on ops.tools is 'Every user sees the tools';
comment on policy upgrade_advisories_select_all on ops.upgrade_advisories is 'Every user sees the advisories';

-- Memberships: USING judges the row as it is, WITH CHECK the row as it would be, so that an admin neither touches an
-- owner nor makes one.
create policy project_memberships_select_member on ops.project_memberships
  for select to authenticated
  using (project_id = any (array(select ops.my_project_ids())));
create policy project_memberships_insert_admin on ops.project_memberships
  for insert to authenticated
  with check (
    project_id = any (array(select ops.my_project_ids('{owner}')))
    or (role <> 'owner' and project_id = any (array(select ops.my_project_ids('{admin}'))))
  );
create policy project_memberships_update_admin on ops.project_memberships
  for update to authenticated
  using (
    project_id = any (array(select ops.my_project_ids('{owner}')))
    or (role <> 'owner' and project_id = any (array(select ops.my_project_ids('{admin}'))))
  )
  with check (
    project_id = any (array(select ops.my_project_ids('{owner}')))
    or (role <> 'owner' and project_id = any (array(select ops.my_project_ids('{admin}'))))
  );
create policy project_memberships_delete_admin on ops.project_memberships
  for delete to authenticated
  using (
    project_id = any (array(select ops.my_project_ids('{owner}')))
    or (role <> 'owner' and project_id = any (array(select ops.my_project_ids('{admin}'))))
    or user_id = (select ops.current_user_id())
  );

comment on policy project_memberships_select_member on ops.project_memberships is
  'Members see who else is in their projects';
comment on policy project_memberships_insert_admin on ops.project_memberships is
  'Owners add anyone, admins anyone but owners';
comment on policy project_memberships_update_admin on ops.project_memberships is
  'Owners change any role; admins neither touch nor make an owner';
comment on policy project_memberships_delete_admin on ops.project_memberships is
  'Owners remove anyone, admins anyone but owners, and everyone may leave';

-- A project keeps an owner --------------------------------------------------------------------------------------------
--
-- Asked at the end of the transaction, so that ownership can change hands within one. Two transactions that each remove
-- one of two owners must not both find the other's still there: each writes the project's row, so the second waits for
-- the first and then sees what it did, or under a stricter isolation level fails to serialize. A project that was
-- deleted needs no owner.

create function ops.keep_project_owner() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update ops.projects p set last_run_number = p.last_run_number where p.id = old.project_id;
  if found and not exists (
    select from ops.project_memberships m where m.project_id = old.project_id and m.role = 'owner'
  ) then
    raise exception 'a project keeps at least one owner'
      using errcode = 'check_violation', schema = 'ops', table = 'project_memberships',
            constraint = 'keep_project_owner', hint = 'make another member an owner first, or archive the project';
  end if;
  return null;
end
$$;

comment on function ops.keep_project_owner() is 'Trigger: the last owner of a project can be neither removed nor demoted';

revoke all on function ops.keep_project_owner() from public, anon, authenticated, service_role;

create constraint trigger keep_owner_on_delete
  after delete on ops.project_memberships
  deferrable initially deferred
  for each row when (old.role = 'owner')
  execute function ops.keep_project_owner();
create constraint trigger keep_owner_on_update
  after update on ops.project_memberships
  deferrable initially deferred
  for each row when (old.role = 'owner' and (new.role <> 'owner' or new.project_id <> old.project_id))
  execute function ops.keep_project_owner();

-- Rights --------------------------------------------------------------------------------------------------------------
--
-- Exactly what the policies above assume. Column lists leave out what decides over access and order: nobody moves a row
-- to another project, and a run's status, number, claim and times are written by functions and triggers.

grant select on table
  ops.projects, ops.workflows, ops.runs, ops.run_events, ops.run_artifacts, ops.run_logs, ops.tools,
  ops.upgrade_advisories, ops.project_memberships
  to authenticated;
grant update (slug, name, description, odoo_version, status, config) on table ops.projects to authenticated;
grant insert (project_id, workflow_type, name, description, enabled, git_ref, git_commit, config),
      update (workflow_type, name, description, enabled, git_ref, git_commit, config),
      delete
  on table ops.workflows to authenticated;
grant insert (project_id, workflow_id, idempotency_key, priority, metadata) on table ops.runs to authenticated;
grant insert (project_id, user_id, role), update (role), delete on table ops.project_memberships to authenticated;

grant select, delete,
      insert (id, workspace_key, slug, name, description, odoo_version, status, config, created_at, updated_at),
      update (workspace_key, slug, name, description, odoo_version, status, config, updated_at)
  on table ops.projects to service_role;
grant select, insert, update, delete on table
  ops.workflows, ops.runs, ops.run_artifacts, ops.tools, ops.upgrade_advisories, ops.project_memberships
  to service_role;
grant select, insert, delete on table ops.run_logs to service_role;
grant select, insert on table ops.run_events to service_role;
