// Draws diagrams in headless Chromium: `node draw.mjs MODULES PICTURES FILE…` draws each Mermaid or SVG file, and leaves pictures of
// those that the directory PICTURES names. Exits 1 when one is not drawn with all its boxes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, pictures, ...files] = process.argv.slice(2);
const script = pathToFileURL(join(resolve(modules), "node_modules/mermaid/dist/mermaid.min.js"));
const work = mkdtempSync(join(tmpdir(), "pgward-draw-"));

// A page that draws them one below the other, and says of each how large it is and how many boxes it has.
function page(files) {
  const drawings = files.map((file) => ({ svg: file.endsWith(".svg"), text: readFileSync(file, "utf8") }));
  return `<meta charset="utf-8"><body style="margin:0"><script src="${script}"></script><script type="module">
    mermaid.initialize({ startOnLoad: false, maxTextSize: 1e7, maxEdges: 1e5 });
    for (const [n, { svg, text }] of ${JSON.stringify(drawings).replaceAll("<", "\\u003c")}.entries()) {
      const place = document.body.appendChild(document.createElement("div"));
      try {
        place.innerHTML = svg ? text : (await mermaid.render("drawn" + n, text)).svg;
        const drawn = place.querySelector("svg");
        const [, , width, height] = drawn.getAttribute("viewBox").split(" ").map(Number);
        Object.assign(drawn.style, { maxWidth: "none", width: width + "px", display: "block" });
        const boxes = drawn.querySelectorAll(svg ? ".table" : ".nodes > .node").length;
        place.dataset.drawn = [Math.ceil(width), Math.ceil(height), boxes].join(" ");
      } catch (error) {
        place.dataset.drawn = "refused: " + error.message;
      }
    }
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
  const open = (name, files) => {
    writeFileSync(join(work, name), page(files));
    return pathToFileURL(join(work, name)).href;
  };
  const said = [...chromium("--dump-dom", open("all.html", files)).matchAll(/data-drawn="([^"]*)"/g)].map((found) => found[1]);
  for (const [n, file] of files.entries()) {
    const [width, height, boxes] = (said[n] ?? "").split(" ").map(Number);
    const drawn = width > 0 && boxes === expected(file);
    failed ||= !drawn;
    console.log(`${file}: ${drawn ? `${boxes} boxes, ${width} by ${height}` : `NOT DRAWN (${said[n]}), ${expected(file)} boxes expected`}`);
    if (drawn && resolve(file).startsWith(resolve(pictures))) {
      const size = `--window-size=${Math.min(width, 8000)},${Math.min(height, 8000)}`;
      chromium(size, `--screenshot=${resolve(file)}.png`, open(`${n}.html`, [file]));
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
