-- Tables go before the functions that their triggers call, and referencing tables before referenced ones.

drop table ops.project_memberships;
drop table ops.upgrade_advisories;
drop table ops.tools;
drop table ops.run_logs;
drop table ops.run_artifacts;
drop table ops.run_events;
drop table ops.runs;
drop table ops.workflows;
drop table ops.projects;

drop function ops.protect_run_events();
drop function ops.protect_state_changes();
drop function ops.admit_run();
drop function ops.number_run();
drop function ops.set_updated_at();
