// Holds documents to the real parsers: `node check.mjs MODULES FILE…`, where MODULES is a directory with node_modules.
// Says what each file holds; exits 1 when a parser refuses one.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "x.js"));

const checks = {
  dbml(text) {
    const { Parser } = require("@dbml/core");
    try {
      const database = new Parser().parse(text, "dbmlv2");
      const tables = database.schemas.flatMap((schema) => schema.tables);
      const refs = database.schemas.flatMap((schema) => schema.refs);
      const enums = database.schemas.flatMap((schema) => schema.enums);
      return `${tables.length} tables, ${refs.length} references, ${enums.length} enums`;
    } catch (error) {
      // The parser's own errors say line and column.
      const said = error.diags?.map((d) => `${d.location.start.line}:${d.location.start.column}: ${d.message}`);
      throw new Error(said?.join("\n") ?? error.message);
    }
  },

  async mmd(text) {
    const { JSDOM } = require("jsdom");
    const { window } = new JSDOM("");
    Object.assign(globalThis, { window, document: window.document, Element: window.Element });
    const { default: mermaid } = await import(pathToFileURL(require.resolve("mermaid")));
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    return `${db.getEntities().size} entities, ${db.getRelationships().length} relationships`;
  },

  prisma(text) {
    const prisma = require("@prisma/prisma-schema-wasm");
    const prismaSchema = [["schema.prisma", text]];
    try {
      prisma.validate(JSON.stringify({ prismaSchema }));
    } catch (error) {
      const said = JSON.parse(error.message).message;
      throw new Error(said.replace(/\u001b\[[0-9;]*m/g, ""));
    }
    const { datamodel } = JSON.parse(prisma.get_dmmf(JSON.stringify({ prismaSchema })));
    return `${datamodel.models.length} models, ${datamodel.enums.length} enums`;
  },

  ts(text, file) {
    const tsc = join(modules, "node_modules/.bin/tsc");
    try {
      const options = ["--strict", "--noEmit", "--noUnusedLocals", "--target", "es2022", "--module", "esnext"];
      execFileSync(tsc, [...options, "--types", "", "--ignoreConfig", file], { encoding: "utf8" });
    } catch (error) {
      throw new Error(error.stdout || error.message);
    }
    return `${text.split("\n").length} lines`;
  },

  md(text) {
    const anchors = [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map((found) => found[1]);
    const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map((found) => found[1]);
    const dead = links.filter((link) => !anchors.includes(link));
    if (dead.length > 0) throw new Error(`links to nowhere: ${dead.join(", ")}`);
    if (new Set(anchors).size !== anchors.length) throw new Error("an anchor stands twice");
    // All rows of a table have as many cells as its head: bars within cells are escaped.
    let cells = 0;
    for (const [n, line] of text.split("\n").entries()) {
      const found = line.startsWith("|") ? line.replace(/\\./g, "").split("|").length : 0;
      if (found > 0 && cells > 0 && found !== cells) throw new Error(`line ${n + 1} has ${found - 2} cells, not ${cells - 2}`);
      cells = found;
    }
    return `${anchors.length} anchors, ${links.length} links`;
  },

  svg(text) {
    const { JSDOM } = require("jsdom");
    const { window } = new JSDOM("");
    const parsed = new window.DOMParser().parseFromString(text, "image/svg+xml");
    const error = parsed.querySelector("parsererror");
    if (error) throw new Error(error.textContent);
    if (parsed.querySelector("script, image, use, foreignObject, [href]")) throw new Error("it is not self-contained");
    return `${parsed.querySelectorAll(".table").length} tables, ${parsed.querySelectorAll(".fk").length} references`;
  },
};

let failed = false;
for (const file of files) {
  const check = checks[file.split(".").pop()];
  try {
    console.log(`${file}: ${await check(readFileSync(file, "utf8"), file)}`);
  } catch (error) {
    failed = true;
    console.log(`${file}: REFUSED\n${error.message}`);
  }
}
process.exit(failed ? 1 : 0);
