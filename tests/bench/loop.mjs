// The loop one would write in Node: rows in, a tool call each, the answer's output out.
//
//     node loop.mjs fetch|undici URL ROWS IN_FLIGHT SECONDS
//
// Prints how many calls it made and in how many seconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [library, url, path, inFlight, seconds] = process.argv.slice(2);
const OUTPUT = '{"sku":"A-1042","in_stock":true}';
const headers = { "Content-Type": "application/json" };
const rows = readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line));
let next = 0;

function body() {
  const item = rows[next++ % rows.length];
  return JSON.stringify({
    type: "function_call",
    id: "fc_" + "0".repeat(24),
    call_id: "call_" + "0".repeat(24),
    name: "lookup",
    arguments: JSON.stringify({ query: item.query, top_k: 3 }),
    trace_id: "trace_" + "0".repeat(32),
    item,
  });
}

async function withFetch() {
  const response = await fetch(url, { method: "POST", headers, body: body() });
  return response.json();
}

// The packages stand in build/, where `make bench` puts them, and not beside this file.
async function undiciPool() {
  const packages = createRequire(process.env.BENCH_PACKAGES + "/");
  const { Pool } = (await import(pathToFileURL(packages.resolve("undici")))).default;
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: Number(inFlight) });
  return async () => {
    const { body: answer } = await pool.request({ path: pathname, method: "POST", headers, body: body() });
    return answer.json();
  };
}

const call = library === "fetch" ? withFetch : await undiciPool();
const start = performance.now();
let made = 0;

async function work() {
  while (performance.now() - start < seconds * 1000) {
    const answer = await call();
    if (answer.output !== OUTPUT) throw new Error("not the answer: " + JSON.stringify(answer));
    made++;
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, work));
console.log(JSON.stringify({ calls: made, seconds: (performance.now() - start) / 1000 }));
process.exit(0);
