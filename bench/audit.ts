/**
 * What it takes to find records in an audit log of 1,000,000: pages under the filters that are worst for each index, and
 * an export of all. The database is made anew by the migration, with SQLite as Node has it, in a temporary folder.
 *
 *   node bench/audit.ts [records]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { exportStream } from "../src/audit/export.ts";
import type { AuditFilter } from "../src/audit/plan.ts";
import { arrivals, type Database, findRecords, type Position } from "../src/audit/query.ts";
import { canonicalJson } from "../src/json/canonical.ts";
import type { JsonObject } from "../src/json/value.ts";

const RECORDS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 9;
const START = Date.UTC(2026, 0, 1);
const STEP_MS = 2_000;
const SERVERS = ["fortimanager", "borealhost", "opnsense", "everything"];
const GRANTS = 200;
const TOOLS = 300;

/** Numbers from 0 to 1 that look drawn by lot and are the same every time. */
let seed = 1;
function lot(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

/** One of `many`, the first ones much more often than the last. */
function oftenFirst(many: number): number {
  return Math.floor(many * lot() ** 3);
}

function digits(length: number): string {
  let text = "";
  while (text.length < length)
    text += Math.floor(lot() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return text.slice(0, length);
}

function grantName(nth: number): string {
  return `grt_${String(nth).padStart(22, "0")}`;
}

function toolName(server: string, nth: number): string {
  return `${["get", "list", "update", "create"][nth % 4]}_${server}_object_${nth}`;
}

/** Nine of ten messages are calls, and one call of twenty is refused. */
function recordOf(nth: number, grant: number): JsonObject {
  const server = SERVERS[grant % SERVERS.length] ?? "";
  const [kind, fate] = [lot(), lot()];
  const method = kind < 0.9 ? "tools/call" : kind < 0.96 ? "tools/list" : kind < 0.98 ? "initialize" : "resources/read";
  const tool = toolName(server, oftenFirst(TOOLS));
  const isCall = method === "tools/call";
  const effect = !isCall || fate < 0.95 ? "allow" : fate < 0.98 ? "deny" : fate < 0.99 ? "hide" : "limit";
  const rule = effect === "hide" ? "(hidden)" : `/tools/${tool}/${effect === "limit" ? "limits" : "deny_if"}/0`;
  return {
    at: START + nth * STEP_MS + Math.floor(lot() * STEP_MS),
    request: "01KAJ8M0Q4Z0V7R1T5X9C3B6N2",
    grant: grantName(grant),
    label: "somebody's laptop",
    server,
    method,
    era: "modern",
    effect,
    policy: { name: "standard", version: "e7b2dc11673dbf6c3d543237cdd8625f8b5ac19a8d6bb5ba3b3978a9718578a9" },
    bytes: 300 + (nth % 700),
    trace: "4bf92f3577b34da6a3ce929d0e0e4736",
    ...(isCall && { tool, arguments: { keys: ["adom", "name", "policy_id"] } }),
    ...(isCall && effect === "allow" && { counters: [counterAt(nth)] }),
    ...(effect !== "allow" && { rule }),
  };
}

function counterAt(nth: number): JsonObject {
  return { counter: "calls", scope: "grant", window: "minute", used: String(nth % 100), max: "100" };
}

function fill(sqlite: DatabaseSync): void {
  sqlite.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
  sqlite.exec(readFileSync(new URL("../src/admin/migrations/0003_audit.sql", import.meta.url), "utf8"));
  const insert = sqlite.prepare(
    "INSERT INTO audit (grant_id, seq, record, link, hash, ending, end_link, end_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const trails = Array.from({ length: GRANTS }, () => ({ seq: 0, link: 0 }));
  sqlite.exec("BEGIN");
  for (let nth = 0; nth < RECORDS; nth++) {
    const grant = oftenFirst(GRANTS);
    const trail = trails[grant] ?? { seq: 0, link: 0 };
    const record = recordOf(nth, grant);
    const ran = record.effect === "allow";
    const ending = ran ? canonicalJson({ at: START, status: 200, latencyMs: 48, bytes: 1_200 }) : null;
    insert.run(
      grantName(grant),
      ++trail.seq,
      canonicalJson(record),
      ++trail.link,
      digits(64),
      ending,
      ran ? ++trail.link : null,
      ran ? digits(64) : null,
    );
  }
  sqlite.exec("COMMIT");
}

/** As D1 is asked. */
function databaseOf(sqlite: DatabaseSync): Database {
  return {
    prepare: (query) => {
      const statement = sqlite.prepare(query);
      return {
        bind: (...values) => ({
          all: async <T>() => ({ results: statement.all(...(values as SQLInputValue[])) as T[] }),
        }),
      };
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const [server = "", other = ""] = SERVERS;
const tool = toolName(server, 0);
const [busy, quiet] = [grantName(0), grantName(GRANTS - 1)];
const [middle, end] = [START + (RECORDS / 2) * STEP_MS, START + RECORDS * STEP_MS];
const day = { from: middle, to: middle + 86_400_000 };

function shown(filter: AuditFilter): string {
  const fields = Object.entries(filter).map(([name, value]) => {
    return `${name} ${typeof value === "number" ? new Date(value).toISOString().slice(0, 10) : value}`;
  });
  return fields.join(", ").replaceAll(/0{9,}/g, "…") || "nothing";
}

const FILTERS: readonly AuditFilter[] = [
  {},
  day,
  { grant: busy },
  { grant: quiet },
  { grant: quiet, effect: "allow" },
  { grant: busy, ...day },
  { grant: busy, effect: "allow", from: START, to: START + 86_400_000 },
  { grant: "grt_of_nobody" },
  { grant: "grt_of_nobody", effect: "allow" },
  { grant: busy, server: other },
  { grant: busy, tool: toolName(server, TOOLS - 1) },
  { grant: quiet, tool },
  { server },
  { server, ...day },
  { server, method: "tools/call", effect: "allow" },
  { server: "nowhere" },
  { server: "nowhere", method: "tools/call", effect: "allow", from: START, to: end },
  { server: "nowhere", grant: busy, method: "tools/call", effect: "allow" },
  { tool },
  { tool: toolName(server, TOOLS - 1) },
  { tool: "no_such_tool" },
  { tool, server: other },
  { tool, effect: "limit", ...day },
  { tool, effect: "approval" },
  { tool, method: "tools/list" },
  { method: "tools/list" },
  { method: "prompts/get" },
  { method: "initialize", grant: quiet },
  { effect: "deny" },
  { effect: "approval" },
  { effect: "deny", grant: quiet },
  { effect: "limit", ...day },
  { rule: `/tools/${tool}/deny_if/0` },
  { rule: "/tools/none/deny_if/0" },
  { rule: "(hidden)", server: "nowhere" },
  { rule: "(hidden)", effect: "allow" },
];

const folder = mkdtempSync(join(tmpdir(), "grantgate-audit-"));
try {
  const sqlite = new DatabaseSync(join(folder, "audit.db"));
  const started = performance.now();
  fill(sqlite);
  console.log(`${RECORDS} records in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  // As much as a new connection has: what is measured must not live from a large cache.
  sqlite.exec("PRAGMA cache_size = -2000");
  const database = databaseOf(sqlite);
  console.log("\n| filtered by | newest 100 | 100 from the middle on |\n|---|---|---|");
  for (const filter of FILTERS) {
    const [newest] = await findRecords(database, filter, { limit: 1, after: null });
    const deep: Position = [middle, 0, Math.ceil((newest?.seq ?? 0) / 2)];
    const first = await timed(() => findRecords(database, filter, { limit: 100, after: null }));
    const other = await timed(() => findRecords(database, filter, { limit: 100, after: deep }));
    console.log(`| ${shown(filter)} | ${first.toFixed(1)} ms | ${other.toFixed(1)} ms |`);
  }
  const news = await timed(() => arrivals(database, { tool: "no_such_tool" }, 0, 100));
  console.log(`\nnews behind a mark, nothing of 20,000 fits: ${news.toFixed(1)} ms`);
  for (const filter of [{}, { tool }, { effect: "deny" }, { server }, day]) {
    let [bytes, most] = [0, 0];
    const begun = performance.now();
    for await (const chunk of exportStream(database, filter)) {
      bytes += chunk.byteLength;
      most = Math.max(most, process.memoryUsage().heapUsed);
    }
    const seconds = (performance.now() - begun) / 1000;
    const [mb, heap] = [(bytes / 1e6).toFixed(0), (most / 1e6).toFixed(0)];
    console.log(`export of ${shown(filter)}: ${mb} MB in ${seconds.toFixed(1)} s, heap at most ${heap} MB`);
  }
  sqlite.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
