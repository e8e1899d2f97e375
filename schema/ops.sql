-- Written by `pgward snapshot --format sql`: makes this schema in an empty database.
-- Run it with: psql --no-psqlrc -v ON_ERROR_STOP=1 --single-transaction -f FILE
--
-- Snapshot: sha256:3533ccee1ac3f021794a07d021dbdd384fd8cead65b1cc7300c9aa0e8bf099a0
-- Roles that have to be there: anon, authenticated, postgres, service_role
-- Needed from outside of it: column auth.users.id, constraint auth.users.users_pkey
-- Rights: CREATE on the database, and to be a member of every owner; no superuser is needed

SET search_path = pg_catalog, pg_temp;
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
SET intervalstyle = 'postgres';
SET standard_conforming_strings = on;
SET check_function_bodies = off;


-- Schemas, extensions and languages
-- ---------------------------------

-- schema ops
CREATE SCHEMA ops;
ALTER SCHEMA ops OWNER TO postgres;
COMMENT ON SCHEMA ops IS 'pgward: OdooOps control plane';
GRANT USAGE ON SCHEMA ops TO anon;
GRANT USAGE ON SCHEMA ops TO authenticated;
GRANT USAGE ON SCHEMA ops TO service_role;


-- Tables
-- ------

-- table ops.project_memberships
CREATE TABLE ops.project_memberships (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.project_memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.project_memberships OWNER TO postgres;
COMMENT ON TABLE ops.project_memberships IS 'Who may do what in which project';
GRANT DELETE, SELECT ON TABLE ops.project_memberships TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.project_memberships TO service_role;
GRANT INSERT (project_id) ON TABLE ops.project_memberships TO authenticated;
GRANT INSERT (user_id) ON TABLE ops.project_memberships TO authenticated;
COMMENT ON COLUMN ops.project_memberships.role IS 'owner | admin | developer | viewer';
GRANT INSERT (role), UPDATE (role) ON TABLE ops.project_memberships TO authenticated;
ALTER TABLE ops.project_memberships ADD CONSTRAINT project_memberships_pkey PRIMARY KEY (id);
ALTER TABLE ops.project_memberships ADD CONSTRAINT project_memberships_project_id_user_id_key UNIQUE (project_id, user_id);
ALTER TABLE ops.project_memberships ADD CONSTRAINT project_memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'developer'::text, 'viewer'::text])));
CREATE INDEX project_memberships_user_id_idx ON ops.project_memberships USING btree (user_id);

-- table ops.projects
CREATE TABLE ops.projects (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    workspace_key text NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    description text,
    odoo_version text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    last_run_number integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.projects OWNER TO postgres;
COMMENT ON TABLE ops.projects IS 'Workspace containers: all that belongs to one Odoo project';
GRANT SELECT ON TABLE ops.projects TO authenticated;
GRANT DELETE, SELECT ON TABLE ops.projects TO service_role;
GRANT INSERT (id) ON TABLE ops.projects TO service_role;
COMMENT ON COLUMN ops.projects.workspace_key IS 'Unique key of the workspace, for machines, e.g. ipai_workspace';
GRANT INSERT (workspace_key), UPDATE (workspace_key) ON TABLE ops.projects TO service_role;
COMMENT ON COLUMN ops.projects.slug IS 'Unique short name, for people and URLs';
GRANT UPDATE (slug) ON TABLE ops.projects TO authenticated;
GRANT INSERT (slug), UPDATE (slug) ON TABLE ops.projects TO service_role;
GRANT UPDATE (name) ON TABLE ops.projects TO authenticated;
GRANT INSERT (name), UPDATE (name) ON TABLE ops.projects TO service_role;
GRANT UPDATE (description) ON TABLE ops.projects TO authenticated;
GRANT INSERT (description), UPDATE (description) ON TABLE ops.projects TO service_role;
COMMENT ON COLUMN ops.projects.odoo_version IS 'Target Odoo version, e.g. 19.0';
GRANT UPDATE (odoo_version) ON TABLE ops.projects TO authenticated;
GRANT INSERT (odoo_version), UPDATE (odoo_version) ON TABLE ops.projects TO service_role;
COMMENT ON COLUMN ops.projects.status IS 'active | archived; an archived project takes no new runs';
GRANT UPDATE (status) ON TABLE ops.projects TO authenticated;
GRANT INSERT (status), UPDATE (status) ON TABLE ops.projects TO service_role;
GRANT UPDATE (config) ON TABLE ops.projects TO authenticated;
GRANT INSERT (config), UPDATE (config) ON TABLE ops.projects TO service_role;
COMMENT ON COLUMN ops.projects.last_run_number IS 'Number of the newest run; counted up by the trigger that numbers runs';
GRANT INSERT (created_at) ON TABLE ops.projects TO service_role;
GRANT INSERT (updated_at), UPDATE (updated_at) ON TABLE ops.projects TO service_role;
ALTER TABLE ops.projects ADD CONSTRAINT projects_config_check CHECK ((jsonb_typeof(config) = 'object'::text));
ALTER TABLE ops.projects ADD CONSTRAINT projects_last_run_number_check CHECK ((last_run_number >= 0));
ALTER TABLE ops.projects ADD CONSTRAINT projects_name_check CHECK ((btrim(name) <> ''::text));
ALTER TABLE ops.projects ADD CONSTRAINT projects_odoo_version_format CHECK ((odoo_version ~ '^[0-9]+[.][0-9]+$'::text));
ALTER TABLE ops.projects ADD CONSTRAINT projects_pkey PRIMARY KEY (id);
ALTER TABLE ops.projects ADD CONSTRAINT projects_slug_format CHECK ((slug ~ '^[a-z0-9-]{1,100}$'::text));
ALTER TABLE ops.projects ADD CONSTRAINT projects_slug_key UNIQUE (slug);
ALTER TABLE ops.projects ADD CONSTRAINT projects_status_check CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text])));
ALTER TABLE ops.projects ADD CONSTRAINT projects_workspace_key_format CHECK ((workspace_key ~ '^[a-z0-9_]{1,100}$'::text));
ALTER TABLE ops.projects ADD CONSTRAINT projects_workspace_key_key UNIQUE (workspace_key);

-- table ops.run_artifacts
CREATE TABLE ops.run_artifacts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    run_id uuid NOT NULL,
    artifact_key text NOT NULL,
    artifact_url text NOT NULL,
    content_type text,
    size_bytes bigint,
    checksum text,
    expires_at timestamp with time zone,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.run_artifacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.run_artifacts OWNER TO postgres;
COMMENT ON TABLE ops.run_artifacts IS 'Where the outputs of each run are stored';
GRANT SELECT ON TABLE ops.run_artifacts TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.run_artifacts TO service_role;
COMMENT ON COLUMN ops.run_artifacts.artifact_key IS 'Key in the object store, unique in the run';
COMMENT ON COLUMN ops.run_artifacts.checksum IS 'For verifying the content, e.g. sha256:…';
COMMENT ON COLUMN ops.run_artifacts.expires_at IS 'When cleaning up may delete the artifact; null keeps it';
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_artifact_key_check CHECK (((octet_length(artifact_key) >= 1) AND (octet_length(artifact_key) <= 1000)));
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text));
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_pkey PRIMARY KEY (id);
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_run_id_artifact_key_key UNIQUE (run_id, artifact_key);
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_size_bytes_check CHECK ((size_bytes >= 0));
CREATE INDEX run_artifacts_expires_at_idx ON ops.run_artifacts USING btree (expires_at) WHERE (expires_at IS NOT NULL);

-- table ops.run_events
CREATE TABLE ops.run_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    run_id uuid NOT NULL,
    event_type text NOT NULL,
    message text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.run_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.run_events OWNER TO postgres;
COMMENT ON TABLE ops.run_events IS 'What happened to each run; append-only';
GRANT SELECT ON TABLE ops.run_events TO authenticated;
GRANT INSERT, SELECT ON TABLE ops.run_events TO service_role;
COMMENT ON COLUMN ops.run_events.seq IS 'Order of a run''s events, also of those with the same time';
COMMENT ON COLUMN ops.run_events.event_type IS 'state_change | error | warning | info';
COMMENT ON COLUMN ops.run_events.payload IS 'Details; of a state_change: previous_status, new_status, worker_id, exit_code, error_message, actor';
ALTER TABLE ops.run_events ADD CONSTRAINT run_events_event_type_check CHECK ((event_type = ANY (ARRAY['state_change'::text, 'error'::text, 'warning'::text, 'info'::text])));
ALTER TABLE ops.run_events ADD CONSTRAINT run_events_payload_check CHECK ((jsonb_typeof(payload) = 'object'::text));
ALTER TABLE ops.run_events ADD CONSTRAINT run_events_pkey PRIMARY KEY (id);
CREATE INDEX run_events_run_id_seq_idx ON ops.run_events USING btree (run_id, seq);

-- table ops.run_logs
CREATE TABLE ops.run_logs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    run_id uuid NOT NULL,
    log_level text NOT NULL,
    message text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    "timestamp" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ops.run_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.run_logs OWNER TO postgres;
COMMENT ON TABLE ops.run_logs IS 'Structured log lines of each run';
GRANT SELECT ON TABLE ops.run_logs TO authenticated;
GRANT DELETE, INSERT, SELECT ON TABLE ops.run_logs TO service_role;
COMMENT ON COLUMN ops.run_logs.seq IS 'Order of a run''s lines, also of those with the same time';
COMMENT ON COLUMN ops.run_logs.log_level IS 'debug | info | warn | error';
ALTER TABLE ops.run_logs ADD CONSTRAINT run_logs_log_level_check CHECK ((log_level = ANY (ARRAY['debug'::text, 'info'::text, 'warn'::text, 'error'::text])));
ALTER TABLE ops.run_logs ADD CONSTRAINT run_logs_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text));
ALTER TABLE ops.run_logs ADD CONSTRAINT run_logs_pkey PRIMARY KEY (id);
CREATE INDEX run_logs_message_fts_idx ON ops.run_logs USING gin (to_tsvector('english'::regconfig, "left"(message, 2000)));
CREATE INDEX run_logs_run_id_seq_idx ON ops.run_logs USING btree (run_id, seq);

-- table ops.runs
CREATE TABLE ops.runs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    run_number integer NOT NULL,
    idempotency_key text,
    priority integer DEFAULT 0 NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    claimed_by text,
    claimed_at timestamp with time zone,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    exit_code integer,
    error_message text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.runs OWNER TO postgres;
COMMENT ON TABLE ops.runs IS 'The queue: each run of a workflow, from queued to its end';
GRANT SELECT ON TABLE ops.runs TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.runs TO service_role;
GRANT INSERT (project_id) ON TABLE ops.runs TO authenticated;
GRANT INSERT (workflow_id) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.run_number IS 'Counts from 1 in each project, without gaps';
COMMENT ON COLUMN ops.runs.idempotency_key IS 'Chosen by the client; unique in the project, so that a repeated request queues one run';
GRANT INSERT (idempotency_key) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.priority IS 'Lower goes first, like nice: -100 to 100, 0 unless told otherwise';
GRANT INSERT (priority) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.status IS 'queued | claimed | running | succeeded | failed | canceled';
COMMENT ON COLUMN ops.runs.claimed_by IS 'The worker that claimed the run';
COMMENT ON COLUMN ops.runs.error_message IS 'Why the run failed, or was canceled';
GRANT INSERT (metadata) ON TABLE ops.runs TO authenticated;

ALTER TABLE ops.runs ADD CONSTRAINT runs_claim_matches_status_check CHECK ((((claimed_by IS NULL) = (claimed_at IS NULL)) AND (claimed_by IS DISTINCT FROM ''::text) AND
CASE
    WHEN (status = 'queued'::text) THEN (claimed_at IS NULL)
    WHEN (status = 'canceled'::text) THEN true
    ELSE (claimed_at IS NOT NULL)
END));

ALTER TABLE ops.runs ADD CONSTRAINT runs_error_message_matches_status_check CHECK (((error_message IS NULL) OR (finished_at IS NOT NULL)));

ALTER TABLE ops.runs ADD CONSTRAINT runs_exit_code_matches_status_check CHECK (
CASE status
    WHEN 'succeeded'::text THEN (NOT (exit_code IS DISTINCT FROM 0))
    WHEN 'failed'::text THEN (exit_code IS DISTINCT FROM 0)
    ELSE (exit_code IS NULL)
END);

ALTER TABLE ops.runs ADD CONSTRAINT runs_finish_matches_status_check CHECK (((finished_at IS NOT NULL) = (status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text]))));
ALTER TABLE ops.runs ADD CONSTRAINT runs_idempotency_key_check CHECK (((octet_length(idempotency_key) >= 1) AND (octet_length(idempotency_key) <= 1000)));
ALTER TABLE ops.runs ADD CONSTRAINT runs_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text));
ALTER TABLE ops.runs ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
ALTER TABLE ops.runs ADD CONSTRAINT runs_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100)));
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_run_number_key UNIQUE (project_id, run_number);
ALTER TABLE ops.runs ADD CONSTRAINT runs_run_number_check CHECK ((run_number > 0));

ALTER TABLE ops.runs ADD CONSTRAINT runs_start_matches_status_check CHECK (
CASE
    WHEN (status = ANY (ARRAY['queued'::text, 'claimed'::text])) THEN (started_at IS NULL)
    WHEN (status = 'canceled'::text) THEN ((started_at IS NULL) OR (claimed_at IS NOT NULL))
    ELSE (started_at IS NOT NULL)
END);

ALTER TABLE ops.runs ADD CONSTRAINT runs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'claimed'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'canceled'::text])));
CREATE INDEX runs_in_flight_idx ON ops.runs USING btree (claimed_at) WHERE (status = ANY (ARRAY['claimed'::text, 'running'::text]));
CREATE UNIQUE INDEX runs_project_id_idempotency_key_key ON ops.runs USING btree (project_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX runs_project_id_workflow_id_idx ON ops.runs USING btree (project_id, workflow_id);
CREATE INDEX runs_queue_idx ON ops.runs USING btree (priority, created_at, id) WHERE (status = 'queued'::text);

-- table ops.tools
CREATE TABLE ops.tools (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tool_name text NOT NULL,
    version text NOT NULL,
    docker_image text NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.tools ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.tools OWNER TO postgres;
COMMENT ON TABLE ops.tools IS 'Docker images of the tools that runs use';
GRANT SELECT ON TABLE ops.tools TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.tools TO service_role;
COMMENT ON COLUMN ops.tools.docker_image IS 'Full image reference, e.g. odoo:19.0';
ALTER TABLE ops.tools ADD CONSTRAINT tools_config_check CHECK ((jsonb_typeof(config) = 'object'::text));
ALTER TABLE ops.tools ADD CONSTRAINT tools_pkey PRIMARY KEY (id);
ALTER TABLE ops.tools ADD CONSTRAINT tools_tool_name_check CHECK (((octet_length(tool_name) >= 1) AND (octet_length(tool_name) <= 1000)));
ALTER TABLE ops.tools ADD CONSTRAINT tools_tool_name_version_key UNIQUE (tool_name, version);
ALTER TABLE ops.tools ADD CONSTRAINT tools_version_check CHECK (((octet_length(version) >= 1) AND (octet_length(version) <= 1000)));

-- table ops.upgrade_advisories
CREATE TABLE ops.upgrade_advisories (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    from_version text NOT NULL,
    to_version text NOT NULL,
    severity text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    migration_guide text,
    affects_modules text[],
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.upgrade_advisories ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.upgrade_advisories OWNER TO postgres;
COMMENT ON TABLE ops.upgrade_advisories IS 'What breaks between two Odoo versions';
GRANT SELECT ON TABLE ops.upgrade_advisories TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.upgrade_advisories TO service_role;
COMMENT ON COLUMN ops.upgrade_advisories.severity IS 'low | medium | high | critical';
COMMENT ON COLUMN ops.upgrade_advisories.migration_guide IS 'Markdown, or a URL';
ALTER TABLE ops.upgrade_advisories ADD CONSTRAINT upgrade_advisories_pkey PRIMARY KEY (id);
ALTER TABLE ops.upgrade_advisories ADD CONSTRAINT upgrade_advisories_severity_check CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text])));
CREATE INDEX upgrade_advisories_versions_idx ON ops.upgrade_advisories USING btree (from_version, to_version);

-- table ops.workflows
CREATE TABLE ops.workflows (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id uuid NOT NULL,
    workflow_type text NOT NULL,
    name text NOT NULL,
    description text,
    enabled boolean DEFAULT true NOT NULL,
    git_ref text,
    git_commit text,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.workflows ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.workflows OWNER TO postgres;
COMMENT ON TABLE ops.workflows IS 'Workflow definitions: what a run of a project does';
GRANT DELETE, SELECT ON TABLE ops.workflows TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.workflows TO service_role;
GRANT INSERT (project_id) ON TABLE ops.workflows TO authenticated;
COMMENT ON COLUMN ops.workflows.workflow_type IS 'build | test | deploy | backup | upgrade';
GRANT INSERT (workflow_type), UPDATE (workflow_type) ON TABLE ops.workflows TO authenticated;
GRANT INSERT (name), UPDATE (name) ON TABLE ops.workflows TO authenticated;
GRANT INSERT (description), UPDATE (description) ON TABLE ops.workflows TO authenticated;
COMMENT ON COLUMN ops.workflows.enabled IS 'A disabled workflow takes no new runs; runs already queued stay queued';
GRANT INSERT (enabled), UPDATE (enabled) ON TABLE ops.workflows TO authenticated;
COMMENT ON COLUMN ops.workflows.git_ref IS 'Branch or tag';
GRANT INSERT (git_ref), UPDATE (git_ref) ON TABLE ops.workflows TO authenticated;
COMMENT ON COLUMN ops.workflows.git_commit IS 'Commit SHA, for reproducible runs';
GRANT INSERT (git_commit), UPDATE (git_commit) ON TABLE ops.workflows TO authenticated;
GRANT INSERT (config), UPDATE (config) ON TABLE ops.workflows TO authenticated;
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_config_check CHECK ((jsonb_typeof(config) = 'object'::text));
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_name_check CHECK (((octet_length(name) >= 1) AND (octet_length(name) <= 1000)));
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_pkey PRIMARY KEY (id);
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_project_id_id_key UNIQUE (project_id, id);
COMMENT ON CONSTRAINT workflows_project_id_id_key ON ops.workflows IS 'Target of the foreign key that keeps a run and its workflow in one project';
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_project_id_workflow_type_name_key UNIQUE (project_id, workflow_type, name);
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_workflow_type_check CHECK ((workflow_type = ANY (ARRAY['build'::text, 'test'::text, 'deploy'::text, 'backup'::text, 'upgrade'::text])));


-- Functions
-- ---------

-- function ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb)
CREATE FUNCTION ops.add_run_artifact(p_run_id uuid, p_artifact_key text, p_artifact_url text, p_content_type text DEFAULT NULL::text, p_size_bytes bigint DEFAULT NULL::bigint, p_checksum text DEFAULT NULL::text, p_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_metadata jsonb DEFAULT '{}'::jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_metadata constant jsonb := coalesce(p_metadata, '{}');
  v_id       uuid;
  v_created  boolean;
begin
  if p_artifact_key is null or btrim(p_artifact_key) = '' or octet_length(p_artifact_key) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_artifact_key',
                              'error', 'an artifact key of at most 1000 bytes is needed');
  elsif p_artifact_url is null or btrim(p_artifact_url) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_artifact_url', 'error', 'an artifact url is needed');
  elsif p_size_bytes < 0 then
    return jsonb_build_object('success', false, 'code', 'invalid_size', 'error', 'the size is negative');
  elsif jsonb_typeof(v_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  perform from ops.runs r where r.id = p_run_id for key share;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  end if;

  insert into ops.run_artifacts as a
    (run_id, artifact_key, artifact_url, content_type, size_bytes, checksum, expires_at, metadata)
  values
    (p_run_id, p_artifact_key, p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata)
  on conflict (run_id, artifact_key) do nothing
  returning a.id into v_id;
  v_created := found;

  if not v_created then
    update ops.run_artifacts a
    set artifact_url = p_artifact_url, content_type = p_content_type, size_bytes = p_size_bytes,
        checksum = p_checksum, expires_at = p_expires_at, metadata = v_metadata
    where a.run_id = p_run_id and a.artifact_key = p_artifact_key
      and (a.artifact_url, a.content_type, a.size_bytes, a.checksum, a.expires_at, a.metadata)
          is distinct from (p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata)
    returning a.id into v_id;
    if not found then
      -- The same artifact said twice: nothing to write, nothing to report.
      select a.id into v_id
      from ops.run_artifacts a
      where a.run_id = p_run_id and a.artifact_key = p_artifact_key;
      return jsonb_build_object('success', true, 'artifact_id', v_id, 'created', false);
    end if;
  end if;

  insert into ops.run_events (run_id, event_type, message, payload)
  values (
    p_run_id, 'info',
    format(case when v_created then 'artifact added: %s' else 'artifact replaced: %s' end, p_artifact_key),
    jsonb_build_object('artifact_key', p_artifact_key, 'artifact_id', v_id)
  );

  return jsonb_build_object('success', true, 'artifact_id', v_id, 'created', v_created);
end
$body$;

ALTER FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb) OWNER TO postgres;
COMMENT ON FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb) IS 'Records an output of a run; said again for the same key, replaces it';
GRANT EXECUTE ON FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb) FROM PUBLIC;

-- function ops.admit_run()
CREATE FUNCTION ops.admit_run()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if exists (select from ops.projects p where p.id = new.project_id and p.status = 'archived') then
    raise exception 'the project is archived and takes no new runs'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'runs_project_is_active';
  end if;
  if exists (select from ops.workflows w where w.id = new.workflow_id and not w.enabled) then
    raise exception 'the workflow is disabled and takes no new runs'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'runs_workflow_is_enabled';
  end if;
  return null;
end
$body$;

ALTER FUNCTION ops.admit_run() OWNER TO postgres;
COMMENT ON FUNCTION ops.admit_run() IS 'Trigger: an archived project and a disabled workflow take no new runs';
REVOKE EXECUTE ON FUNCTION ops.admit_run() FROM PUBLIC;

-- function ops.append_run_log(uuid, text, text, jsonb)
CREATE FUNCTION ops.append_run_log(p_run_id uuid, p_level text, p_message text, p_metadata jsonb DEFAULT '{}'::jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_line ops.run_logs;
begin
  if p_level is null or p_level not in ('debug', 'info', 'warn', 'error') then
    return jsonb_build_object('success', false, 'code', 'invalid_log_level',
                              'error', 'the log level is one of debug, info, warn, error');
  elsif p_message is null then
    return jsonb_build_object('success', false, 'code', 'invalid_message', 'error', 'a message is needed');
  elsif jsonb_typeof(p_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  perform from ops.runs r where r.id = p_run_id for key share;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  end if;

  insert into ops.run_logs as l (run_id, log_level, message, metadata)
  values (p_run_id, p_level, p_message, coalesce(p_metadata, '{}'))
  returning l.* into v_line;

  return jsonb_build_object('success', true, 'log_id', v_line.id, 'seq', v_line.seq,
                            'timestamp', v_line."timestamp");
end
$body$;

ALTER FUNCTION ops.append_run_log(uuid, text, text, jsonb) OWNER TO postgres;
COMMENT ON FUNCTION ops.append_run_log(uuid, text, text, jsonb) IS 'Adds a line to a run''s log';
GRANT EXECUTE ON FUNCTION ops.append_run_log(uuid, text, text, jsonb) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.append_run_log(uuid, text, text, jsonb) FROM PUBLIC;

-- function ops.cancel_run(uuid, text)
CREATE FUNCTION ops.cancel_run(p_run_id uuid, p_reason text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.cancel_run(uuid, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.cancel_run(uuid, text) IS 'Ends a run that is queued, claimed or running as canceled';
GRANT EXECUTE ON FUNCTION ops.cancel_run(uuid, text) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.cancel_run(uuid, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.cancel_run(uuid, text) FROM PUBLIC;

-- function ops.claim_next_run(text)
CREATE FUNCTION ops.claim_next_run(p_worker_id text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run ops.runs;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  update ops.runs r
  set status = 'claimed', claimed_by = p_worker_id, claimed_at = now()
  where r.id = (
    select q.id
    from ops.runs q
    where q.status = 'queued'
    order by q.priority, q.created_at, q.id
    limit 1
    for no key update skip locked
  )
  returning r.* into v_run;

  if not found then
    return jsonb_build_object('success', true, 'run_id', null, 'message', 'no queued run');
  end if;

  return jsonb_build_object(
    'success', true,
    'run_id', v_run.id,
    'project_id', v_run.project_id,
    'workflow_id', v_run.workflow_id,
    'run_number', v_run.run_number,
    'priority', v_run.priority,
    'metadata', v_run.metadata,
    'claimed_at', v_run.claimed_at
  );
end
$body$;

ALTER FUNCTION ops.claim_next_run(text) OWNER TO postgres;
COMMENT ON FUNCTION ops.claim_next_run(text) IS 'Gives the first queued run to a worker, no run to two; run_id is null when the queue is empty';
GRANT EXECUTE ON FUNCTION ops.claim_next_run(text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.claim_next_run(text) FROM PUBLIC;

-- function ops.complete_workflow_run(uuid, integer, text, text)
CREATE FUNCTION ops.complete_workflow_run(p_run_id uuid, p_exit_code integer, p_error_message text DEFAULT NULL::text, p_worker_id text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run    ops.runs;
  v_status text := case when p_exit_code = 0 then 'succeeded' else 'failed' end;
begin
  if p_exit_code is null then
    return jsonb_build_object('success', false, 'code', 'invalid_exit_code', 'error', 'an exit code is needed');
  elsif btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'the worker id is empty');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif p_worker_id is not null and v_run.claimed_by is distinct from p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is not claimed by this worker');
  elsif v_run.status in ('succeeded', 'failed') then
    if v_run.exit_code is distinct from p_exit_code or v_run.error_message is distinct from p_error_message then
      return jsonb_build_object('success', false, 'code', 'completion_conflict',
                                'error', format('the run already %s with another result', v_run.status),
                                'status', v_run.status, 'finished_at', v_run.finished_at,
                                'exit_code', v_run.exit_code);
    end if;
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'finished_at', v_run.finished_at, 'exit_code', v_run.exit_code,
                              'already_completed', true);
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  elsif v_run.status <> 'running' then
    return jsonb_build_object('success', false, 'code', 'run_not_running',
                              'error', format('the run is %s, not running', v_run.status));
  end if;

  update ops.runs r
  set status = v_status, finished_at = now(), exit_code = p_exit_code, error_message = p_error_message
  where r.id = p_run_id;

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_status, 'finished_at', now(),
                            'exit_code', p_exit_code, 'already_completed', false);
end
$body$;

ALTER FUNCTION ops.complete_workflow_run(uuid, integer, text, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.complete_workflow_run(uuid, integer, text, text) IS 'Ends a running run: succeeded for exit code 0, else failed; said again, answers the recorded result';
GRANT EXECUTE ON FUNCTION ops.complete_workflow_run(uuid, integer, text, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.complete_workflow_run(uuid, integer, text, text) FROM PUBLIC;

-- function ops.create_project(text, text, text, text, text, jsonb)
CREATE FUNCTION ops.create_project(p_workspace_key text, p_slug text, p_name text, p_odoo_version text, p_description text DEFAULT NULL::text, p_config jsonb DEFAULT '{}'::jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_user       constant uuid := ops.current_user_id();
  v_project_id uuid;
  v_constraint text;
begin
  if v_user is null then
    return jsonb_build_object('success', false, 'code', 'not_authenticated',
                              'error', 'only a signed-in user creates a project');
  elsif p_workspace_key is null or p_workspace_key !~ '^[a-z0-9_]{1,100}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_workspace_key',
                              'error', 'a workspace key is 1 to 100 of a-z, 0-9 and _');
  elsif p_slug is null or p_slug !~ '^[a-z0-9-]{1,100}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_slug', 'error', 'a slug is 1 to 100 of a-z, 0-9 and -');
  elsif p_name is null or btrim(p_name) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_name', 'error', 'a name is needed');
  elsif p_odoo_version is null or p_odoo_version !~ '^[0-9]+[.][0-9]+$' then
    return jsonb_build_object('success', false, 'code', 'invalid_odoo_version',
                              'error', 'an Odoo version looks like 19.0');
  elsif jsonb_typeof(p_config) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_config', 'error', 'config is a JSON object');
  end if;

  insert into ops.projects as p (workspace_key, slug, name, odoo_version, description, config)
  values (p_workspace_key, p_slug, p_name, p_odoo_version, p_description, coalesce(p_config, '{}'))
  returning p.id into v_project_id;

  insert into ops.project_memberships (project_id, user_id, role)
  values (v_project_id, v_user, 'owner');

  return jsonb_build_object('success', true, 'project_id', v_project_id, 'role', 'owner');
exception
  when unique_violation then
    get stacked diagnostics v_constraint = constraint_name;
    if v_constraint = 'projects_slug_key' then
      return jsonb_build_object('success', false, 'code', 'slug_taken', 'error', 'another project has this slug');
    end if;
    return jsonb_build_object('success', false, 'code', 'workspace_key_taken',
                              'error', 'another project has this workspace key');
  when foreign_key_violation then
    return jsonb_build_object('success', false, 'code', 'user_not_found', 'error', 'there is no such user');
end
$body$;

ALTER FUNCTION ops.create_project(text, text, text, text, text, jsonb) OWNER TO postgres;
COMMENT ON FUNCTION ops.create_project(text, text, text, text, text, jsonb) IS 'Makes a project and its caller the owner, in one step';
GRANT EXECUTE ON FUNCTION ops.create_project(text, text, text, text, text, jsonb) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.create_project(text, text, text, text, text, jsonb) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.create_project(text, text, text, text, text, jsonb) FROM PUBLIC;

-- function ops.current_user_id()
CREATE FUNCTION ops.current_user_id()
RETURNS uuid
LANGUAGE plpgsql
STABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_claims text := nullif(current_setting('request.jwt.claims', true), '');
begin
  if v_claims is not null then
    return nullif(v_claims::jsonb ->> 'sub', '')::uuid;
  end if;
  return nullif(current_setting('request.jwt.claim.sub', true), '')::uuid;
exception
  when data_exception or program_limit_exceeded then
    return null;
end
$body$;

ALTER FUNCTION ops.current_user_id() OWNER TO postgres;
COMMENT ON FUNCTION ops.current_user_id() IS 'The user that the request''s JWT names; null for nobody';
GRANT EXECUTE ON FUNCTION ops.current_user_id() TO authenticated;
GRANT EXECUTE ON FUNCTION ops.current_user_id() TO service_role;
REVOKE EXECUTE ON FUNCTION ops.current_user_id() FROM PUBLIC;

-- function ops.current_user_role(uuid)
CREATE FUNCTION ops.current_user_role(p_project_id uuid)
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
  select m.role
  from ops.project_memberships m
  where m.project_id = p_project_id and m.user_id = ops.current_user_id()
$body$;

ALTER FUNCTION ops.current_user_role(uuid) OWNER TO postgres;
COMMENT ON FUNCTION ops.current_user_role(uuid) IS 'The calling user''s role in a project; null for a stranger';
GRANT EXECUTE ON FUNCTION ops.current_user_role(uuid) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.current_user_role(uuid) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.current_user_role(uuid) FROM PUBLIC;

-- function ops.enqueue_run(uuid, uuid, text, integer, jsonb)
CREATE FUNCTION ops.enqueue_run(p_project_id uuid, p_workflow_id uuid, p_idempotency_key text DEFAULT NULL::text, p_priority integer DEFAULT 0, p_metadata jsonb DEFAULT '{}'::jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb) OWNER TO postgres;
COMMENT ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb) IS 'Queues a run; with an idempotency key that was used before, answers the run that it made then';
GRANT EXECUTE ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb) FROM PUBLIC;

-- function ops.keep_project_owner()
CREATE FUNCTION ops.keep_project_owner()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.keep_project_owner() OWNER TO postgres;
COMMENT ON FUNCTION ops.keep_project_owner() IS 'Trigger: the last owner of a project can be neither removed nor demoted';
REVOKE EXECUTE ON FUNCTION ops.keep_project_owner() FROM PUBLIC;

-- function ops.list_queued_runs()
CREATE FUNCTION ops.list_queued_runs()
RETURNS TABLE(run_id uuid, project_id uuid, workflow_id uuid, run_number integer, status text, created_at timestamp with time zone, claimed_by text, claimed_at timestamp with time zone, priority integer)
LANGUAGE sql
STABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
  select r.id, r.project_id, r.workflow_id, r.run_number, r.status, r.created_at, r.claimed_by, r.claimed_at, r.priority
  from ops.runs r
  where r.status = 'queued'
  union all
  select r.id, r.project_id, r.workflow_id, r.run_number, r.status, r.created_at, r.claimed_by, r.claimed_at, r.priority
  from ops.runs r
  where r.status = 'claimed'
  order by priority, created_at, id
$body$;

ALTER FUNCTION ops.list_queued_runs() OWNER TO postgres;
COMMENT ON FUNCTION ops.list_queued_runs() IS 'Queued and claimed runs in the order of the queue, of the projects the caller sees';
GRANT EXECUTE ON FUNCTION ops.list_queued_runs() TO authenticated;
GRANT EXECUTE ON FUNCTION ops.list_queued_runs() TO service_role;
REVOKE EXECUTE ON FUNCTION ops.list_queued_runs() FROM PUBLIC;

-- function ops.my_project_ids(text[])
CREATE FUNCTION ops.my_project_ids(p_roles text[] DEFAULT NULL::text[])
RETURNS SETOF uuid
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
  select m.project_id
  from ops.project_memberships m
  where m.user_id = (select ops.current_user_id())
    and (p_roles is null or m.role = any (p_roles))
$body$;

ALTER FUNCTION ops.my_project_ids(text[]) OWNER TO postgres;
COMMENT ON FUNCTION ops.my_project_ids(text[]) IS 'The projects that the calling user is a member of, all of them or those with one of the given roles';
GRANT EXECUTE ON FUNCTION ops.my_project_ids(text[]) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.my_project_ids(text[]) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.my_project_ids(text[]) FROM PUBLIC;

-- function ops.number_run()
CREATE FUNCTION ops.number_run()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if new.status is distinct from 'queued' then
    raise exception 'a run begins as queued, not as %', coalesce(new.status, 'null')
      using errcode = 'check_violation', schema = 'ops', table = 'runs', column = 'status';
  end if;

  select p.last_run_number + 1 into new.run_number
  from ops.projects p
  where p.id = new.project_id
  for no key update;
  if not found then
    new.run_number := 1;  -- never stored: the foreign key refuses the row
    return new;
  end if;

  perform from ops.runs r where r.id = new.id for key share;
  if found then
    return new;  -- never stored, so not counted: the primary key refuses the row
  end if;
  if new.idempotency_key is not null then
    perform from ops.runs r
    where r.project_id = new.project_id and r.idempotency_key = new.idempotency_key
    for key share;
    if found then
      return new;  -- likewise, by the unique index
    end if;
  end if;

  update ops.projects p set last_run_number = new.run_number where p.id = new.project_id;
  return new;
end
$body$;

ALTER FUNCTION ops.number_run() OWNER TO postgres;
COMMENT ON FUNCTION ops.number_run() IS 'Trigger: a run begins queued, with the next number of its project';
REVOKE EXECUTE ON FUNCTION ops.number_run() FROM PUBLIC;

-- function ops.protect_run()
CREATE FUNCTION ops.protect_run()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if (new.id, new.project_id, new.workflow_id, new.run_number, new.created_at)
     is distinct from (old.id, old.project_id, old.workflow_id, old.run_number, old.created_at) then
    raise exception 'a run keeps its id, project, workflow, number and time of creation'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_identity';
  end if;
  raise exception 'the outcome of a run is final: this one is %', old.status
    using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_outcome';
end
$body$;

ALTER FUNCTION ops.protect_run() OWNER TO postgres;
COMMENT ON FUNCTION ops.protect_run() IS 'Trigger: refuses to change what a run is, and how it ended';
REVOKE EXECUTE ON FUNCTION ops.protect_run() FROM PUBLIC;

-- function ops.protect_run_events()
CREATE FUNCTION ops.protect_run_events()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if tg_op = 'DELETE'
     and (current_setting('ops.purging_run_events', true) = 'on'
          or not exists (select from ops.runs r where r.id = old.run_id)) then
    return old;
  end if;

  raise exception 'ops.run_events is append-only: % refused', lower(tg_op)
    using errcode = 'object_not_in_prerequisite_state', schema = 'ops', table = 'run_events',
          hint = 'old events are deleted by ops.purge_run_events, or with their run';
end
$body$;

ALTER FUNCTION ops.protect_run_events() OWNER TO postgres;
COMMENT ON FUNCTION ops.protect_run_events() IS 'Trigger: keeps run_events append-only';
REVOKE EXECUTE ON FUNCTION ops.protect_run_events() FROM PUBLIC;

-- function ops.protect_state_changes()
CREATE FUNCTION ops.protect_state_changes()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.protect_state_changes() OWNER TO postgres;
COMMENT ON FUNCTION ops.protect_state_changes() IS 'Trigger: only the trigger on runs writes state changes';
REVOKE EXECUTE ON FUNCTION ops.protect_state_changes() FROM PUBLIC;

-- function ops.purge_run_events(timestamp with time zone, integer)
CREATE FUNCTION ops.purge_run_events(p_finished_before timestamp with time zone, p_limit integer DEFAULT 10000)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.purge_run_events(timestamp with time zone, integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.purge_run_events(timestamp with time zone, integer) IS 'Retention: deletes events of runs that ended before a time, at most so many; events of live runs stay';
GRANT EXECUTE ON FUNCTION ops.purge_run_events(timestamp with time zone, integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.purge_run_events(timestamp with time zone, integer) FROM PUBLIC;

-- function ops.record_status_change()
CREATE FUNCTION ops.record_status_change()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.record_status_change() OWNER TO postgres;
COMMENT ON FUNCTION ops.record_status_change() IS 'Trigger: writes the state_change event of every new status';
REVOKE EXECUTE ON FUNCTION ops.record_status_change() FROM PUBLIC;

-- function ops.set_updated_at()
CREATE FUNCTION ops.set_updated_at()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  new.updated_at := now();
  return new;
end
$body$;

ALTER FUNCTION ops.set_updated_at() OWNER TO postgres;
COMMENT ON FUNCTION ops.set_updated_at() IS 'Trigger: keeps updated_at';
REVOKE EXECUTE ON FUNCTION ops.set_updated_at() FROM PUBLIC;

-- function ops.start_workflow_run(uuid, text)
CREATE FUNCTION ops.start_workflow_run(p_run_id uuid, p_worker_id text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run ops.runs;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.claimed_by <> p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is claimed by another worker');
  elsif v_run.status = 'running' then
    -- The same worker again: its first call arrived, the answer did not.
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'started_at', v_run.started_at, 'already_started', true);
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  elsif v_run.status <> 'claimed' then
    return jsonb_build_object('success', false, 'code', 'run_not_claimed',
                              'error', format('the run is %s, not claimed', v_run.status));
  end if;

  update ops.runs r set status = 'running', started_at = now() where r.id = p_run_id;

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'running',
                            'started_at', now(), 'already_started', false);
end
$body$;

ALTER FUNCTION ops.start_workflow_run(uuid, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.start_workflow_run(uuid, text) IS 'The worker that claimed a run begins it';
GRANT EXECUTE ON FUNCTION ops.start_workflow_run(uuid, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.start_workflow_run(uuid, text) FROM PUBLIC;

-- function ops.validate_run_status_transition()
CREATE FUNCTION ops.validate_run_status_transition()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.validate_run_status_transition() OWNER TO postgres;
COMMENT ON FUNCTION ops.validate_run_status_transition() IS 'Trigger: lets only the allowed changes of status pass';
REVOKE EXECUTE ON FUNCTION ops.validate_run_status_transition() FROM PUBLIC;


-- Foreign keys, triggers, rules and policies
-- ------------------------------------------

-- table ops.project_memberships
ALTER TABLE ops.project_memberships ADD CONSTRAINT project_memberships_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;
ALTER TABLE ops.project_memberships ADD CONSTRAINT project_memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

CREATE CONSTRAINT TRIGGER keep_owner_on_delete
AFTER DELETE ON ops.project_memberships
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
WHEN ((old.role = 'owner'::text))
EXECUTE FUNCTION ops.keep_project_owner();

CREATE CONSTRAINT TRIGGER keep_owner_on_update
AFTER UPDATE ON ops.project_memberships
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
WHEN (((old.role = 'owner'::text) AND ((new.role <> 'owner'::text) OR (new.project_id <> old.project_id))))
EXECUTE FUNCTION ops.keep_project_owner();

CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.project_memberships
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY project_memberships_delete_admin ON ops.project_memberships FOR DELETE TO authenticated USING (((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner}'::text[]) AS my_project_ids))) OR ((role <> 'owner'::text) AND (project_id = ANY (ARRAY( SELECT ops.my_project_ids('{admin}'::text[]) AS my_project_ids)))) OR (user_id = ( SELECT ops.current_user_id() AS current_user_id))));
COMMENT ON POLICY project_memberships_delete_admin ON ops.project_memberships IS 'Owners remove anyone, admins anyone but owners, and everyone may leave';
CREATE POLICY project_memberships_insert_admin ON ops.project_memberships FOR INSERT TO authenticated WITH CHECK (((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner}'::text[]) AS my_project_ids))) OR ((role <> 'owner'::text) AND (project_id = ANY (ARRAY( SELECT ops.my_project_ids('{admin}'::text[]) AS my_project_ids))))));
COMMENT ON POLICY project_memberships_insert_admin ON ops.project_memberships IS 'Owners add anyone, admins anyone but owners';
CREATE POLICY project_memberships_select_member ON ops.project_memberships FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY project_memberships_select_member ON ops.project_memberships IS 'Members see who else is in their projects';
CREATE POLICY project_memberships_update_admin ON ops.project_memberships FOR UPDATE TO authenticated USING (((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner}'::text[]) AS my_project_ids))) OR ((role <> 'owner'::text) AND (project_id = ANY (ARRAY( SELECT ops.my_project_ids('{admin}'::text[]) AS my_project_ids)))))) WITH CHECK (((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner}'::text[]) AS my_project_ids))) OR ((role <> 'owner'::text) AND (project_id = ANY (ARRAY( SELECT ops.my_project_ids('{admin}'::text[]) AS my_project_ids))))));
COMMENT ON POLICY project_memberships_update_admin ON ops.project_memberships IS 'Owners change any role; admins neither touch nor make an owner';

-- table ops.projects
CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.projects
FOR EACH ROW
WHEN (((old.* IS DISTINCT FROM new.*) AND (old.last_run_number = new.last_run_number)))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY projects_select_member ON ops.projects FOR SELECT TO authenticated USING ((id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY projects_select_member ON ops.projects IS 'Members see their projects';
CREATE POLICY projects_update_owner ON ops.projects FOR UPDATE TO authenticated USING ((id = ANY (ARRAY( SELECT ops.my_project_ids('{owner}'::text[]) AS my_project_ids)))) WITH CHECK ((id = ANY (ARRAY( SELECT ops.my_project_ids('{owner}'::text[]) AS my_project_ids))));
COMMENT ON POLICY projects_update_owner ON ops.projects IS 'Owners change the project';

-- table ops.run_artifacts
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.runs(id) ON DELETE CASCADE;

CREATE POLICY run_artifacts_select_member ON ops.run_artifacts FOR SELECT TO authenticated USING ((EXISTS ( SELECT
   FROM ops.runs r
  WHERE (r.id = run_artifacts.run_id))));

COMMENT ON POLICY run_artifacts_select_member ON ops.run_artifacts IS 'Whoever sees a run sees its artifacts';

-- table ops.run_events
ALTER TABLE ops.run_events ADD CONSTRAINT run_events_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.runs(id) ON DELETE CASCADE;

CREATE TRIGGER protect_rows
BEFORE DELETE OR UPDATE ON ops.run_events
FOR EACH ROW
EXECUTE FUNCTION ops.protect_run_events();

CREATE TRIGGER protect_state_changes
BEFORE INSERT ON ops.run_events
FOR EACH ROW
WHEN ((new.event_type = 'state_change'::text))
EXECUTE FUNCTION ops.protect_state_changes();

CREATE TRIGGER protect_table
BEFORE TRUNCATE ON ops.run_events
FOR EACH STATEMENT
EXECUTE FUNCTION ops.protect_run_events();

CREATE POLICY run_events_select_member ON ops.run_events FOR SELECT TO authenticated USING ((EXISTS ( SELECT
   FROM ops.runs r
  WHERE (r.id = run_events.run_id))));

COMMENT ON POLICY run_events_select_member ON ops.run_events IS 'Whoever sees a run sees its events';

-- table ops.run_logs
ALTER TABLE ops.run_logs ADD CONSTRAINT run_logs_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.runs(id) ON DELETE CASCADE;

CREATE POLICY run_logs_select_member ON ops.run_logs FOR SELECT TO authenticated USING ((EXISTS ( SELECT
   FROM ops.runs r
  WHERE (r.id = run_logs.run_id))));

COMMENT ON POLICY run_logs_select_member ON ops.run_logs IS 'Whoever sees a run sees its log';

-- table ops.runs
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_workflow_id_fkey FOREIGN KEY (project_id, workflow_id) REFERENCES ops.workflows(project_id, id);

CREATE TRIGGER admit_run
AFTER INSERT ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.admit_run();

CREATE TRIGGER enforce_run_status_transition
BEFORE UPDATE ON ops.runs
FOR EACH ROW
WHEN ((old.status IS DISTINCT FROM new.status))
EXECUTE FUNCTION ops.validate_run_status_transition();

COMMENT ON TRIGGER enforce_run_status_transition ON ops.runs IS 'queued → claimed → running → succeeded | failed, and canceled from each of the first three';

CREATE TRIGGER number_run
BEFORE INSERT ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.number_run();

CREATE TRIGGER protect_run_identity
BEFORE UPDATE ON ops.runs
FOR EACH ROW
WHEN (((new.id IS DISTINCT FROM old.id) OR (new.project_id IS DISTINCT FROM old.project_id) OR (new.workflow_id IS DISTINCT FROM old.workflow_id) OR (new.run_number IS DISTINCT FROM old.run_number) OR (new.created_at IS DISTINCT FROM old.created_at)))
EXECUTE FUNCTION ops.protect_run();

CREATE TRIGGER protect_run_outcome
BEFORE UPDATE ON ops.runs
FOR EACH ROW
WHEN (((old.status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text])) AND ((new.claimed_by IS DISTINCT FROM old.claimed_by) OR (new.claimed_at IS DISTINCT FROM old.claimed_at) OR (new.started_at IS DISTINCT FROM old.started_at) OR (new.finished_at IS DISTINCT FROM old.finished_at) OR (new.exit_code IS DISTINCT FROM old.exit_code) OR (new.error_message IS DISTINCT FROM old.error_message))))
EXECUTE FUNCTION ops.protect_run();

CREATE TRIGGER record_first_status
AFTER INSERT ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.record_status_change();

CREATE TRIGGER record_status_change
AFTER UPDATE ON ops.runs
FOR EACH ROW
WHEN ((old.status IS DISTINCT FROM new.status))
EXECUTE FUNCTION ops.record_status_change();

CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.runs
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY runs_insert_developer ON ops.runs FOR INSERT TO authenticated WITH CHECK (((priority >= 0) AND (project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids)))));
COMMENT ON POLICY runs_insert_developer ON ops.runs IS 'Developers and above queue runs, not ahead of the default priority';
CREATE POLICY runs_select_member ON ops.runs FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY runs_select_member ON ops.runs IS 'Members see the runs of their projects';

-- table ops.tools
CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.tools
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY tools_select_all ON ops.tools FOR SELECT TO authenticated USING (true);
COMMENT ON POLICY tools_select_all ON ops.tools IS 'Every user sees the tools';

-- table ops.upgrade_advisories
CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.upgrade_advisories
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY upgrade_advisories_select_all ON ops.upgrade_advisories FOR SELECT TO authenticated USING (true);
COMMENT ON POLICY upgrade_advisories_select_all ON ops.upgrade_advisories IS 'Every user sees the advisories';

-- table ops.workflows
ALTER TABLE ops.workflows ADD CONSTRAINT workflows_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;

CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.workflows
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY workflows_delete_admin ON ops.workflows FOR DELETE TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin}'::text[]) AS my_project_ids))));
COMMENT ON POLICY workflows_delete_admin ON ops.workflows IS 'Admins and owners delete workflows; the foreign key keeps those that have runs';
CREATE POLICY workflows_insert_developer ON ops.workflows FOR INSERT TO authenticated WITH CHECK ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids))));
COMMENT ON POLICY workflows_insert_developer ON ops.workflows IS 'Developers and above make workflows';
CREATE POLICY workflows_select_member ON ops.workflows FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY workflows_select_member ON ops.workflows IS 'Members see the workflows of their projects';
CREATE POLICY workflows_update_developer ON ops.workflows FOR UPDATE TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids)))) WITH CHECK ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids))));
COMMENT ON POLICY workflows_update_developer ON ops.workflows IS 'Developers and above change workflows';
