// The SQL of other queues, taken from their npm packages: `node ci/queues.mjs DIR graphile-worker|pg-boss` prints it as JSON.
// `setup` makes the schema; `claim` and `complete` are the statements of their workers, with their parameters.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , directory, name] = process.argv;
const root = join(directory, name);
const require = createRequire(join(root, "package.json"));
const { version } = require("./package.json");

// graphile-worker makes its statements where it sends them: this client notes them down.
async function graphile() {
  const schema = "graphile_worker";
  const files = readdirSync(join(root, "sql")).filter((file) => /^\d+\.sql$/.test(file)).sort();
  // Each in a transaction, as its runner has it.
  const migrations = files.map((file) => `begin;\n${readFileSync(join(root, "sql", file), "utf8")}\ncommit;`);
  const setup = [`create schema ${schema};`, ...migrations, `insert into ${schema}._private_tasks (identifier) values ('t');`];
  const sent = [];
  const client = {
    query: async (query) => {
      sent.push(query.text);
      return { rows: [{ id: 1, identifier: "t" }] };
    },
  };
  const withClient = Object.assign((work) => work(client), { withRetries: (work) => work(client) });
  const options = {
    workerSchema: schema,
    escapedWorkerSchema: schema,
    resolvedPreset: { worker: { preparedStatements: true, useNodeTime: false } },
  };
  await require("./dist/sql/getJobs.js").batchGetJobs(options, withClient, { t() {} }, "w1", null, 1);
  const claim = sent.at(-1);
  await require("./dist/sql/completeJobs.js").batchCompleteJobs(options, withClient, "w1", [{ id: "1", job_queue_id: null }]);
  return { setup: setup.join("\n").replace(/:GRAPHILE_WORKER_SCHEMA\b/g, schema), claim, complete: sent.at(-1) };
}

// pg-boss, from 12 on, makes them in functions of one module.
async function boss() {
  const plans = await import(pathToFileURL(join(root, "dist/plans.js")));
  const [schema, table] = ["pgboss", plans.COMMON_JOB_TABLE];
  const tables = plans.create(schema, require("./package.json").pgboss.schema, { createSchema: true });
  const setup = `${tables};\nselect ${schema}.create_queue('q', '{"policy": "standard"}');`;
  const claim = plans.fetchNextJob({ schema, table, name: "q", policy: "standard", limit: 1, includeMetadata: false });
  return { setup, claim: claim.text, complete: plans.completeJobs(schema, table, false) };
}

const taken = await (name === "pg-boss" ? boss() : graphile());
console.log(JSON.stringify({ version, ...taken }));
