-- Written by `pgward snapshot --format sql`: makes this schema in an empty database.
-- Run it with: psql --no-psqlrc -v ON_ERROR_STOP=1 --single-transaction -f FILE
--
-- Snapshot: sha256:aef3aa6e70cc503a0b23321d464877f64da7af76150da1e158b1547f8428b539
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

-- sequence ops.claim_tokens
CREATE SEQUENCE ops.claim_tokens;
ALTER SEQUENCE ops.claim_tokens OWNER TO postgres;
COMMENT ON SEQUENCE ops.claim_tokens IS 'Numbers of claims';

-- sequence ops.claim_walks
CREATE SEQUENCE ops.claim_walks;
ALTER SEQUENCE ops.claim_walks OWNER TO postgres;
COMMENT ON SEQUENCE ops.claim_walks IS 'Until when no claim needs to walk the whole line again, in milliseconds since 1970';

-- sequence ops.queue_notifications
CREATE SEQUENCE ops.queue_notifications;
ALTER SEQUENCE ops.queue_notifications OWNER TO postgres;
COMMENT ON SEQUENCE ops.queue_notifications IS 'When workers were last told of new runs, in tenths of seconds since 1970';

-- table ops.dead_letters
CREATE TABLE ops.dead_letters (
    run_id uuid NOT NULL,
    project_id uuid NOT NULL,
    first_run_id uuid NOT NULL,
    attempts integer NOT NULL,
    reason text NOT NULL,
    worker_id text,
    exit_code integer,
    error_message text,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    redriven_as uuid,
    redriven_at timestamp with time zone
);

ALTER TABLE ops.dead_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.dead_letters OWNER TO postgres;
COMMENT ON TABLE ops.dead_letters IS 'Runs after which no attempt is left: for somebody to look at, and to retry';
GRANT SELECT ON TABLE ops.dead_letters TO authenticated;
GRANT SELECT ON TABLE ops.dead_letters TO service_role;
COMMENT ON COLUMN ops.dead_letters.first_run_id IS 'The first attempt';
COMMENT ON COLUMN ops.dead_letters.attempts IS 'How many attempts there were';
COMMENT ON COLUMN ops.dead_letters.reason IS 'failed | lease_expired';
COMMENT ON COLUMN ops.dead_letters.redriven_as IS 'The run that was queued in its place';
ALTER TABLE ops.dead_letters ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (run_id);
ALTER TABLE ops.dead_letters ADD CONSTRAINT dead_letters_reason_check CHECK ((reason = ANY (ARRAY['failed'::text, 'lease_expired'::text])));
ALTER TABLE ops.dead_letters ADD CONSTRAINT dead_letters_redriven_check CHECK (((redriven_as IS NULL) = (redriven_at IS NULL)));
CREATE INDEX dead_letters_project_id_died_at_idx ON ops.dead_letters USING btree (project_id, died_at);

-- table ops.environments
CREATE TABLE ops.environments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    description text,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.environments ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.environments OWNER TO postgres;
COMMENT ON TABLE ops.environments IS 'Where a project''s runs go: dev, staging, prod';
GRANT DELETE, SELECT ON TABLE ops.environments TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.environments TO service_role;
GRANT INSERT (project_id) ON TABLE ops.environments TO authenticated;
COMMENT ON COLUMN ops.environments.slug IS 'Short name, unique in the project: dev, staging, prod';
GRANT INSERT (slug), UPDATE (slug) ON TABLE ops.environments TO authenticated;
GRANT INSERT (name), UPDATE (name) ON TABLE ops.environments TO authenticated;
GRANT INSERT (description), UPDATE (description) ON TABLE ops.environments TO authenticated;
GRANT INSERT (config), UPDATE (config) ON TABLE ops.environments TO authenticated;
ALTER TABLE ops.environments ADD CONSTRAINT environments_config_check CHECK ((jsonb_typeof(config) = 'object'::text));
ALTER TABLE ops.environments ADD CONSTRAINT environments_name_check CHECK ((btrim(name) <> ''::text));
ALTER TABLE ops.environments ADD CONSTRAINT environments_pkey PRIMARY KEY (id);
ALTER TABLE ops.environments ADD CONSTRAINT environments_project_id_id_key UNIQUE (project_id, id);
COMMENT ON CONSTRAINT environments_project_id_id_key ON ops.environments IS 'Target of the foreign key that keeps a run and its environment in one project';
ALTER TABLE ops.environments ADD CONSTRAINT environments_project_id_slug_key UNIQUE (project_id, slug);
ALTER TABLE ops.environments ADD CONSTRAINT environments_slug_format CHECK ((slug ~ '^[a-z0-9-]{1,100}$'::text));

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

-- table ops.project_queues
CREATE TABLE ops.project_queues (
    project_id uuid NOT NULL,
    max_running integer,
    paused boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ops.project_queues ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.project_queues OWNER TO postgres;
COMMENT ON TABLE ops.project_queues IS 'Projects with a lane of their own: how many of their runs may be in flight, and whether any is given out';
GRANT SELECT ON TABLE ops.project_queues TO authenticated;
GRANT SELECT ON TABLE ops.project_queues TO service_role;
COMMENT ON COLUMN ops.project_queues.max_running IS 'Claimed and running at one time, at most; null is without limit';
COMMENT ON COLUMN ops.project_queues.paused IS 'A paused project''s runs stay queued';
ALTER TABLE ops.project_queues ADD CONSTRAINT project_queues_max_running_check CHECK (((max_running >= 1) AND (max_running <= 100000)));
ALTER TABLE ops.project_queues ADD CONSTRAINT project_queues_pkey PRIMARY KEY (project_id);

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

-- table ops.queue_lanes
CREATE TABLE ops.queue_lanes (
    id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
    project_id uuid,
    labels text[] NOT NULL
);

ALTER TABLE ops.queue_lanes ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.queue_lanes OWNER TO postgres;
COMMENT ON TABLE ops.queue_lanes IS 'Lines of runs beside the common one: of a project, of a set of labels, or of both';
GRANT SELECT ON TABLE ops.queue_lanes TO authenticated;
GRANT SELECT ON TABLE ops.queue_lanes TO service_role;
COMMENT ON COLUMN ops.queue_lanes.project_id IS 'The project whose own lane this is; null for all projects without one';
COMMENT ON COLUMN ops.queue_lanes.labels IS 'What a worker must have to be given runs of this lane, in order';
ALTER TABLE ops.queue_lanes ADD CONSTRAINT queue_lanes_pkey PRIMARY KEY (id);
ALTER TABLE ops.queue_lanes ADD CONSTRAINT queue_lanes_project_id_labels_key UNIQUE NULLS NOT DISTINCT (project_id, labels);

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
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    artifact_type text,
    digest text
);

ALTER TABLE ops.run_artifacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.run_artifacts OWNER TO postgres;
COMMENT ON TABLE ops.run_artifacts IS 'Where the outputs of each run are stored';
GRANT SELECT ON TABLE ops.run_artifacts TO authenticated;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE ops.run_artifacts TO service_role;
COMMENT ON COLUMN ops.run_artifacts.artifact_key IS 'Key in the object store, unique in the run';
COMMENT ON COLUMN ops.run_artifacts.checksum IS 'For verifying the content, e.g. sha256:…';
COMMENT ON COLUMN ops.run_artifacts.expires_at IS 'When cleaning up may delete the artifact; null keeps it';
COMMENT ON COLUMN ops.run_artifacts.artifact_type IS 'image | sbom | logs | evidence | manifest';
COMMENT ON COLUMN ops.run_artifacts.digest IS 'Of an image: sha256:<64 hexadecimal digits>';
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_artifact_key_check CHECK (((octet_length(artifact_key) >= 1) AND (octet_length(artifact_key) <= 1000)));
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_artifact_type_check CHECK ((artifact_type = ANY (ARRAY['image'::text, 'sbom'::text, 'logs'::text, 'evidence'::text, 'manifest'::text])));
ALTER TABLE ops.run_artifacts ADD CONSTRAINT run_artifacts_digest_format CHECK ((digest ~ '^sha256:[0-9a-f]{64}$'::text));
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
) WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.05');

ALTER TABLE ops.run_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.run_events OWNER TO postgres;
COMMENT ON TABLE ops.run_events IS 'What happened to each run; append-only';
GRANT SELECT ON TABLE ops.run_events TO authenticated;
GRANT INSERT, SELECT ON TABLE ops.run_events TO service_role;
COMMENT ON COLUMN ops.run_events.seq IS 'Order of a run''s events, also of those with the same time';
COMMENT ON COLUMN ops.run_events.event_type IS 'state_change | error | warning | info';
COMMENT ON COLUMN ops.run_events.payload IS 'Details; of a state_change: previous_status, new_status, worker_id, exit_code, error_message, actor';
ALTER TABLE ops.run_events ADD CONSTRAINT run_events_pkey PRIMARY KEY (run_id, seq);

-- table ops.run_logs
CREATE TABLE ops.run_logs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    run_id uuid NOT NULL,
    log_level text NOT NULL,
    message text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    "timestamp" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.05');

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

-- table ops.run_queue
CREATE TABLE ops.run_queue (
    run_id uuid NOT NULL,
    project_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    lease_expires_at timestamp with time zone,
    priority integer NOT NULL,
    lane_id integer,
    lease_seconds integer,
    in_flight boolean DEFAULT false NOT NULL,
    claim_request text
) WITH (fillfactor='90', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.2');

ALTER TABLE ops.run_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.run_queue OWNER TO postgres;
COMMENT ON TABLE ops.run_queue IS 'One row for each run that has not ended; kept by ops.runs, whose status it follows';
GRANT SELECT ON TABLE ops.run_queue TO authenticated;
GRANT SELECT ON TABLE ops.run_queue TO service_role;
COMMENT ON COLUMN ops.run_queue.due_at IS 'Waits until then; null is ready, or in flight';
COMMENT ON COLUMN ops.run_queue.lease_expires_at IS 'Until when the worker that holds the run need not be heard of';
COMMENT ON COLUMN ops.run_queue.lane_id IS 'Null is the common line';
COMMENT ON COLUMN ops.run_queue.lease_seconds IS 'By how much a heartbeat extends the lease';
COMMENT ON COLUMN ops.run_queue.in_flight IS 'Claimed or running';
COMMENT ON COLUMN ops.run_queue.claim_request IS 'What the claimer called its request, to be answered the same when it asks again';
ALTER TABLE ops.run_queue ADD CONSTRAINT run_queue_pkey PRIMARY KEY (run_id);
CREATE INDEX run_queue_claim_request_idx ON ops.run_queue USING btree (claim_request) WHERE (claim_request IS NOT NULL);
CREATE INDEX run_queue_due_at_idx ON ops.run_queue USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX run_queue_in_flight_idx ON ops.run_queue USING btree (project_id) WHERE in_flight;
CREATE INDEX run_queue_lanes_idx ON ops.run_queue USING btree (lane_id, priority, created_at, run_id) WHERE ((lane_id IS NOT NULL) AND (due_at IS NULL) AND (NOT in_flight));
CREATE INDEX run_queue_ready_idx ON ops.run_queue USING btree (priority, created_at, run_id) WHERE ((lane_id IS NULL) AND (due_at IS NULL) AND (NOT in_flight));

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
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    run_ref text,
    environment_id uuid,
    git_ref text,
    git_commit text,
    labels text[] DEFAULT '{}'::text[] NOT NULL,
    run_after timestamp with time zone,
    attempt integer DEFAULT 1 NOT NULL,
    max_attempts integer DEFAULT 1 NOT NULL,
    retry_delay_seconds integer DEFAULT 10 NOT NULL,
    retry_of uuid,
    claim_number bigint,
    reaped_at timestamp with time zone,
    changed_directly boolean DEFAULT false NOT NULL
) WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

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
COMMENT ON COLUMN ops.runs.run_ref IS 'Name for people and scripts: run-YYYYMMDD-HHMMSS-<first 7 of the commit>';
COMMENT ON COLUMN ops.runs.environment_id IS 'Where the run goes, an environment of its project';
GRANT INSERT (environment_id) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.git_ref IS 'Branch or tag that the run is about';
GRANT INSERT (git_ref) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.git_commit IS 'Its commit, all 40 digits';
GRANT INSERT (git_commit) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.labels IS 'What a worker must have, all of it, to be given the run';
GRANT INSERT (labels) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.run_after IS 'Not claimed before; null is at once';
GRANT INSERT (run_after) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.attempt IS 'Which attempt this is; a retry is a run of its own';
COMMENT ON COLUMN ops.runs.max_attempts IS 'How many attempts there are at most before somebody has to look';
GRANT INSERT (max_attempts) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.retry_delay_seconds IS 'Wait before the second attempt; doubled for each further one, at most a day';
GRANT INSERT (retry_delay_seconds) ON TABLE ops.runs TO authenticated;
COMMENT ON COLUMN ops.runs.retry_of IS 'The attempt before this one';
COMMENT ON COLUMN ops.runs.claim_number IS 'Of the claim, the claim_token of answers: grows with every claim of any run, and is never given out again';
COMMENT ON COLUMN ops.runs.reaped_at IS 'When the run was ended because its worker''s lease had run out';
COMMENT ON COLUMN ops.runs.changed_directly IS 'Whether the last step was a plain UPDATE, whose event a trigger wrote, and not one of the functions';
ALTER TABLE ops.runs ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_run_number_key UNIQUE (project_id, run_number);
CREATE INDEX runs_created_at_idx ON ops.runs USING btree (created_at);
CREATE INDEX runs_project_id_environment_id_idx ON ops.runs USING btree (project_id, environment_id) WHERE (environment_id IS NOT NULL);
CREATE UNIQUE INDEX runs_project_id_idempotency_key_key ON ops.runs USING btree (project_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX runs_project_id_workflow_id_idx ON ops.runs USING btree (project_id, workflow_id);
CREATE UNIQUE INDEX runs_retry_of_key ON ops.runs USING btree (retry_of) WHERE (retry_of IS NOT NULL);
CREATE UNIQUE INDEX runs_run_ref_key ON ops.runs USING btree (run_ref) WHERE (run_ref IS NOT NULL);

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

-- table ops.workers
CREATE TABLE ops.workers (
    id text NOT NULL,
    labels text[] DEFAULT '{}'::text[] NOT NULL,
    slots integer DEFAULT 1 NOT NULL,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL
) WITH (fillfactor='70');

ALTER TABLE ops.workers ENABLE ROW LEVEL SECURITY;
ALTER TABLE ops.workers OWNER TO postgres;
COMMENT ON TABLE ops.workers IS 'Workers, as far as they say that they are there';
GRANT SELECT ON TABLE ops.workers TO authenticated;
GRANT SELECT ON TABLE ops.workers TO service_role;
COMMENT ON COLUMN ops.workers.labels IS 'What runs may ask of the worker';
COMMENT ON COLUMN ops.workers.slots IS 'How many runs it does at one time';
ALTER TABLE ops.workers ADD CONSTRAINT workers_id_check CHECK (((octet_length(id) >= 1) AND (octet_length(id) <= 1000)));
ALTER TABLE ops.workers ADD CONSTRAINT workers_pkey PRIMARY KEY (id);
ALTER TABLE ops.workers ADD CONSTRAINT workers_slots_check CHECK ((slots > 0));

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

-- function ops.refusal(ops.runs, text, bigint)
CREATE FUNCTION ops.refusal(p_run ops.runs, p_worker_id text, p_claim_token bigint)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if p_run.id is null then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif p_worker_id is not null and p_run.claimed_by <> p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is claimed by another worker');
  elsif p_claim_token is not null and p_run.claim_number is distinct from p_claim_token then
    return jsonb_build_object('success', false, 'code', 'stale_claim', 'error', 'the run is not this claim''s');
  elsif p_run.reaped_at is not null then
    return jsonb_build_object('success', false, 'code', 'stale_claim',
                              'error', 'the lease ran out, and the run was ended for that', 'reaped_at', p_run.reaped_at);
  end if;
  return null;
end
$body$;

ALTER FUNCTION ops.refusal(ops.runs, text, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.refusal(ops.runs, text, bigint) IS 'Why a worker''s call about a run is refused; null when it is not';
REVOKE EXECUTE ON FUNCTION ops.refusal(ops.runs, text, bigint) FROM PUBLIC;

-- function ops.output_refusal(ops.runs, bigint)
CREATE FUNCTION ops.output_refusal(p_run ops.runs, p_claim_token bigint)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if p_run.id is null or p_claim_token is not null then
    if p_run.status in ('succeeded', 'failed') and p_run.reaped_at is null and p_run.claim_number = p_claim_token then
      return jsonb_build_object('success', false, 'code', 'run_finished',
                                'error', format('the run already %s', p_run.status), 'status', p_run.status);
    elsif p_run.status = 'canceled' and p_run.reaped_at is null and p_run.claim_number = p_claim_token then
      return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
    end if;
    return ops.refusal(p_run, null, p_claim_token);
  end if;
  return null;
end
$body$;

ALTER FUNCTION ops.output_refusal(ops.runs, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.output_refusal(ops.runs, bigint) IS 'Why output of a run is refused, from a caller with a token; null when it is not';
REVOKE EXECUTE ON FUNCTION ops.output_refusal(ops.runs, bigint) FROM PUBLIC;

-- function ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb, text, text, bigint)
CREATE FUNCTION ops.add_run_artifact(p_run_id uuid, p_artifact_key text, p_artifact_url text, p_content_type text DEFAULT NULL::text, p_size_bytes bigint DEFAULT NULL::bigint, p_checksum text DEFAULT NULL::text, p_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_metadata jsonb DEFAULT '{}'::jsonb, p_artifact_type text DEFAULT NULL::text, p_digest text DEFAULT NULL::text, p_claim_token bigint DEFAULT NULL::bigint)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_metadata constant jsonb := coalesce(p_metadata, '{}');
  v_run      ops.runs;
  v_refusal  jsonb;
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
  elsif p_artifact_type not in ('image', 'sbom', 'logs', 'evidence', 'manifest') then
    return jsonb_build_object('success', false, 'code', 'invalid_artifact_type',
                              'error', 'the artifact type is one of image, sbom, logs, evidence, manifest');
  elsif p_digest !~ '^sha256:[0-9a-f]{64}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_digest',
                              'error', 'a digest is sha256: and 64 hexadecimal digits');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for key share;
  v_refusal := ops.output_refusal(v_run, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;

  insert into ops.run_artifacts as a
    (run_id, artifact_key, artifact_url, content_type, size_bytes, checksum, expires_at, metadata, artifact_type, digest)
  values
    (p_run_id, p_artifact_key, p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata,
     p_artifact_type, p_digest)
  on conflict (run_id, artifact_key) do nothing
  returning a.id into v_id;
  v_created := found;

  if not v_created then
    update ops.run_artifacts a
    set artifact_url = p_artifact_url, content_type = p_content_type, size_bytes = p_size_bytes,
        checksum = p_checksum, expires_at = p_expires_at, metadata = v_metadata, artifact_type = p_artifact_type,
        digest = p_digest
    where a.run_id = p_run_id and a.artifact_key = p_artifact_key
      and (a.artifact_url, a.content_type, a.size_bytes, a.checksum, a.expires_at, a.metadata, a.artifact_type, a.digest)
          is distinct from
          (p_artifact_url, p_content_type, p_size_bytes, p_checksum, p_expires_at, v_metadata, p_artifact_type, p_digest)
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

ALTER FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb, text, text, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb, text, text, bigint) IS 'Records an output of a run; said again for the same key, replaces it';
GRANT EXECUTE ON FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb, text, text, bigint) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamp with time zone, jsonb, text, text, bigint) FROM PUBLIC;

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

-- function ops.append_run_log(uuid, text, text, jsonb, bigint)
CREATE FUNCTION ops.append_run_log(p_run_id uuid, p_level text, p_message text, p_metadata jsonb DEFAULT '{}'::jsonb, p_claim_token bigint DEFAULT NULL::bigint)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_line    ops.run_logs;
  v_run     ops.runs;
  v_refusal jsonb;
begin
  if p_level is null or p_level not in ('debug', 'info', 'warn', 'error') then
    return jsonb_build_object('success', false, 'code', 'invalid_log_level',
                              'error', 'the log level is one of debug, info, warn, error');
  elsif p_message is null then
    return jsonb_build_object('success', false, 'code', 'invalid_message', 'error', 'a message is needed');
  elsif jsonb_typeof(p_metadata) <> 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for key share;
  v_refusal := ops.output_refusal(v_run, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;

  insert into ops.run_logs as l (run_id, log_level, message, metadata)
  values (p_run_id, p_level, p_message, coalesce(p_metadata, '{}'))
  returning l.* into v_line;

  return jsonb_build_object('success', true, 'log_id', v_line.id, 'seq', v_line.seq,
                            'timestamp', v_line."timestamp");
end
$body$;

ALTER FUNCTION ops.append_run_log(uuid, text, text, jsonb, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.append_run_log(uuid, text, text, jsonb, bigint) IS 'Adds a line to a run''s log';
GRANT EXECUTE ON FUNCTION ops.append_run_log(uuid, text, text, jsonb, bigint) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.append_run_log(uuid, text, text, jsonb, bigint) FROM PUBLIC;

-- function ops.append_run_logs(uuid, jsonb, bigint)
CREATE FUNCTION ops.append_run_logs(p_run_id uuid, p_lines jsonb, p_claim_token bigint DEFAULT NULL::bigint)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run     ops.runs;
  v_refusal jsonb;
  v_count   bigint;
begin
  if jsonb_typeof(p_lines) is distinct from 'array' or jsonb_array_length(p_lines) > 10000
     or exists (
       select
       from jsonb_array_elements(p_lines) l
       where jsonb_typeof(l) <> 'object' or jsonb_typeof(l -> 'message') is distinct from 'string'
         or coalesce(l ->> 'level', 'info') not in ('debug', 'info', 'warn', 'error')
         or jsonb_typeof(coalesce(l -> 'metadata', '{}')) <> 'object'
     ) then
    return jsonb_build_object('success', false, 'code', 'invalid_lines',
                              'error', 'lines are an array of at most 10000 objects with message, level, metadata');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for key share;
  v_refusal := ops.output_refusal(v_run, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;

  insert into ops.run_logs (run_id, log_level, message, metadata)
  select p_run_id, coalesce(l.line ->> 'level', 'info'), l.line ->> 'message', coalesce(l.line -> 'metadata', '{}')
  from jsonb_array_elements(p_lines) with ordinality l (line, n)
  order by l.n;
  get diagnostics v_count = row_count;
  return jsonb_build_object('success', true, 'appended', v_count);
end
$body$;

ALTER FUNCTION ops.append_run_logs(uuid, jsonb, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.append_run_logs(uuid, jsonb, bigint) IS 'Adds lines to a run''s log, in their order: [{message, level, metadata}, …]';
GRANT EXECUTE ON FUNCTION ops.append_run_logs(uuid, jsonb, bigint) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.append_run_logs(uuid, jsonb, bigint) FROM PUBLIC;

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

-- function ops.tell_waiters(uuid)
CREATE FUNCTION ops.tell_waiters(p_run_id uuid)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  -- Whoever waits for a run holds a shared lock on this number, and looks at the run after having got it: either the lock
  -- is seen here, or the end of the run is seen there. Without anybody who waits, no NOTIFY makes commits queue up.
  if not pg_try_advisory_xact_lock(uuid_hash_extended(p_run_id, 20260214)) then
    perform pg_notify('ops_run_ended', p_run_id::text);
  end if;
end
$body$;

ALTER FUNCTION ops.tell_waiters(uuid) OWNER TO postgres;
COMMENT ON FUNCTION ops.tell_waiters(uuid) IS 'Says "ops_run_ended" when somebody waits for the run';
REVOKE EXECUTE ON FUNCTION ops.tell_waiters(uuid) FROM PUBLIC;

-- function ops.cancel_run(uuid, text)
CREATE FUNCTION ops.cancel_run(p_run_id uuid, p_reason text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'off'
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
  perform ops.tell_waiters(p_run_id);

  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', 'canceled',
                            'finished_at', now(), 'already_canceled', false);
end
$body$;

ALTER FUNCTION ops.cancel_run(uuid, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.cancel_run(uuid, text) IS 'Ends a run that is queued, claimed or running as canceled';
GRANT EXECUTE ON FUNCTION ops.cancel_run(uuid, text) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.cancel_run(uuid, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.cancel_run(uuid, text) FROM PUBLIC;

-- function ops.check_direct_event(ops.run_events, oid)
CREATE FUNCTION ops.check_direct_event(p_event ops.run_events, p_relation oid)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_broken text;
begin
  v_broken := case
    when p_event.event_type not in ('state_change', 'error', 'warning', 'info') then 'run_events_event_type_check'
    when jsonb_typeof(p_event.payload) <> 'object' then 'run_events_payload_check'
  end;
  if v_broken is not null then
    raise exception 'new row for relation "run_events" violates check constraint "%"', v_broken
      using errcode = 'check_violation', schema = 'ops', table = 'run_events', constraint = v_broken;
  end if;

  -- Depth 1 is the trigger on ops.run_events; the one on ops.runs would be around it.
  if p_event.event_type = 'state_change'
     and not (pg_trigger_depth() > 1
              and pg_has_role(current_user, (select c.relowner from pg_class c where c.oid = p_relation), 'usage')) then
    raise exception 'a state change is recorded by changing the run, not by inserting an event'
      using errcode = 'object_not_in_prerequisite_state', schema = 'ops', table = 'run_events',
            hint = 'use event_type info, warning or error';
  end if;
end
$body$;

ALTER FUNCTION ops.check_direct_event(ops.run_events, oid) OWNER TO postgres;
COMMENT ON FUNCTION ops.check_direct_event(ops.run_events, oid) IS 'Part of protect_state_changes: what an event has to be that no function of this schema writes';
GRANT EXECUTE ON FUNCTION ops.check_direct_event(ops.run_events, oid) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.check_direct_event(ops.run_events, oid) FROM PUBLIC;

-- function ops.lane_of(uuid, text[])
CREATE FUNCTION ops.lane_of(p_project_id uuid, p_labels text[])
RETURNS integer
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.lane_of(uuid, text[]) OWNER TO postgres;
COMMENT ON FUNCTION ops.lane_of(uuid, text[]) IS 'The lane for runs of a project that ask for these labels; null is the common line';
REVOKE EXECUTE ON FUNCTION ops.lane_of(uuid, text[]) FROM PUBLIC;

-- function ops.promote_due_runs(integer)
CREATE FUNCTION ops.promote_due_runs(p_limit integer DEFAULT 1000)
RETURNS integer
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_promoted integer;
begin
  update ops.run_queue q
  set due_at = null
  where q.run_id = any (array(
    select d.run_id
    from ops.run_queue d
    where d.due_at <= now()
    order by d.due_at
    limit p_limit
    for no key update skip locked
  ));
  get diagnostics v_promoted = row_count;
  return v_promoted;
end
$body$;

ALTER FUNCTION ops.promote_due_runs(integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.promote_due_runs(integer) IS 'Part of a claim: runs whose time has come are ready';
REVOKE EXECUTE ON FUNCTION ops.promote_due_runs(integer) FROM PUBLIC;

-- function ops.refile_runs(integer)
CREATE FUNCTION ops.refile_runs(p_lane_id integer)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  update ops.run_queue q
  set lane_id = ops.lane_of(moved.project_id, moved.labels)
  from (
    select d.run_id, d.project_id, r.labels
    from ops.run_queue d
    join ops.runs r on r.id = d.run_id
    where d.run_id = any (array(
      select h.run_id
      from ops.run_queue h
      where h.lane_id is not distinct from p_lane_id and h.due_at is null and not h.in_flight
      order by h.priority, h.created_at, h.run_id
      limit 1000
    ))
      and exists (select from ops.project_queues p where p.project_id = d.project_id)
    for no key update of d skip locked
  ) moved
  where q.run_id = moved.run_id;
end
$body$;

ALTER FUNCTION ops.refile_runs(integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.refile_runs(integer) IS 'Part of a claim: runs of projects with a lane of their own are put there';
REVOKE EXECUTE ON FUNCTION ops.refile_runs(integer) FROM PUBLIC;

-- function ops.remember_walk(timestamp with time zone, bigint, integer, timestamp with time zone, uuid)
CREATE FUNCTION ops.remember_walk(p_until timestamp with time zone, p_pages bigint, p_priority integer, p_created_at timestamp with time zone, p_run_id uuid)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if p_until is null then
    p_until := clock_timestamp() + greatest(p_pages * interval '1 ms', interval '50 ms');
    perform setval('ops.claim_walks', (extract(epoch from p_until) * 1000)::bigint);
  end if;
  perform set_config('ops.claim_hint', concat_ws('|', p_until, p_priority, p_created_at, p_run_id), false);
end
$body$;

ALTER FUNCTION ops.remember_walk(timestamp with time zone, bigint, integer, timestamp with time zone, uuid) OWNER TO postgres;
COMMENT ON FUNCTION ops.remember_walk(timestamp with time zone, bigint, integer, timestamp with time zone, uuid) IS 'Part of a claim: where this session begins the next time, and for how long';
REVOKE EXECUTE ON FUNCTION ops.remember_walk(timestamp with time zone, bigint, integer, timestamp with time zone, uuid) FROM PUBLIC;

-- function ops.renew_claim_hint(text)
CREATE FUNCTION ops.renew_claim_hint(p_hint text)
RETURNS text
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.renew_claim_hint(text) OWNER TO postgres;
COMMENT ON FUNCTION ops.renew_claim_hint(text) IS 'Part of a claim: the place to begin at counts on where another session has walked the whole line meanwhile';
REVOKE EXECUTE ON FUNCTION ops.renew_claim_hint(text) FROM PUBLIC;

-- function ops.pick_runs(integer)
CREATE FUNCTION ops.pick_runs(p_limit integer)
RETURNS uuid[]
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.pick_runs(integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.pick_runs(integer) IS 'Part of a claim: the next runs of the common line; null where there is more to look at, or nothing';
REVOKE EXECUTE ON FUNCTION ops.pick_runs(integer) FROM PUBLIC;

-- function ops.step_payload(text, text, text, integer, text)
CREATE FUNCTION ops.step_payload(p_previous_status text, p_new_status text, p_worker_id text, p_exit_code integer DEFAULT NULL::integer, p_error_message text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  return jsonb_build_object(
    'previous_status', p_previous_status, 'new_status', p_new_status, 'worker_id', p_worker_id,
    'exit_code', p_exit_code, 'error_message', p_error_message,
    'actor', case when current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
                  then ops.current_user_id() end
  );
end
$body$;

ALTER FUNCTION ops.step_payload(text, text, text, integer, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.step_payload(text, text, text, integer, text) IS 'Of the event that a step of a run is';
REVOKE EXECUTE ON FUNCTION ops.step_payload(text, text, text, integer, text) FROM PUBLIC;

-- function ops.start_workflow_run(uuid, text, bigint)
CREATE FUNCTION ops.start_workflow_run(p_run_id uuid, p_worker_id text, p_claim_token bigint DEFAULT NULL::bigint)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'on'
SET plan_cache_mode TO 'force_generic_plan'
AS $body$
declare
  v_answer  record;
  v_run     ops.runs;
  v_refusal jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  end if;

  update ops.runs r
  set status = 'running', started_at = now(), updated_at = now(), changed_directly = false
  where r.id = p_run_id and r.status = 'claimed' and r.claimed_by = p_worker_id
    and (p_claim_token is null or r.claim_number = p_claim_token)
  returning true as success, r.id as run_id, r.status, r.started_at, false as already_started into v_answer;
  if found then
    insert into ops.run_events (run_id, event_type, message, payload)
    values (p_run_id, 'state_change', 'run started',
            case when current_setting('request.jwt.claims', true) <> ''
                       or current_setting('request.jwt.claim.sub', true) <> ''
                     then ops.step_payload('claimed', 'running', p_worker_id)
                 else jsonb_set('{"previous_status": "claimed", "new_status": "running", "worker_id": null, "exit_code": null,
                                  "error_message": null, "actor": null}',
                                '{worker_id}', to_jsonb(p_worker_id)) end);
    return to_jsonb(v_answer);
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  elsif v_run.status = 'running' then
    -- The same worker again: its first call arrived, the answer did not.
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status,
                              'started_at', v_run.started_at, 'already_started', true);
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  end if;
  return jsonb_build_object('success', false, 'code', 'run_not_claimed',
                            'error', format('the run is %s, not claimed', v_run.status));
end
$body$;

ALTER FUNCTION ops.start_workflow_run(uuid, text, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.start_workflow_run(uuid, text, bigint) IS 'The worker that claimed a run begins it';
GRANT EXECUTE ON FUNCTION ops.start_workflow_run(uuid, text, bigint) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.start_workflow_run(uuid, text, bigint) FROM PUBLIC;

-- function ops.start_workflow_runs(uuid[], text, bigint[])
CREATE FUNCTION ops.start_workflow_runs(p_run_ids uuid[], p_worker_id text, p_claim_tokens bigint[])
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'on'
SET plan_cache_mode TO 'force_generic_plan'
AS $body$
declare
  v_payload constant jsonb := ops.step_payload('claimed', 'running', p_worker_id);
  v_started uuid[];
  v_refused jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_run_ids is null or p_claim_tokens is null or cardinality(p_run_ids) <> cardinality(p_claim_tokens)
     or cardinality(p_run_ids) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_runs',
                              'error', 'at most 1000 runs, and a claim token for each of them');
  end if;

  with held as materialized (
    select r.ctid
    from unnest(p_run_ids, p_claim_tokens) s (id, token)
    join ops.runs r on r.id = s.id and r.claim_number = s.token
    where r.status = 'claimed' and r.claimed_by = p_worker_id
    order by r.id
    for no key update of r
  ),
  run as (
    update ops.runs r
    set status = 'running', started_at = now(), updated_at = now(), changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change', 'run started', v_payload
    from run
  )
  select coalesce(array_agg(run.id), '{}') into v_started from run;

  if cardinality(v_started) < cardinality(p_run_ids) then
    select jsonb_agg(a.answer || jsonb_build_object('run_id', s.id)) filter (where not (a.answer ->> 'success')::boolean)
    into v_refused
    from unnest(p_run_ids, p_claim_tokens) s (id, token),
         lateral (select ops.start_workflow_run(s.id, p_worker_id, s.token) as answer) a
    where s.id <> all (v_started);
  end if;
  return jsonb_build_object('success', true, 'started', cardinality(v_started), 'refused', coalesce(v_refused, '[]'));
end
$body$;

ALTER FUNCTION ops.start_workflow_runs(uuid[], text, bigint[]) OWNER TO postgres;
COMMENT ON FUNCTION ops.start_workflow_runs(uuid[], text, bigint[]) IS 'Begins several claimed runs in one call';
GRANT EXECUTE ON FUNCTION ops.start_workflow_runs(uuid[], text, bigint[]) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.start_workflow_runs(uuid[], text, bigint[]) FROM PUBLIC;

-- function ops.take_run(uuid, text, integer, text)
CREATE FUNCTION ops.take_run(p_run_id uuid, p_worker_id text, p_lease_seconds integer, p_request_id text)
RETURNS jsonb
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_lease constant timestamptz := now() + make_interval(secs => p_lease_seconds);
  v_token bigint;
  v_run   record;
begin
  perform from ops.runs r where r.id = p_run_id and r.status = 'queued' for no key update skip locked;
  if not found then
    return null;
  end if;
  v_token := nextval('ops.claim_tokens');
  update ops.runs r
  set status = 'claimed', claimed_by = p_worker_id, claimed_at = now(), claim_number = v_token, updated_at = now(),
      changed_directly = false
  where r.id = p_run_id
  returning r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata, r.attempt, r.max_attempts into v_run;
  insert into ops.run_events (run_id, event_type, message, payload)
  values (p_run_id, 'state_change', 'run claimed by ' || p_worker_id,
          ops.step_payload('queued', 'claimed', p_worker_id));
  update ops.run_queue q
  set in_flight = true, lease_expires_at = v_lease, lease_seconds = p_lease_seconds, claim_request = p_request_id
  where q.run_id = p_run_id;
  return jsonb_build_object(
    'run_id', p_run_id, 'project_id', v_run.project_id, 'workflow_id', v_run.workflow_id,
    'run_number', v_run.run_number, 'priority', v_run.priority, 'metadata', v_run.metadata, 'claimed_at', now(),
    'claim_token', v_token, 'lease_expires_at', v_lease, 'attempt', v_run.attempt, 'max_attempts', v_run.max_attempts
  );
end
$body$;

ALTER FUNCTION ops.take_run(uuid, text, integer, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.take_run(uuid, text, integer, text) IS 'Part of a claim: the run that the caller has picked becomes its own';
REVOKE EXECUTE ON FUNCTION ops.take_run(uuid, text, integer, text) FROM PUBLIC;

-- function ops.claim_runs(text, integer, text[], integer, text)
CREATE FUNCTION ops.claim_runs(p_worker_id text, p_limit integer, p_labels text[], p_lease_seconds integer, p_request_id text)
RETURNS jsonb
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_runs    jsonb := '[]';
  v_taken   jsonb;
  v_skip    uuid[] := '{}';     -- picked, but the run's own row is held by somebody
  v_busy    integer[] := '{}';  -- lanes that had nothing to give
  v_waited  boolean := false;
  v_held    uuid;               -- a project whose row somebody else was claiming under
  v_holds   boolean := false;   -- whether this transaction holds a project's row that had no room
  v_head    record;
  v_lane    record;
  v_run_id  uuid;
  v_max     integer;
  v_paused  boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' and exists (select from ops.project_queues) then
    raise exception 'the limits of projects hold under read committed only'
      using errcode = 'feature_not_supported', hint = 'claim in a transaction of isolation level read committed';
  end if;
  if exists (select from ops.run_queue d where d.due_at <= now()) then
    perform ops.promote_due_runs();
  end if;

  while jsonb_array_length(v_runs) < p_limit loop
    select q.run_id, q.project_id, q.priority, q.created_at into v_head
    from ops.run_queue q
    where q.lane_id is null and q.due_at is null and not q.in_flight and q.run_id <> all (v_skip)
    order by q.priority, q.created_at, q.run_id
    limit 1
    for no key update skip locked;

    if v_head.run_id is not null
       and exists (select from ops.project_queues p where p.project_id = v_head.project_id) then
      perform ops.refile_runs(null);
      continue;
    end if;

    -- Of the lanes that have something for this worker: the most urgent head, then the project that has the least in
    -- flight, then chance.
    select l.id, l.project_id, h.run_id, h.priority, h.created_at, h.owner into v_lane
    from ops.queue_lanes l
    left join ops.project_queues p on p.project_id = l.project_id
    cross join lateral (
      select q.run_id, q.priority, q.created_at, q.project_id as owner
      from ops.run_queue q
      where q.lane_id = l.id and q.due_at is null and not q.in_flight and q.run_id <> all (v_skip)
      order by q.priority, q.created_at, q.run_id
      limit 1
    ) h
    cross join lateral (
      select count(*) as in_flight
      from (
        select from ops.run_queue f
        where f.project_id = l.project_id and f.in_flight
        limit coalesce(p.max_running, 1000)
      ) f
    ) c
    where l.labels <@ p_labels and l.id <> all (v_busy)
      and not coalesce(p.paused, false) and (p.max_running is null or c.in_flight < p.max_running)
    order by h.priority, c.in_flight, random()
    limit 1;

    if v_lane.id is not null
       and (v_head.run_id is null or (v_lane.priority, v_lane.created_at) < (v_head.priority, v_head.created_at)) then
      if v_lane.project_id is null then
        if exists (select from ops.project_queues p where p.project_id = v_lane.owner) then
          perform ops.refile_runs(v_lane.id);
          continue;
        end if;
      else
        -- Whoever claims for a project with a limit holds its row, and counts after having it: what others took before is
        -- committed by then, and seen. Nothing counts up or down, so nothing can be left counted.
        select p.max_running, p.paused into v_max, v_paused
        from ops.project_queues p
        where p.project_id = v_lane.project_id
        for no key update skip locked;
        if not found then
          v_held := v_lane.project_id;
          v_busy := v_busy || v_lane.id;
          continue;
        end if;
        if v_paused or v_max <= (
          select count(*)
          from (select from ops.run_queue f where f.project_id = v_lane.project_id and f.in_flight limit v_max) f
        ) then
          v_holds := true;
          v_busy := v_busy || v_lane.id;
          continue;
        end if;
      end if;

      select q.run_id into v_run_id
      from ops.run_queue q
      where q.lane_id = v_lane.id and q.due_at is null and not q.in_flight and q.run_id <> all (v_skip)
      order by q.priority, q.created_at, q.run_id
      limit 1
      for no key update skip locked;
      if not found then
        v_busy := v_busy || v_lane.id;
        continue;
      end if;
    elsif v_head.run_id is not null then
      v_run_id := v_head.run_id;
    elsif v_held is not null and not v_waited and not v_holds and v_runs = '[]' then
      -- Nothing but what others are claiming from at this moment: wait for one of them. Nobody waits for this
      -- transaction: one that holds a project's row must not wait for another's, or two of them would wait for each other.
      perform from ops.project_queues p where p.project_id = v_held for no key update;
      v_waited := true;
      v_busy := '{}';
      continue;
    else
      exit;
    end if;

    v_taken := ops.take_run(v_run_id, p_worker_id, p_lease_seconds, p_request_id);
    if v_taken is null then
      v_skip := v_skip || v_run_id;
    else
      v_runs := v_runs || jsonb_build_array(v_taken);
    end if;
  end loop;
  return v_runs;
end
$body$;

ALTER FUNCTION ops.claim_runs(text, integer, text[], integer, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.claim_runs(text, integer, text[], integer, text) IS 'Part of a claim: across the common line and the lanes, with limits and labels';
REVOKE EXECUTE ON FUNCTION ops.claim_runs(text, integer, text[], integer, text) FROM PUBLIC;

-- function ops.take_runs(uuid[], text, integer, text, boolean)
CREATE FUNCTION ops.take_runs(p_run_ids uuid[], p_worker_id text, p_lease_seconds integer, p_request_id text, p_start boolean)
RETURNS jsonb
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_lease    constant timestamptz := now() + make_interval(secs => p_lease_seconds);
  v_messages text[] := array['run claimed by ' || p_worker_id];
  v_payloads jsonb[] := array[ops.step_payload('queued', 'claimed', p_worker_id)];
  v_runs     jsonb;
begin
  if p_start then
    v_messages := v_messages || 'run started'::text;
    v_payloads := v_payloads || ops.step_payload('claimed', 'running', p_worker_id);
  end if;

  with held as materialized (
    select r.ctid
    from ops.runs r
    where r.id = any (p_run_ids) and r.status = 'queued'
    for no key update skip locked
  ),
  run as (
    update ops.runs r
    set status = case when p_start then 'running' else 'claimed' end, claimed_by = p_worker_id, claimed_at = now(),
        started_at = case when p_start then now() end, claim_number = nextval('ops.claim_tokens'), updated_at = now(),
        changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id as run_id, r.project_id, r.workflow_id, r.run_number, r.priority, r.metadata, r.claimed_at,
              r.claim_number as claim_token, v_lease as lease_expires_at, r.attempt, r.max_attempts
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.run_id, 'state_change', step.message, step.payload
    from run, unnest(v_messages, v_payloads) step (message, payload)
  ),
  queue as (
    update ops.run_queue q
    set in_flight = true, lease_expires_at = v_lease, lease_seconds = p_lease_seconds, claim_request = p_request_id
    from run
    where q.run_id = run.run_id
  )
  select jsonb_agg(run order by array_position(p_run_ids, run.run_id))
  into v_runs
  from run;
  return v_runs;
end
$body$;

ALTER FUNCTION ops.take_runs(uuid[], text, integer, text, boolean) OWNER TO postgres;
COMMENT ON FUNCTION ops.take_runs(uuid[], text, integer, text, boolean) IS 'Part of a claim: runs that the caller has picked become its own, and start where that is asked for';
REVOKE EXECUTE ON FUNCTION ops.take_runs(uuid[], text, integer, text, boolean) FROM PUBLIC;

-- function ops.claim_batch(text, integer, text[], integer, text, boolean)
CREATE FUNCTION ops.claim_batch(p_worker_id text, p_limit integer, p_labels text[], p_lease_seconds integer, p_request_id text, p_start boolean)
RETURNS jsonb
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
SET enable_seqscan TO 'off'
SET enable_sort TO 'off'
SET jit TO 'off'
SET plan_cache_mode TO 'force_generic_plan'
AS $body$
declare
  v_ids  uuid[];
  v_runs jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_limit is null or p_limit not between 1 and 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is between 1 and 1000');
  elsif p_labels is null or array_position(p_labels, null) is not null then
    return jsonb_build_object('success', false, 'code', 'invalid_labels', 'error', 'labels are words, none of them null');
  elsif p_lease_seconds is null or p_lease_seconds not between 1 and 604800 then
    return jsonb_build_object('success', false, 'code', 'invalid_lease',
                              'error', 'a lease is between a second and a week');
  elsif octet_length(p_request_id) not between 1 and 200 then
    return jsonb_build_object('success', false, 'code', 'invalid_request_id', 'error', 'a request id has 1 to 200 bytes');
  end if;

  if p_request_id is not null then
    -- The same request again waits for the first, and is answered what that one got and still has.
    perform pg_advisory_xact_lock(hashtextextended(p_worker_id || ' ' || p_request_id, 20260214));
    select jsonb_agg(
             jsonb_build_object(
               'run_id', r.id, 'project_id', r.project_id, 'workflow_id', r.workflow_id, 'run_number', r.run_number,
               'priority', r.priority, 'metadata', r.metadata, 'claimed_at', r.claimed_at,
               'claim_token', r.claim_number, 'lease_expires_at', q.lease_expires_at, 'attempt', r.attempt,
               'max_attempts', r.max_attempts
             )
             order by r.priority, r.created_at, r.id
           )
    into v_runs
    from ops.run_queue q
    join ops.runs r on r.id = q.run_id
    where q.claim_request = p_request_id and q.in_flight and r.claimed_by = p_worker_id;
    if v_runs is not null then
      return jsonb_build_object('success', true, 'runs', v_runs, 'repeated', true);
    end if;
  end if;

  v_ids := ops.pick_runs(p_limit);
  if v_ids is not null then
    v_runs := ops.take_runs(v_ids, p_worker_id, p_lease_seconds, p_request_id, p_start);
  end if;
  if v_runs is not null then
    return jsonb_build_object('success', true, 'runs', v_runs, 'started', p_start);
  end if;
  v_runs := ops.claim_runs(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id);
  return jsonb_build_object('success', true, 'runs', v_runs);
end
$body$;

ALTER FUNCTION ops.claim_batch(text, integer, text[], integer, text, boolean) OWNER TO postgres;
COMMENT ON FUNCTION ops.claim_batch(text, integer, text[], integer, text, boolean) IS 'What claim_next_runs and claim_and_start_runs have in common; "started" where nothing is left to be started';
REVOKE EXECUTE ON FUNCTION ops.claim_batch(text, integer, text[], integer, text, boolean) FROM PUBLIC;

-- function ops.claim_and_start_runs(text, integer, text[], integer, text)
CREATE FUNCTION ops.claim_and_start_runs(p_worker_id text, p_limit integer DEFAULT 1, p_labels text[] DEFAULT '{}'::text[], p_lease_seconds integer DEFAULT 3600, p_request_id text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'on'
AS $body$
declare
  v_answer  jsonb := ops.claim_batch(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id, true);
  v_refused jsonb;
begin
  if v_answer ? 'started' or coalesce(v_answer -> 'runs', '[]') = '[]' then
    return v_answer - 'started';
  end if;

  -- From lanes, or what was given before and may have been canceled meanwhile.
  select ops.start_workflow_runs(array_agg((run ->> 'run_id')::uuid), p_worker_id,
                                 array_agg((run ->> 'claim_token')::bigint)) -> 'refused'
  into v_refused
  from jsonb_array_elements(v_answer -> 'runs') run;
  if v_refused <> '[]' then
    v_answer := jsonb_set(v_answer, '{runs}', coalesce((
      select jsonb_agg(run order by n)
      from jsonb_array_elements(v_answer -> 'runs') with ordinality r (run, n)
      where not v_refused @> jsonb_build_array(jsonb_build_object('run_id', run -> 'run_id'))
    ), '[]'));
  end if;
  return v_answer;
end
$body$;

ALTER FUNCTION ops.claim_and_start_runs(text, integer, text[], integer, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.claim_and_start_runs(text, integer, text[], integer, text) IS 'As claim_next_runs, and each run is running: claim and start in one commit';
GRANT EXECUTE ON FUNCTION ops.claim_and_start_runs(text, integer, text[], integer, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.claim_and_start_runs(text, integer, text[], integer, text) FROM PUBLIC;

-- function ops.claim_next_runs(text, integer, text[], integer, text)
CREATE FUNCTION ops.claim_next_runs(p_worker_id text, p_limit integer DEFAULT 1, p_labels text[] DEFAULT '{}'::text[], p_lease_seconds integer DEFAULT 3600, p_request_id text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'on'
AS $body$
begin
  return ops.claim_batch(p_worker_id, p_limit, p_labels, p_lease_seconds, p_request_id, false) - 'started';
end
$body$;

ALTER FUNCTION ops.claim_next_runs(text, integer, text[], integer, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.claim_next_runs(text, integer, text[], integer, text) IS 'Gives up to so many queued runs to a worker that has the labels they ask for, no run to two';
GRANT EXECUTE ON FUNCTION ops.claim_next_runs(text, integer, text[], integer, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.claim_next_runs(text, integer, text[], integer, text) FROM PUBLIC;

-- function ops.claim_next_run(text, text[], integer, text)
CREATE FUNCTION ops.claim_next_run(p_worker_id text, p_labels text[] DEFAULT '{}'::text[], p_lease_seconds integer DEFAULT 3600, p_request_id text DEFAULT NULL::text)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET enable_seqscan TO 'off'
SET ops.by_function TO 'on'
SET plan_cache_mode TO 'force_generic_plan'
AS $body$
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
$body$;

ALTER FUNCTION ops.claim_next_run(text, text[], integer, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.claim_next_run(text, text[], integer, text) IS 'Gives the first queued run to a worker, no run to two; run_id is null when there is none for it';
GRANT EXECUTE ON FUNCTION ops.claim_next_run(text, text[], integer, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.claim_next_run(text, text[], integer, text) FROM PUBLIC;

-- function ops.next_run_ref(text)
CREATE FUNCTION ops.next_run_ref(p_git_commit text)
RETURNS text
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_at  timestamp := clock_timestamp() at time zone 'utc';
  v_ref text;
begin
  perform pg_advisory_xact_lock(hashtextextended('run_ref ' || left(p_git_commit, 7), 20260214));
  loop
    v_ref := to_char(v_at, '"run-"YYYYMMDD"-"HH24MISS"-"') || left(p_git_commit, 7);
    exit when not exists (select from ops.runs r where r.run_ref = v_ref);
    v_at := v_at + interval '1 second';
  end loop;
  return v_ref;
end
$body$;

ALTER FUNCTION ops.next_run_ref(text) OWNER TO postgres;
COMMENT ON FUNCTION ops.next_run_ref(text) IS 'A reference for a run of this commit, which no other run has';
REVOKE EXECUTE ON FUNCTION ops.next_run_ref(text) FROM PUBLIC;

-- function ops.queue_retry(ops.runs, integer, double precision)
CREATE FUNCTION ops.queue_retry(p_run ops.runs, p_max_attempts integer, p_delay_seconds double precision)
RETURNS uuid
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_id uuid;
begin
  perform from ops.projects p where p.id = p_run.project_id for no key update;
  insert into ops.runs as r
    (project_id, workflow_id, priority, metadata, labels, attempt, max_attempts, retry_delay_seconds, retry_of,
     environment_id, git_ref, git_commit, run_ref, run_after)
  values (
    p_run.project_id, p_run.workflow_id, p_run.priority, p_run.metadata, p_run.labels, p_run.attempt + 1,
    p_max_attempts, p_run.retry_delay_seconds, p_run.id, p_run.environment_id, p_run.git_ref, p_run.git_commit,
    case when p_run.run_ref is not null then ops.next_run_ref(p_run.git_commit) end,
    case when p_delay_seconds > 0 then clock_timestamp() + make_interval(secs => p_delay_seconds) end
  )
  on conflict (retry_of) where retry_of is not null do nothing
  returning r.id into v_id;
  if v_id is null then
    select r.id into v_id from ops.runs r where r.retry_of = p_run.id;
  end if;
  return v_id;
exception
  when check_violation then
    return null;
end
$body$;

ALTER FUNCTION ops.queue_retry(ops.runs, integer, double precision) OWNER TO postgres;
COMMENT ON FUNCTION ops.queue_retry(ops.runs, integer, double precision) IS 'Queues the next attempt of a run, once';
REVOKE EXECUTE ON FUNCTION ops.queue_retry(ops.runs, integer, double precision) FROM PUBLIC;

-- function ops.end_attempt(ops.runs, text, integer, text, timestamp with time zone)
CREATE FUNCTION ops.end_attempt(p_run ops.runs, p_status text, p_exit_code integer, p_error_message text, p_reaped_at timestamp with time zone)
RETURNS uuid
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_retry uuid;
begin
  update ops.runs r
  set status = p_status, finished_at = now(), exit_code = p_exit_code, error_message = p_error_message,
      reaped_at = p_reaped_at, updated_at = now(), changed_directly = false
  where r.id = p_run.id;
  if current_setting('ops.by_function', true) = 'on' then
    insert into ops.run_events (run_id, event_type, message, payload)
    values (
      p_run.id, 'state_change',
      case when p_reaped_at is not null then 'lease ran out: run ' || p_status
           else 'run ' || p_status || coalesce(' with exit code ' || p_exit_code, '') end,
      jsonb_build_object('previous_status', p_run.status, 'new_status', p_status, 'worker_id', p_run.claimed_by,
                         'exit_code', p_exit_code, 'error_message', p_error_message, 'actor', ops.current_user_id())
    );
    delete from ops.run_queue q where q.run_id = p_run.id;
  end if;
  perform ops.tell_waiters(p_run.id);

  if p_run.attempt < p_run.max_attempts then
    v_retry := ops.queue_retry(p_run, p_run.max_attempts,
                               least(86400, p_run.retry_delay_seconds * 2.0 ^ least(p_run.attempt - 1, 20)));
  end if;
  if v_retry is null and (p_run.max_attempts > 1 or p_reaped_at is not null) then
    insert into ops.dead_letters (run_id, project_id, first_run_id, attempts, reason, worker_id, exit_code, error_message)
    with recursive chain (id, retry_of, attempt) as (
      select p_run.id, p_run.retry_of, p_run.attempt
      union all
      select r.id, r.retry_of, r.attempt from chain c join ops.runs r on r.id = c.retry_of
    )
    select p_run.id, p_run.project_id, c.id, p_run.attempt,
           case when p_reaped_at is null then 'failed' else 'lease_expired' end,
           p_run.claimed_by, p_exit_code, p_error_message
    from chain c
    order by c.attempt
    limit 1
    on conflict do nothing;
  end if;
  return v_retry;
end
$body$;

ALTER FUNCTION ops.end_attempt(ops.runs, text, integer, text, timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.end_attempt(ops.runs, text, integer, text, timestamp with time zone) IS 'Ends a run, and queues the next attempt or records that there is none';
REVOKE EXECUTE ON FUNCTION ops.end_attempt(ops.runs, text, integer, text, timestamp with time zone) FROM PUBLIC;

-- function ops.complete_workflow_run(uuid, integer, text, text, bigint)
CREATE FUNCTION ops.complete_workflow_run(p_run_id uuid, p_exit_code integer, p_error_message text DEFAULT NULL::text, p_worker_id text DEFAULT NULL::text, p_claim_token bigint DEFAULT NULL::bigint)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'on'
SET plan_cache_mode TO 'force_generic_plan'
AS $body$
declare
  v_status  constant text := case when p_exit_code = 0 then 'succeeded' else 'failed' end;
  v_answer  record;
  v_payload jsonb;
  v_run     ops.runs;
  v_refusal jsonb;
  v_retry   uuid;
begin
  if p_exit_code is null then
    return jsonb_build_object('success', false, 'code', 'invalid_exit_code', 'error', 'an exit code is needed');
  elsif btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'the worker id is empty');
  end if;

  -- The usual call: nothing comes after this run.
  update ops.runs r
  set status = v_status, finished_at = now(), exit_code = p_exit_code, error_message = p_error_message,
      updated_at = now(), changed_directly = false
  where r.id = p_run_id and r.status = 'running'
    and (p_worker_id is null or r.claimed_by = p_worker_id)
    and (p_claim_token is null or r.claim_number = p_claim_token)
    and (p_exit_code = 0 or r.max_attempts = 1)
  returning true as success, r.id as run_id, r.status, r.finished_at, r.exit_code, false as already_completed
  into v_answer;
  if found then
    if current_setting('request.jwt.claims', true) <> '' or current_setting('request.jwt.claim.sub', true) <> ''
       or p_exit_code <> 0 or p_error_message is not null or p_worker_id is null then
      v_payload := ops.step_payload('running', v_status,
                                    coalesce(p_worker_id, (select r.claimed_by from ops.runs r where r.id = p_run_id)),
                                    p_exit_code, p_error_message);
    else
      v_payload := jsonb_set('{"previous_status": "running", "new_status": "succeeded", "worker_id": null, "exit_code": 0,
                               "error_message": null, "actor": null}',
                             '{worker_id}', to_jsonb(p_worker_id));
    end if;
    insert into ops.run_events (run_id, event_type, message, payload)
    values (p_run_id, 'state_change',
            case p_exit_code when 0 then 'run succeeded' else 'run failed with exit code ' || p_exit_code end,
            v_payload);
    delete from ops.run_queue q where q.run_id = p_run_id;
    -- As ops.tell_waiters does it, without the call.
    if not pg_try_advisory_xact_lock(uuid_hash_extended(p_run_id, 20260214)) then
      perform pg_notify('ops_run_ended', p_run_id::text);
    end if;
    return to_jsonb(v_answer);
  end if;

  -- A retry counts in the project, whose row is locked before the run's.
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if v_run.status = 'running' and p_exit_code <> 0 and v_run.attempt < v_run.max_attempts then
    perform from ops.projects p where p.id = v_run.project_id for no key update;
  end if;
  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if v_run.id is not null and p_worker_id is not null and v_run.claimed_by is distinct from p_worker_id then
    return jsonb_build_object('success', false, 'code', 'not_claimed_by_worker',
                              'error', 'the run is not claimed by this worker');
  end if;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
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

  v_retry := ops.end_attempt(v_run, 'failed', p_exit_code, p_error_message, null);
  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_status, 'finished_at', now(),
                            'exit_code', p_exit_code, 'already_completed', false, 'retry_run_id', v_retry);
end
$body$;

ALTER FUNCTION ops.complete_workflow_run(uuid, integer, text, text, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.complete_workflow_run(uuid, integer, text, text, bigint) IS 'Ends a running run: succeeded for exit code 0, else failed; said again, answers the recorded result';
GRANT EXECUTE ON FUNCTION ops.complete_workflow_run(uuid, integer, text, text, bigint) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.complete_workflow_run(uuid, integer, text, text, bigint) FROM PUBLIC;

-- function ops.complete_workflow_runs(text, jsonb)
CREATE FUNCTION ops.complete_workflow_runs(p_worker_id text, p_results jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'on'
SET plan_cache_mode TO 'force_generic_plan'
AS $body$
declare
  v_succeeded constant jsonb := ops.step_payload('running', 'succeeded', p_worker_id, 0);
  v_done    uuid[];
  v_refused jsonb;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif jsonb_typeof(p_results) is distinct from 'array' or jsonb_array_length(p_results) > 1000
     or jsonb_path_exists(p_results, '$[*] ? (@.type() != "object" || !exists(@.run_id) || !exists(@.exit_code)
                                            || @.exit_code.type() != "number")') then
    return jsonb_build_object('success', false, 'code', 'invalid_results',
                              'error', 'results are an array of at most 1000 objects with run_id, claim_token, exit_code, error_message');
  end if;

  -- Retries count in their projects, whose rows are locked first, and in one order.
  if jsonb_path_exists(p_results, '$[*] ? (@.exit_code != 0)') then
    perform
    from ops.projects p
    where p.id in (
      select r.project_id
      from jsonb_to_recordset(p_results) s (run_id uuid, exit_code integer)
      join ops.runs r on r.id = s.run_id
      where s.exit_code <> 0 and r.status = 'running' and r.attempt < r.max_attempts
    )
    order by p.id
    for no key update;
  end if;

  with held as materialized (
    select r.ctid, s.exit_code, s.error_message
    from jsonb_to_recordset(p_results) s (run_id uuid, claim_token bigint, exit_code integer, error_message text)
    join ops.runs r on r.id = s.run_id and r.claim_number = s.claim_token
    where r.status = 'running' and r.claimed_by = p_worker_id and (s.exit_code = 0 or r.max_attempts = 1)
    order by r.id
    for no key update of r
  ),
  run as (
    update ops.runs r
    set status = case held.exit_code when 0 then 'succeeded' else 'failed' end, finished_at = now(),
        exit_code = held.exit_code, error_message = held.error_message, updated_at = now(),
        changed_directly = false
    from held
    where r.ctid = held.ctid
    returning r.id, r.status, r.exit_code, r.error_message
  ),
  event as (
    insert into ops.run_events (run_id, event_type, message, payload)
    select run.id, 'state_change',
           case run.exit_code when 0 then 'run succeeded' else 'run failed with exit code ' || run.exit_code end,
           case when run.exit_code = 0 and run.error_message is null then v_succeeded
                else ops.step_payload('running', run.status, p_worker_id, run.exit_code, run.error_message) end
    from run
  ),
  queue as (
    delete from ops.run_queue q using run where q.run_id = run.id
  )
  select coalesce(array_agg(run.id), '{}') into v_done from run;
  -- As ops.tell_waiters does it, without the calls.
  perform pg_notify('ops_run_ended', d.id::text)
  from unnest(v_done) d (id)
  where not pg_try_advisory_xact_lock(uuid_hash_extended(d.id, 20260214));

  -- One by one what is left: refused, said before, or to be retried.
  if cardinality(v_done) < jsonb_array_length(p_results) then
    select jsonb_agg(a.answer || jsonb_build_object('run_id', s.run_id)) filter (where not (a.answer ->> 'success')::boolean)
    into v_refused
    from (
      select s.* from jsonb_to_recordset(p_results) s (run_id uuid, claim_token bigint, exit_code integer, error_message text)
      where s.run_id <> all (v_done)
      order by s.run_id
    ) s,
    lateral (
      select ops.complete_workflow_run(s.run_id, s.exit_code, s.error_message, p_worker_id, s.claim_token) as answer
    ) a;
  end if;
  return jsonb_build_object('success', true, 'completed', cardinality(v_done), 'refused', coalesce(v_refused, '[]'));
end
$body$;

ALTER FUNCTION ops.complete_workflow_runs(text, jsonb) OWNER TO postgres;
COMMENT ON FUNCTION ops.complete_workflow_runs(text, jsonb) IS 'Ends several runs in one call: [{run_id, claim_token, exit_code, error_message}, …]';
GRANT EXECUTE ON FUNCTION ops.complete_workflow_runs(text, jsonb) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.complete_workflow_runs(text, jsonb) FROM PUBLIC;

-- function ops.create_environment_run(text, text, text, text, text, jsonb)
CREATE FUNCTION ops.create_environment_run(p_project text, p_workflow_type text, p_git_ref text, p_git_commit text, p_environment text DEFAULT 'dev'::text, p_metadata jsonb DEFAULT '{}'::jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_project     ops.projects;
  v_workflow    ops.workflows;
  v_environment uuid;
  v_run         ops.runs;
  v_constraint  text;
begin
  if p_workflow_type is null or p_workflow_type not in ('build', 'test', 'deploy', 'backup', 'upgrade') then
    return jsonb_build_object('success', false, 'code', 'invalid_workflow_type',
                              'error', 'the workflow type is one of build, test, deploy, backup, upgrade');
  elsif p_git_ref is null or octet_length(p_git_ref) not between 1 and 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_git_ref', 'error', 'a branch or tag is needed');
  elsif p_git_commit is null or p_git_commit !~ '^[0-9a-f]{40}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_git_commit',
                              'error', 'a commit is 40 hexadecimal digits');
  elsif jsonb_typeof(p_metadata) is distinct from 'object' then
    return jsonb_build_object('success', false, 'code', 'invalid_metadata', 'error', 'metadata is a JSON object');
  end if;

  select p.* into v_project
  from ops.projects p
  where p_project in (p.id::text, p.slug, p.workspace_key)
  order by p_project = p.id::text desc, p_project = p.slug desc
  limit 1
  for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'project_not_found', 'error', 'there is no such project');
  end if;

  select e.id into v_environment
  from ops.environments e
  where e.project_id = v_project.id and p_environment in (e.slug, e.id::text);
  if not found then
    return jsonb_build_object('success', false, 'code', 'environment_not_found',
                              'error', 'there is no such environment in the project');
  end if;

  select w.* into v_workflow
  from ops.workflows w
  where w.project_id = v_project.id and w.workflow_type = p_workflow_type
  order by w.enabled desc, w.created_at, w.id
  limit 1;
  if not found then
    insert into ops.workflows as w (project_id, workflow_type, name)
    values (v_project.id, p_workflow_type, p_workflow_type)
    returning w.* into v_workflow;
  end if;

  insert into ops.runs as r (project_id, workflow_id, environment_id, git_ref, git_commit, run_ref, metadata)
  values (v_project.id, v_workflow.id, v_environment, p_git_ref, p_git_commit, ops.next_run_ref(p_git_commit),
          jsonb_build_object('workflow_type', p_workflow_type, 'git_ref', p_git_ref) || p_metadata)
  returning r.* into v_run;
  return jsonb_build_object('success', true, 'run_id', v_run.id, 'run_ref', v_run.run_ref, 'status', v_run.status,
                            'run_number', v_run.run_number, 'project_id', v_project.id,
                            'workflow_id', v_workflow.id, 'environment_id', v_environment);
exception
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

ALTER FUNCTION ops.create_environment_run(text, text, text, text, text, jsonb) OWNER TO postgres;
COMMENT ON FUNCTION ops.create_environment_run(text, text, text, text, text, jsonb) IS 'Queues a run of a commit in an environment; makes the workflow of that type where the project has none';
GRANT EXECUTE ON FUNCTION ops.create_environment_run(text, text, text, text, text, jsonb) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.create_environment_run(text, text, text, text, text, jsonb) FROM PUBLIC;

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

-- function ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamp with time zone, integer, integer, uuid, text, text)
CREATE FUNCTION ops.enqueue_run(p_project_id uuid, p_workflow_id uuid, p_idempotency_key text DEFAULT NULL::text, p_priority integer DEFAULT 0, p_metadata jsonb DEFAULT '{}'::jsonb, p_labels text[] DEFAULT '{}'::text[], p_run_after timestamp with time zone DEFAULT NULL::timestamp with time zone, p_max_attempts integer DEFAULT 1, p_retry_delay_seconds integer DEFAULT 10, p_environment_id uuid DEFAULT NULL::uuid, p_git_ref text DEFAULT NULL::text, p_git_commit text DEFAULT NULL::text)
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
  elsif p_labels is null or array_position(p_labels, null) is not null or cardinality(p_labels) > 20
     or octet_length(p_labels::text) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_labels',
                              'error', 'labels are at most 20 words of at most 1000 bytes together, none of them null');
  elsif not isfinite(p_run_after) then
    return jsonb_build_object('success', false, 'code', 'invalid_time', 'error', 'the time to run after is infinite');
  elsif p_max_attempts is null or p_max_attempts not between 1 and 100 then
    return jsonb_build_object('success', false, 'code', 'invalid_max_attempts',
                              'error', 'there are between 1 and 100 attempts');
  elsif p_retry_delay_seconds is null or p_retry_delay_seconds not between 0 and 86400 then
    return jsonb_build_object('success', false, 'code', 'invalid_retry_delay',
                              'error', 'the delay is between 0 and 86400 seconds');
  elsif octet_length(p_git_ref) not between 1 and 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_git_ref', 'error', 'a branch or tag has 1 to 1000 bytes');
  elsif p_git_commit !~ '^[0-9a-f]{40}$' then
    return jsonb_build_object('success', false, 'code', 'invalid_git_commit',
                              'error', 'a commit is 40 hexadecimal digits');
  end if;

  perform from ops.workflows w where w.id = p_workflow_id and w.project_id = p_project_id;
  if not found then
    return jsonb_build_object('success', false, 'code', 'workflow_not_found',
                              'error', 'there is no such workflow in the project');
  end if;
  if p_environment_id is not null then
    perform from ops.environments e where e.id = p_environment_id and e.project_id = p_project_id;
    if not found then
      return jsonb_build_object('success', false, 'code', 'environment_not_found',
                                'error', 'there is no such environment in the project');
    end if;
  end if;

  if p_idempotency_key is not null then
    select r.* into v_run
    from ops.runs r
    where r.project_id = p_project_id and r.idempotency_key = p_idempotency_key;
  end if;

  if v_run.id is null then
    insert into ops.runs as r
      (project_id, workflow_id, idempotency_key, priority, metadata, labels, run_after, max_attempts,
       retry_delay_seconds, environment_id, git_ref, git_commit)
    values (p_project_id, p_workflow_id, p_idempotency_key, p_priority, coalesce(p_metadata, '{}'), p_labels,
            p_run_after, p_max_attempts, p_retry_delay_seconds, p_environment_id, p_git_ref, p_git_commit)
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
    'run_ref', v_run.run_ref,
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

ALTER FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamp with time zone, integer, integer, uuid, text, text) OWNER TO postgres;
COMMENT ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamp with time zone, integer, integer, uuid, text, text) IS 'Queues a run; with an idempotency key that was used before, answers the run that it made then';
GRANT EXECUTE ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamp with time zone, integer, integer, uuid, text, text) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamp with time zone, integer, integer, uuid, text, text) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.enqueue_run(uuid, uuid, text, integer, jsonb, text[], timestamp with time zone, integer, integer, uuid, text, text) FROM PUBLIC;

-- function ops.explain_run(uuid)
CREATE FUNCTION ops.explain_run(p_run_id uuid)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run   ops.runs;
  v_queue ops.run_queue;
  v_limit ops.project_queues;
  v_used  bigint;
begin
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.status <> 'queued' then
    return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status, 'reason', 'not_queued',
                              'message', format('the run is %s', v_run.status));
  end if;
  select q.* into v_queue from ops.run_queue q where q.run_id = p_run_id;
  select p.* into v_limit from ops.project_queues p where p.project_id = v_run.project_id;
  select count(*) into v_used
  from (select from ops.run_queue f where f.project_id = v_run.project_id and f.in_flight
        limit coalesce(v_limit.max_running, 1)) f;
  return jsonb_build_object('success', true, 'run_id', v_run.id, 'status', v_run.status) || case
    when v_queue.due_at > clock_timestamp() then
      jsonb_build_object('reason', 'scheduled', 'message', format('it runs after %s', v_queue.due_at),
                         'run_after', v_queue.due_at)
    when v_limit.paused then
      jsonb_build_object('reason', 'project_paused', 'message', 'its project is paused')
    when v_used >= v_limit.max_running then
      jsonb_build_object('reason', 'project_limit', 'max_running', v_limit.max_running,
                         'message', format('its project has %s of %s runs in flight', v_used, v_limit.max_running))
    when v_run.labels <> '{}' and not exists (
      select from ops.workers w where w.labels @> v_run.labels and w.last_seen_at > now() - interval '1 minute'
    ) then
      jsonb_build_object('reason', 'no_worker_with_labels', 'labels', v_run.labels,
                         'message', format('no worker with its labels (%s) was seen in the last minute',
                                           array_to_string(v_run.labels, ', ')))
    when not exists (select from ops.workers w where w.last_seen_at > now() - interval '1 minute') then
      jsonb_build_object('reason', 'no_worker', 'message', 'no worker was seen in the last minute')
    else
      jsonb_build_object('reason', 'waiting', 'message', 'it waits for its turn, or for a worker that is free')
  end;
end
$body$;

ALTER FUNCTION ops.explain_run(uuid) OWNER TO postgres;
COMMENT ON FUNCTION ops.explain_run(uuid) IS 'Why a queued run does not start';
GRANT EXECUTE ON FUNCTION ops.explain_run(uuid) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.explain_run(uuid) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.explain_run(uuid) FROM PUBLIC;

-- function ops.file_run(ops.runs)
CREATE FUNCTION ops.file_run(p_run ops.runs)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.file_run(ops.runs) OWNER TO postgres;
COMMENT ON FUNCTION ops.file_run(ops.runs) IS 'Makes a run''s row in the queue what the run says';
REVOKE EXECUTE ON FUNCTION ops.file_run(ops.runs) FROM PUBLIC;

-- function ops.get_claimed_run(uuid, text, bigint)
CREATE FUNCTION ops.get_claimed_run(p_run_id uuid, p_worker_id text, p_claim_token bigint)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run     ops.runs;
  v_refusal jsonb;
begin
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if p_claim_token is null or p_worker_id is null then
    return jsonb_build_object('success', false, 'code', 'stale_claim', 'error', 'the run is not this claim''s');
  end if;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  end if;
  return (
    select jsonb_build_object(
      'success', true, 'run_id', v_run.id, 'run_ref', v_run.run_ref, 'run_number', v_run.run_number,
      'status', v_run.status, 'attempt', v_run.attempt, 'max_attempts', v_run.max_attempts, 'labels', v_run.labels,
      'metadata', v_run.metadata, 'git_ref', coalesce(v_run.git_ref, w.git_ref),
      'git_commit', coalesce(v_run.git_commit, w.git_commit), 'environment', e.slug,
      'project_id', p.id, 'project', p.slug, 'workspace_key', p.workspace_key, 'odoo_version', p.odoo_version,
      'workflow_id', w.id, 'workflow_type', w.workflow_type, 'workflow', w.name, 'workflow_config', w.config
    )
    from ops.projects p
    join ops.workflows w on w.id = v_run.workflow_id
    left join ops.environments e on e.id = v_run.environment_id
    where p.id = v_run.project_id
  );
end
$body$;

ALTER FUNCTION ops.get_claimed_run(uuid, text, bigint) OWNER TO postgres;
COMMENT ON FUNCTION ops.get_claimed_run(uuid, text, bigint) IS 'All that a worker needs to do a run that it has claimed';
GRANT EXECUTE ON FUNCTION ops.get_claimed_run(uuid, text, bigint) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.get_claimed_run(uuid, text, bigint) FROM PUBLIC;

-- function ops.next_claim_token()
CREATE FUNCTION ops.next_claim_token()
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
  select nextval('ops.claim_tokens')
$body$;

ALTER FUNCTION ops.next_claim_token() OWNER TO postgres;
COMMENT ON FUNCTION ops.next_claim_token() IS 'A number for a claim that is made by a plain UPDATE';
GRANT EXECUTE ON FUNCTION ops.next_claim_token() TO service_role;
REVOKE EXECUTE ON FUNCTION ops.next_claim_token() FROM PUBLIC;

-- function ops.run_matches_status(text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, integer, text, timestamp with time zone)
CREATE FUNCTION ops.run_matches_status(p_status text, p_claimed_by text, p_claimed_at timestamp with time zone, p_started_at timestamp with time zone, p_finished_at timestamp with time zone, p_exit_code integer, p_error_message text, p_reaped_at timestamp with time zone)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.run_matches_status(text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, integer, text, timestamp with time zone) OWNER TO postgres;
COMMENT ON FUNCTION ops.run_matches_status(text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, integer, text, timestamp with time zone) IS 'Check: what each status says about a run''s other columns';
GRANT EXECUTE ON FUNCTION ops.run_matches_status(text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, integer, text, timestamp with time zone) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.run_matches_status(text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, integer, text, timestamp with time zone) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.run_matches_status(text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, integer, text, timestamp with time zone) FROM PUBLIC;

-- function ops.guard_direct_change(ops.runs, ops.runs)
CREATE FUNCTION ops.guard_direct_change(p_old ops.runs, p_new ops.runs)
RETURNS ops.runs
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if current_setting('ops.by_function', true) = 'on' then
    raise exception 'ops.by_function is for the functions of schema ops'
      using errcode = 'insufficient_privilege', schema = 'ops', table = 'runs', hint = 'reset ops.by_function';
  end if;

  p_new.changed_directly := p_new.status is distinct from p_old.status;
  if p_new.changed_directly then
    if (p_old.status, p_new.status) not in (
      ('queued', 'claimed'), ('queued', 'canceled'),
      ('claimed', 'running'), ('claimed', 'canceled'),
      ('running', 'succeeded'), ('running', 'failed'), ('running', 'canceled')
    ) then
      raise exception 'a run cannot go from % to %', p_old.status, p_new.status
        using errcode = 'check_violation', schema = 'ops', table = 'runs', column = 'status',
              constraint = 'enforce_run_status_transition',
              hint = case when p_old.status in ('succeeded', 'failed', 'canceled')
                          then 'the run has ended; queue a new one'
                          else 'queued, claimed, running, then succeeded or failed; canceled from each of the first three'
                     end;
    end if;
    -- Times that the UPDATE leaves out are filled in, so that a plain "set status = …" agrees with the status.
    case p_new.status
      when 'claimed' then
        p_new.claimed_at := coalesce(p_new.claimed_at, now());
        p_new.claim_number := ops.next_claim_token();
      when 'running' then
        p_new.started_at := coalesce(p_new.started_at, now());
      else
        p_new.finished_at := coalesce(p_new.finished_at, now());
        if p_new.status = 'succeeded' then
          p_new.exit_code := coalesce(p_new.exit_code, 0);
        end if;
    end case;
  end if;

  if (p_new.id, p_new.project_id, p_new.workflow_id, p_new.run_number, p_new.created_at, p_new.attempt, p_new.run_ref)
     is distinct from
     (p_old.id, p_old.project_id, p_old.workflow_id, p_old.run_number, p_old.created_at, p_old.attempt, p_old.run_ref) then
    raise exception 'a run keeps its id, project, workflow, number, time of creation, attempt and reference'
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_identity';
  end if;
  if p_old.status in ('succeeded', 'failed', 'canceled')
     and (p_new.claimed_by, p_new.claimed_at, p_new.claim_number, p_new.started_at, p_new.finished_at, p_new.exit_code,
          p_new.error_message, p_new.reaped_at)
         is distinct from
         (p_old.claimed_by, p_old.claimed_at, p_old.claim_number, p_old.started_at, p_old.finished_at, p_old.exit_code,
          p_old.error_message, p_old.reaped_at) then
    raise exception 'the outcome of a run is final: this one is %', p_old.status
      using errcode = 'check_violation', schema = 'ops', table = 'runs', constraint = 'protect_run_outcome';
  end if;
  perform ops.run_matches_status(p_new.status, p_new.claimed_by, p_new.claimed_at, p_new.started_at, p_new.finished_at,
                                 p_new.exit_code, p_new.error_message, p_new.reaped_at);

  if p_new is distinct from p_old then
    p_new.updated_at := now();
  end if;
  return p_new;
end
$body$;

ALTER FUNCTION ops.guard_direct_change(ops.runs, ops.runs) OWNER TO postgres;
COMMENT ON FUNCTION ops.guard_direct_change(ops.runs, ops.runs) IS 'Part of guard_run: lets only the allowed changes of status pass, and keeps what a run is and how it ended';
GRANT EXECUTE ON FUNCTION ops.guard_direct_change(ops.runs, ops.runs) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.guard_direct_change(ops.runs, ops.runs) FROM PUBLIC;

-- function ops.guard_run()
CREATE FUNCTION ops.guard_run()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if current_setting('ops.by_function', true) = 'on' and has_table_privilege(tg_relid, 'SELECT WITH GRANT OPTION') then
    return new;
  end if;
  return ops.guard_direct_change(old, new);
end
$body$;

ALTER FUNCTION ops.guard_run() OWNER TO postgres;
COMMENT ON FUNCTION ops.guard_run() IS 'Trigger: lets only the allowed changes of status pass, and keeps what a run is and how it ended';
REVOKE EXECUTE ON FUNCTION ops.guard_run() FROM PUBLIC;

-- function ops.heartbeat_run(uuid, text, bigint, integer)
CREATE FUNCTION ops.heartbeat_run(p_run_id uuid, p_worker_id text, p_claim_token bigint DEFAULT NULL::bigint, p_lease_seconds integer DEFAULT NULL::integer)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_run     ops.runs;
  v_refusal jsonb;
  v_lease   timestamptz;
begin
  if p_worker_id is null or btrim(p_worker_id) = '' then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_lease_seconds not between 1 and 604800 then
    return jsonb_build_object('success', false, 'code', 'invalid_lease',
                              'error', 'a lease is between a second and a week');
  end if;

  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  v_refusal := ops.refusal(v_run, p_worker_id, p_claim_token);
  if v_refusal is not null then
    return v_refusal;
  elsif v_run.status = 'canceled' then
    return jsonb_build_object('success', false, 'code', 'run_canceled', 'error', 'the run was canceled');
  elsif v_run.status not in ('claimed', 'running') then
    return jsonb_build_object('success', false, 'code', 'run_not_running',
                              'error', format('the run is %s, neither claimed nor running', v_run.status));
  end if;

  update ops.run_queue q
  set lease_expires_at = clock_timestamp() + make_interval(secs => coalesce(p_lease_seconds, q.lease_seconds)),
      lease_seconds = coalesce(p_lease_seconds, q.lease_seconds)
  where q.run_id = p_run_id
  returning q.lease_expires_at into v_lease;
  return jsonb_build_object('success', true, 'run_id', p_run_id, 'status', v_run.status, 'lease_expires_at', v_lease);
end
$body$;

ALTER FUNCTION ops.heartbeat_run(uuid, text, bigint, integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.heartbeat_run(uuid, text, bigint, integer) IS 'The worker is there: its lease of the run is extended from now on';
GRANT EXECUTE ON FUNCTION ops.heartbeat_run(uuid, text, bigint, integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.heartbeat_run(uuid, text, bigint, integer) FROM PUBLIC;

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
  from ops.run_queue q
  join ops.runs r on r.id = q.run_id
  where r.status in ('queued', 'claimed')
  order by r.priority, r.created_at, r.id
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
  where (d.run_id, d.seq) in (
    select e.run_id, e.seq
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
  if not (current_setting('ops.by_function', true) = 'on'
          and has_table_privilege(tg_relid, 'SELECT WITH GRANT OPTION')) is true then
    perform ops.check_direct_event(new, tg_relid);
  end if;
  return new;
end
$body$;

ALTER FUNCTION ops.protect_state_changes() OWNER TO postgres;
COMMENT ON FUNCTION ops.protect_state_changes() IS 'Trigger: only the trigger on runs writes state changes';
REVOKE EXECUTE ON FUNCTION ops.protect_state_changes() FROM PUBLIC;

-- function ops.purge_run_logs(timestamp with time zone, integer)
CREATE FUNCTION ops.purge_run_logs(p_finished_before timestamp with time zone, p_limit integer DEFAULT 10000)
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
  delete from ops.run_logs d
  where d.id = any (array(
    select l.id
    from ops.run_logs l
    join ops.runs r on r.id = l.run_id
    where r.finished_at < p_finished_before
    limit p_limit
    for update of l skip locked
  ));
  get diagnostics v_deleted = row_count;
  return jsonb_build_object('success', true, 'deleted', v_deleted);
end
$body$;

ALTER FUNCTION ops.purge_run_logs(timestamp with time zone, integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.purge_run_logs(timestamp with time zone, integer) IS 'Retention: deletes log lines of runs that ended before a time, at most so many';
GRANT EXECUTE ON FUNCTION ops.purge_run_logs(timestamp with time zone, integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.purge_run_logs(timestamp with time zone, integer) FROM PUBLIC;

-- function ops.purge_runs(timestamp with time zone, integer)
CREATE FUNCTION ops.purge_runs(p_finished_before timestamp with time zone, p_limit integer DEFAULT 1000)
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
  elsif p_limit is null or p_limit not between 1 and 10000 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is between 1 and 10000');
  end if;
  -- Oldest first, by the index on created_at: no run ends before it was made.
  delete from ops.runs d
  where d.id = any (array(
    select r.id
    from ops.runs r
    where r.created_at < p_finished_before and r.finished_at < p_finished_before
    order by r.created_at
    limit p_limit
    for update skip locked
  ));
  get diagnostics v_deleted = row_count;
  return jsonb_build_object('success', true, 'deleted', v_deleted);
end
$body$;

ALTER FUNCTION ops.purge_runs(timestamp with time zone, integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.purge_runs(timestamp with time zone, integer) IS 'Retention: deletes runs that ended before a time with all that belongs to them, the oldest first, at most so many';
GRANT EXECUTE ON FUNCTION ops.purge_runs(timestamp with time zone, integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.purge_runs(timestamp with time zone, integer) FROM PUBLIC;

-- function ops.queue_health()
CREATE FUNCTION ops.queue_health()
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
declare
  v_ready    bigint;
  v_delayed  bigint;
  v_oldest   timestamptz;
  v_flight   record;
  v_blocked  jsonb;
  v_dead     jsonb;
  v_holder   record;
begin
  select count(*) into v_ready
  from (select from ops.run_queue q where not q.in_flight and q.due_at is null limit 100001) q;
  select count(*) into v_delayed
  from (select from ops.run_queue q where q.due_at is not null limit 100001) q;
  select min(o.created_at) into v_oldest
  from (
    select min(h.created_at) as created_at
    from (
      select q.created_at from ops.run_queue q
      where q.lane_id is null and q.due_at is null and not q.in_flight
      order by q.priority, q.created_at, q.run_id limit 1
    ) h
    union all
    select h.created_at
    from ops.queue_lanes l
    cross join lateral (
      select q.created_at from ops.run_queue q
      where q.lane_id = l.id and q.due_at is null and not q.in_flight
      order by q.priority, q.created_at, q.run_id limit 1
    ) h
  ) o;
  select count(*) as total, count(*) filter (where q.lease_expires_at < clock_timestamp()) as expired into v_flight
  from (select q.lease_expires_at from ops.run_queue q where q.in_flight limit 100001) q;
  select coalesce(jsonb_agg(jsonb_build_object(
           'project', p.slug, 'paused', b.paused, 'max_running', b.max_running, 'in_flight', b.in_flight)
           order by p.slug), '[]')
  into v_blocked
  from (
    select x.*, (select count(*) from (select from ops.run_queue f
                                       where f.project_id = x.project_id and f.in_flight
                                       limit coalesce(x.max_running, 1000)) f) as in_flight
    from ops.project_queues x
  ) b
  join ops.projects p on p.id = b.project_id
  where b.paused or b.in_flight >= b.max_running;
  select jsonb_object_agg(s.relname, s.n_dead_tup) into v_dead
  from pg_stat_user_tables s
  where s.schemaname = 'ops' and s.relname in ('runs', 'run_queue', 'run_events', 'run_logs');
  -- Whoever keeps old rows from being removed. What they run is nobody's business here.
  select h.* into v_holder
  from (
    select 'session' as kind, a.pid::text as name, a.application_name as application, a.state, age(a.backend_xmin) as age
    from pg_stat_activity a
    where a.backend_xmin is not null and a.pid <> pg_backend_pid()
    union all
    select 'replication slot', s.slot_name, s.plugin, s.active::text, greatest(age(s.xmin), age(s.catalog_xmin))
    from pg_replication_slots s
    where s.xmin is not null or s.catalog_xmin is not null
    union all
    select 'prepared transaction', x.gid, x.owner, null, age(x.transaction)
    from pg_prepared_xacts x
    where x.database = current_database()
  ) h
  order by h.age desc nulls last
  limit 1;
  return jsonb_build_object(
    'success', true,
    'ready', least(v_ready, 100000),
    'counted_to_the_end', v_ready <= 100000 and v_delayed <= 100000 and v_flight.total <= 100000,
    'delayed', least(v_delayed, 100000),
    'oldest_ready_seconds', greatest(0, extract(epoch from clock_timestamp() - v_oldest)::bigint),
    'in_flight', least(v_flight.total, 100000),
    'expired_leases', v_flight.expired,
    'workers', (select count(*) from ops.workers w where w.last_seen_at > now() - interval '1 minute'),
    'dead_letters', (select count(*) from (select from ops.dead_letters d where d.redriven_as is null limit 100000) d),
    'held_back', v_blocked,
    'dead_rows', coalesce(v_dead, '{}'),
    'oldest_snapshot', case when v_holder.kind is not null then jsonb_build_object(
      'kind', v_holder.kind, 'name', v_holder.name, 'application', v_holder.application, 'state', v_holder.state,
      'transactions', v_holder.age) end
  );
end
$body$;

ALTER FUNCTION ops.queue_health() OWNER TO postgres;
COMMENT ON FUNCTION ops.queue_health() IS 'How the queue is: what waits and since when, what is in flight, what was lost, what keeps dead rows';
GRANT EXECUTE ON FUNCTION ops.queue_health() TO service_role;
REVOKE EXECUTE ON FUNCTION ops.queue_health() FROM PUBLIC;

-- function ops.reap_expired_runs(integer)
CREATE FUNCTION ops.reap_expired_runs(p_limit integer DEFAULT 100)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
SET ops.by_function TO 'off'
AS $body$
declare
  v_expired  record;
  v_run      ops.runs;
  v_retry    uuid;
  v_reaped   integer := 0;
  v_retried  integer := 0;
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    return jsonb_build_object('success', false, 'code', 'invalid_limit', 'error', 'the limit is between 1 and 10000');
  end if;
  -- In the order of projects, each of which is locked before its runs.
  for v_expired in
    select q.run_id, q.project_id
    from (
      select x.run_id, x.project_id, x.lease_expires_at
      from ops.run_queue x
      where x.in_flight and x.lease_expires_at < clock_timestamp()
      limit p_limit
    ) q
    order by q.project_id, q.lease_expires_at
  loop
    select r.* into v_run from ops.runs r where r.id = v_expired.run_id;
    if v_run.attempt < v_run.max_attempts then
      perform from ops.projects p where p.id = v_expired.project_id for no key update skip locked;
      continue when not found;
    end if;
    select r.* into v_run from ops.runs r where r.id = v_expired.run_id for no key update skip locked;
    continue when not found;
    -- A heartbeat may have come since.
    perform
    from ops.run_queue q
    where q.run_id = v_run.id and q.in_flight and q.lease_expires_at < clock_timestamp();
    continue when not found;

    v_retry := ops.end_attempt(
      v_run, case v_run.status when 'claimed' then 'canceled' else 'failed' end, null,
      format('the lease of worker %s ran out', v_run.claimed_by), clock_timestamp()
    );
    v_reaped := v_reaped + 1;
    v_retried := v_retried + (v_retry is not null)::integer;
  end loop;
  return jsonb_build_object('success', true, 'reaped', v_reaped, 'retried', v_retried, 'dead', v_reaped - v_retried);
end
$body$;

ALTER FUNCTION ops.reap_expired_runs(integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.reap_expired_runs(integer) IS 'Ends runs whose worker has not been heard of for its lease, at most so many, and queues their next attempts';
GRANT EXECUTE ON FUNCTION ops.reap_expired_runs(integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.reap_expired_runs(integer) FROM PUBLIC;

-- function ops.record_status_change()
CREATE FUNCTION ops.record_status_change()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
$body$;

ALTER FUNCTION ops.record_status_change() OWNER TO postgres;
COMMENT ON FUNCTION ops.record_status_change() IS 'Trigger: writes the state_change event of every new status, keeps the queue, and tells workers of new runs';
REVOKE EXECUTE ON FUNCTION ops.record_status_change() FROM PUBLIC;

-- function ops.report_worker(text, text[], integer)
CREATE FUNCTION ops.report_worker(p_worker_id text, p_labels text[] DEFAULT '{}'::text[], p_slots integer DEFAULT 1)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if p_worker_id is null or btrim(p_worker_id) = '' or octet_length(p_worker_id) > 1000 then
    return jsonb_build_object('success', false, 'code', 'invalid_worker_id', 'error', 'a worker id is needed');
  elsif p_labels is null or array_position(p_labels, null) is not null then
    return jsonb_build_object('success', false, 'code', 'invalid_labels', 'error', 'labels are words, none of them null');
  elsif p_slots is null or p_slots < 1 then
    return jsonb_build_object('success', false, 'code', 'invalid_slots', 'error', 'a worker has a slot at least');
  end if;
  insert into ops.workers as w (id, labels, slots) values (p_worker_id, p_labels, p_slots)
  on conflict (id) do update set labels = excluded.labels, slots = excluded.slots, last_seen_at = now();
  return jsonb_build_object('success', true);
end
$body$;

ALTER FUNCTION ops.report_worker(text, text[], integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.report_worker(text, text[], integer) IS 'A worker says that it is there, and what it can do';
GRANT EXECUTE ON FUNCTION ops.report_worker(text, text[], integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.report_worker(text, text[], integer) FROM PUBLIC;

-- function ops.requeue_run()
CREATE FUNCTION ops.requeue_run()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  perform ops.file_run(new);
  return null;
end
$body$;

ALTER FUNCTION ops.requeue_run() OWNER TO postgres;
COMMENT ON FUNCTION ops.requeue_run() IS 'Trigger: a queued run that is given another priority, time or labels changes its place';
REVOKE EXECUTE ON FUNCTION ops.requeue_run() FROM PUBLIC;

-- function ops.retry_run(uuid, integer)
CREATE FUNCTION ops.retry_run(p_run_id uuid, p_delay_seconds integer DEFAULT 0)
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
  v_retry   ops.runs;
  v_id      uuid;
begin
  if p_delay_seconds is null or p_delay_seconds not between 0 and 86400 then
    return jsonb_build_object('success', false, 'code', 'invalid_retry_delay',
                              'error', 'the delay is between 0 and 86400 seconds');
  end if;
  select r.* into v_run from ops.runs r where r.id = p_run_id;
  if found and not v_trusted then
    v_role := ops.current_user_role(v_run.project_id);
  end if;
  if v_run.id is null or not (v_trusted or v_role is not null) then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif not v_trusted and v_role not in ('owner', 'admin', 'developer') then
    return jsonb_build_object('success', false, 'code', 'not_permitted',
                              'error', 'your role in the project does not allow to retry runs');
  end if;

  perform from ops.projects p where p.id = v_run.project_id for no key update;
  select r.* into v_run from ops.runs r where r.id = p_run_id for no key update;
  if not found then
    return jsonb_build_object('success', false, 'code', 'run_not_found', 'error', 'there is no such run');
  elsif v_run.status not in ('succeeded', 'failed', 'canceled') then
    return jsonb_build_object('success', false, 'code', 'run_not_finished',
                              'error', format('the run is %s, and has not ended', v_run.status), 'status', v_run.status);
  end if;

  select r.* into v_retry from ops.runs r where r.retry_of = p_run_id;
  if not found then
    if v_run.attempt >= 100 then
      return jsonb_build_object('success', false, 'code', 'too_many_attempts', 'error', 'there were 100 attempts');
    end if;
    v_id := ops.queue_retry(v_run, greatest(v_run.max_attempts, v_run.attempt + 1), p_delay_seconds);
    if v_id is null then
      return jsonb_build_object('success', false, 'code', 'project_archived',
                                'error', 'the project or the workflow takes no new runs');
    end if;
    select r.* into v_retry from ops.runs r where r.id = v_id;
    update ops.dead_letters d set redriven_as = v_id, redriven_at = now() where d.run_id = p_run_id;
  end if;
  return jsonb_build_object('success', true, 'run_id', v_retry.id, 'retry_of', p_run_id, 'status', v_retry.status,
                            'run_number', v_retry.run_number, 'run_ref', v_retry.run_ref,
                            'attempt', v_retry.attempt, 'created', v_id is not null);
end
$body$;

ALTER FUNCTION ops.retry_run(uuid, integer) OWNER TO postgres;
COMMENT ON FUNCTION ops.retry_run(uuid, integer) IS 'Queues the next attempt of a run that has ended; said again, answers the same one';
GRANT EXECUTE ON FUNCTION ops.retry_run(uuid, integer) TO authenticated;
GRANT EXECUTE ON FUNCTION ops.retry_run(uuid, integer) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.retry_run(uuid, integer) FROM PUBLIC;

-- function ops.set_project_queue(uuid, integer, boolean)
CREATE FUNCTION ops.set_project_queue(p_project_id uuid, p_max_running integer DEFAULT NULL::integer, p_paused boolean DEFAULT false)
RETURNS jsonb
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  if p_max_running not between 1 and 100000 then
    return jsonb_build_object('success', false, 'code', 'invalid_max_running',
                              'error', 'a limit is between 1 and 100000; null is none');
  elsif p_paused is null then
    return jsonb_build_object('success', false, 'code', 'invalid_paused', 'error', 'a project is paused or not');
  end if;
  perform from ops.projects p where p.id = p_project_id for key share;
  if not found then
    return jsonb_build_object('success', false, 'code', 'project_not_found', 'error', 'there is no such project');
  end if;
  insert into ops.project_queues as q (project_id, max_running, paused)
  values (p_project_id, p_max_running, p_paused)
  on conflict (project_id) do update
  set max_running = excluded.max_running, paused = excluded.paused, updated_at = now();
  perform ops.lane_of(p_project_id, '{}');
  -- What is queued already changes lanes in one pass. What is being queued at this moment, a claim puts there.
  with moved as materialized (
    select q.run_id
    from ops.run_queue q
    where q.project_id = p_project_id and not q.in_flight
      and (q.lane_id is null or exists (select from ops.queue_lanes l where l.id = q.lane_id and l.project_id is null))
    for no key update skip locked
  )
  update ops.run_queue q
  set lane_id = ops.lane_of(p_project_id, r.labels)
  from moved
  join ops.runs r on r.id = moved.run_id
  where q.run_id = moved.run_id;
  if not p_paused then
    perform pg_notify('ops_runs', '');
  end if;
  return jsonb_build_object('success', true, 'project_id', p_project_id, 'max_running', p_max_running,
                            'paused', p_paused);
end
$body$;

ALTER FUNCTION ops.set_project_queue(uuid, integer, boolean) OWNER TO postgres;
COMMENT ON FUNCTION ops.set_project_queue(uuid, integer, boolean) IS 'How many runs of a project may be in flight at one time, and whether any is given out; its runs get a lane of their own';
GRANT EXECUTE ON FUNCTION ops.set_project_queue(uuid, integer, boolean) TO service_role;
REVOKE EXECUTE ON FUNCTION ops.set_project_queue(uuid, integer, boolean) FROM PUBLIC;

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

-- function ops.unqueue_deleted_runs()
CREATE FUNCTION ops.unqueue_deleted_runs()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
begin
  delete from ops.run_queue q using gone where q.run_id = gone.id;
  return null;
end
$body$;

ALTER FUNCTION ops.unqueue_deleted_runs() OWNER TO postgres;
COMMENT ON FUNCTION ops.unqueue_deleted_runs() IS 'Trigger: a run that is deleted leaves the queue';
REVOKE EXECUTE ON FUNCTION ops.unqueue_deleted_runs() FROM PUBLIC;

-- function ops.validate_run()
CREATE FUNCTION ops.validate_run()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $body$
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
  if tg_op = 'INSERT' then
    new.changed_directly := false;
    perform ops.run_matches_status(new.status, new.claimed_by, new.claimed_at, new.started_at, new.finished_at,
                                   new.exit_code, new.error_message, new.reaped_at);
  end if;
  return new;
end
$body$;

ALTER FUNCTION ops.validate_run() OWNER TO postgres;
COMMENT ON FUNCTION ops.validate_run() IS 'Trigger: what a run is asked to be can be had';
REVOKE EXECUTE ON FUNCTION ops.validate_run() FROM PUBLIC;


-- Foreign keys, triggers, rules and policies
-- ------------------------------------------

-- table ops.dead_letters
ALTER TABLE ops.dead_letters ADD CONSTRAINT dead_letters_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;
ALTER TABLE ops.dead_letters ADD CONSTRAINT dead_letters_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.runs(id) ON DELETE CASCADE;
CREATE POLICY dead_letters_select_member ON ops.dead_letters FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY dead_letters_select_member ON ops.dead_letters IS 'Members see what came to nothing in their projects';

-- table ops.environments
ALTER TABLE ops.environments ADD CONSTRAINT environments_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;

CREATE TRIGGER set_updated_at
BEFORE UPDATE ON ops.environments
FOR EACH ROW
WHEN ((old.* IS DISTINCT FROM new.*))
EXECUTE FUNCTION ops.set_updated_at();

CREATE POLICY environments_delete_admin ON ops.environments FOR DELETE TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin}'::text[]) AS my_project_ids))));
COMMENT ON POLICY environments_delete_admin ON ops.environments IS 'Admins and owners delete environments; the foreign key keeps those that have runs';
CREATE POLICY environments_insert_developer ON ops.environments FOR INSERT TO authenticated WITH CHECK ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids))));
COMMENT ON POLICY environments_insert_developer ON ops.environments IS 'Developers and above make environments';
CREATE POLICY environments_select_member ON ops.environments FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY environments_select_member ON ops.environments IS 'Members see the environments of their projects';
CREATE POLICY environments_update_developer ON ops.environments FOR UPDATE TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids)))) WITH CHECK ((project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin,developer}'::text[]) AS my_project_ids))));
COMMENT ON POLICY environments_update_developer ON ops.environments IS 'Developers and above change environments';

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

-- table ops.project_queues
ALTER TABLE ops.project_queues ADD CONSTRAINT project_queues_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;
CREATE POLICY project_queues_select_member ON ops.project_queues FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY project_queues_select_member ON ops.project_queues IS 'Members see their projects'' limits';

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

-- table ops.queue_lanes
ALTER TABLE ops.queue_lanes ADD CONSTRAINT queue_lanes_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.project_queues(project_id) ON DELETE CASCADE;
CREATE POLICY queue_lanes_select_member ON ops.queue_lanes FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY queue_lanes_select_member ON ops.queue_lanes IS 'Members see their projects'' lanes';

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

-- table ops.run_queue
CREATE POLICY run_queue_select_member ON ops.run_queue FOR SELECT TO authenticated USING ((project_id = ANY (ARRAY( SELECT ops.my_project_ids() AS my_project_ids))));
COMMENT ON POLICY run_queue_select_member ON ops.run_queue IS 'Members see their projects'' part of the queue';

-- table ops.runs
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_environment_id_fkey FOREIGN KEY (project_id, environment_id) REFERENCES ops.environments(project_id, id);
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_fkey FOREIGN KEY (project_id) REFERENCES ops.projects(id) ON DELETE CASCADE;
ALTER TABLE ops.runs ADD CONSTRAINT runs_project_id_workflow_id_fkey FOREIGN KEY (project_id, workflow_id) REFERENCES ops.workflows(project_id, id);
ALTER TABLE ops.runs ADD CONSTRAINT runs_retry_of_fkey FOREIGN KEY (retry_of) REFERENCES ops.runs(id) ON DELETE SET NULL;

CREATE TRIGGER admit_run
AFTER INSERT ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.admit_run();

CREATE TRIGGER guard_run
BEFORE UPDATE ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.guard_run();

COMMENT ON TRIGGER guard_run ON ops.runs IS 'queued → claimed → running → succeeded | failed, and canceled from each of the first three';

CREATE TRIGGER number_run
BEFORE INSERT ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.number_run();

CREATE TRIGGER record_first_status
AFTER INSERT ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.record_status_change();

CREATE TRIGGER record_status_change
AFTER UPDATE ON ops.runs
FOR EACH ROW
WHEN (new.changed_directly)
EXECUTE FUNCTION ops.record_status_change();

CREATE TRIGGER requeue_run
AFTER UPDATE OF priority, labels, run_after ON ops.runs
FOR EACH ROW
WHEN (((new.status = 'queued'::text) AND (old.status = 'queued'::text) AND ((old.priority IS DISTINCT FROM new.priority) OR (old.labels IS DISTINCT FROM new.labels) OR (old.run_after IS DISTINCT FROM new.run_after))))
EXECUTE FUNCTION ops.requeue_run();

CREATE TRIGGER unqueue_deleted_runs
AFTER DELETE ON ops.runs
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT
EXECUTE FUNCTION ops.unqueue_deleted_runs();

CREATE TRIGGER validate_run
BEFORE INSERT OR UPDATE OF run_number, priority, metadata, idempotency_key, labels, run_after, max_attempts, attempt, retry_delay_seconds, retry_of, run_ref, git_ref, git_commit ON ops.runs
FOR EACH ROW
EXECUTE FUNCTION ops.validate_run();

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

-- table ops.workers
CREATE POLICY workers_select_all ON ops.workers FOR SELECT TO authenticated USING (true);
COMMENT ON POLICY workers_select_all ON ops.workers IS 'Every user sees which workers there are';

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
