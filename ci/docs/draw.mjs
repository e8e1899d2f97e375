// Draws diagrams in headless Chromium: `node draw.mjs MODULES FILE…` writes FILE.png beside each Mermaid or SVG file.
// Exits 1 when a diagram is not drawn: Mermaid says so in the page, an SVG that is not well-formed has no root.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const script = pathToFileURL(join(resolve(modules), "node_modules/mermaid/dist/mermaid.min.js"));
const work = mkdtempSync(join(tmpdir(), "pgward-draw-"));

// A page that draws, and says in its title how large the drawing is and how many boxes it has.
function page(file) {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".svg")) {
    return `<meta charset="utf-8"><body style="margin:0">${text}<script>
      const svg = document.querySelector("svg"), box = svg.getBoundingClientRect();
      document.title = [Math.ceil(box.width), Math.ceil(box.height), svg.querySelectorAll(".table").length].join(" ");
      </script>`;
  }
  return `<meta charset="utf-8"><body style="margin:0"><script src="${script}"></script><div id="out"></div><script>
    mermaid.initialize({ startOnLoad: false, maxTextSize: 1e7, maxEdges: 1e5 });
    mermaid.render("drawn", ${JSON.stringify(text).replaceAll("<", "\\u003c")}).then(({ svg }) => {
      document.querySelector("#out").innerHTML = svg;
      const drawn = document.querySelector("#out svg");
      const [, , width, height] = drawn.getAttribute("viewBox").split(" ").map(Number);
      drawn.style.maxWidth = "none"; drawn.style.width = width + "px";
      const boxes = drawn.querySelectorAll(".nodes > .node").length;
      document.title = [Math.ceil(width), Math.ceil(height), boxes].join(" ");
    }, (error) => { document.title = "refused: " + error.message; });
    </script>`;
}

// How many boxes there must be.
function expected(file) {
  const text = readFileSync(file, "utf8");
  return (text.match(file.endsWith(".svg") ? /<g class="table/g : /^ {4}\w+\[".*"\] \{$/gm) ?? []).length;
}

function chromium(...args) {
  const user = mkdtempSync(join(work, "user-"));
  const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  quiet.push("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars");
  const options = { encoding: "utf8", timeout: 60_000, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] };
  return execFileSync("chromium", [...quiet, `--user-data-dir=${user}`, "--virtual-time-budget=20000", ...args], options);
}

let failed = false;
try {
  for (const [n, file] of files.entries()) {
    const html = join(work, `${n}.html`);
    writeFileSync(html, page(file));
    const url = pathToFileURL(html).href;
    const title = chromium("--dump-dom", url).match(/<title>([^<]*)<\/title>/)?.[1] ?? "nothing was drawn";
    const [width, height, boxes] = title.split(" ").map(Number);
    if (!(width > 0) || boxes !== expected(file)) {
      failed = true;
      console.log(`${file}: NOT DRAWN (${title}), expected ${expected(file)} boxes`);
      continue;
    }
    // The committed document's picture is not part of the checkout.
    const picture = file.startsWith("schema/") ? join(work, "schema.png") : `${file}.png`;
    chromium(`--window-size=${Math.min(width, 8000)},${Math.min(height, 8000)}`, `--screenshot=${resolve(picture)}`, url);
    console.log(`${file}: ${boxes} boxes, ${width} by ${height}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
