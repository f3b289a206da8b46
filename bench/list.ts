/**
 * What it costs to filter a large `tools/list`: CPU of workerd for one request through the gateway, by CPU for one through
 * a bare streaming Worker. 584 tools, 470 KB, of which the policy hides a tenth; both eras, as one JSON answer and as an
 * event stream. The same list each time, but for the id; and, as what it costs at worst, another list each time. As many
 * connections as other measurements of the gateway have: its journal writes for all that comes at once together.
 *
 *   node bench/list.ts [--json]
 */
import { setup } from "../test/gate/build.ts";
import { compare, type Measured, type Plan, type Subject } from "./harness/compare.ts";
import { startBenchGateway } from "./harness/gateway.ts";
import { type Answer, type Asked, ask } from "./harness/load.ts";
import { startPassthrough } from "./harness/passthrough.ts";
import { tableOf } from "./harness/table.ts";
import { firewallTools } from "./harness/tools.ts";
import { type Canned, startUpstream } from "./harness/upstream.ts";

const PLAN: Plan = { rounds: 6, requests: 160, connections: 32, warmUps: 64 };
const POLICY = { version: "1", default: "allow", hide: ["delete_*"] };
const HIDDEN = 59;
const BAR = 3;

type Era = "legacy" | "modern";
type Form = "json" | "stream";
type Case = { readonly slug: string; readonly era: Era; readonly form: Form; readonly changes: boolean };

const CASES: readonly Case[] = [
  { slug: "legacy-json", era: "legacy", form: "json", changes: false },
  { slug: "legacy-stream", era: "legacy", form: "stream", changes: false },
  { slug: "modern-json", era: "modern", form: "json", changes: false },
  { slug: "modern-stream", era: "modern", form: "stream", changes: false },
  { slug: "modern-json-changing", era: "modern", form: "json", changes: true },
];

const TOOLS = firewallTools();

/** What the upstream says; a list that changes differs in its last tool's description. */
function cannedOf({ era, form, changes }: Case): Canned {
  const last = TOOLS.at(-1);
  const tools = changes && last ? [...TOOLS.slice(0, -1), { ...last, description: "Time: @count@" }] : TOOLS;
  const modern = era === "modern" ? { resultType: "complete", ttlMs: 60_000, cacheScope: "public" } : {};
  const text = JSON.stringify({ jsonrpc: "2.0", id: "@id@", result: { ...modern, tools } }).replace('"@id@"', "@id@");
  if (form === "json") return { type: "application/json", text };
  return { type: "text/event-stream", text: `event: message\ndata: ${text}\n\n` };
}

const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const ENVELOPE = { _meta: { [VERSION_KEY]: "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} } };
const MIRRORED = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };

function askedOf(era: Era, url: string, token: string): Asked {
  return {
    url,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...(era === "modern" && MIRRORED),
    },
    body: (nth) =>
      JSON.stringify({ jsonrpc: "2.0", id: nth, method: "tools/list", ...(era === "modern" && { params: ENVELOPE }) }),
  };
}

/** Looks at one answer closely; those that follow must be as long, but for digits of ids. */
async function checkOf(asked: Asked, { form }: Case, tools: number): Promise<(answer: Answer) => void> {
  const { status, body } = await ask(asked, 1234);
  const text = body.toString();
  const message = form === "stream" ? text.slice(text.indexOf("data: ") + "data: ".length) : text;
  const { id, result } = Object(JSON.parse(message));
  const found: unknown = Object(result).tools;
  if (status !== 200 || id !== 1234 || !Array.isArray(found) || found.length !== tools) {
    throw new Error(`${asked.url}: ${status} ${text.slice(0, 300)}`);
  }
  return (answer) => {
    const off = Math.abs(answer.body.length - body.length);
    if (answer.status !== 200 || off > 16)
      throw new Error(`${asked.url}: ${answer.status}, ${answer.body.length} bytes`);
  };
}

await setup();
const upstream = await startUpstream(Object.fromEntries(CASES.map((one) => [`/${one.slug}`, cannedOf(one)])));
const passthrough = await startPassthrough(upstream.url);
const gateway = await startBenchGateway();
try {
  const subjects: Subject[] = [];
  for (const one of CASES) {
    const { slug, era } = one;
    const url = `${upstream.url}/${slug}`;
    // A tool that changes is held back unless the server may change as it likes.
    const grant = await gateway.open(slug, { url, drift: one.changes ? "allow" : "hold" }, POLICY);
    const through = askedOf(era, `${passthrough.url}/${slug}`, "none");
    const gated = askedOf(era, grant.url, grant.token);
    subjects.push(
      {
        name: `${slug} passthrough`,
        pid: passthrough.pid,
        asked: through,
        check: await checkOf(through, one, TOOLS.length),
      },
      { name: slug, pid: gateway.pid, asked: gated, check: await checkOf(gated, one, TOOLS.length - HIDDEN) },
    );
  }
  report(await compare(subjects, PLAN));
} finally {
  await Promise.all([gateway.workerd.dispose(), passthrough.workerd.dispose()]);
  upstream.close();
}

function report(measured: readonly Measured[]): void {
  const by = new Map(measured.map((one) => [one.name, one]));
  const pairs = CASES.flatMap(({ slug, changes }) => {
    const [bare, gated] = [by.get(`${slug} passthrough`), by.get(slug)];
    return bare && gated ? [{ slug, changes, bare, gated, ratio: gated.cpuMs / bare.cpuMs }] : [];
  });
  if (process.argv.includes("--json")) console.log(JSON.stringify(pairs, null, 2));
  else {
    const header = ["list", "CPU passthrough", "CPU gateway", "ratio", "p50 ratio", "memory of workerd"];
    const rows = pairs.map(({ slug, bare, gated, ratio }) => [
      slug.replaceAll("-", ", "),
      `${bare.cpuMs.toFixed(2)} ms`,
      `${gated.cpuMs.toFixed(2)} ms`,
      ratio.toFixed(2),
      (gated.p50Ms / bare.p50Ms).toFixed(2),
      `${(bare.memory / 1e6).toFixed(0)}, ${(gated.memory / 1e6).toFixed(0)} MB`,
    ]);
    console.log(tableOf(header, rows));
  }
  const worst = Math.max(...pairs.filter(({ changes }) => !changes).map(({ ratio }) => ratio));
  console.error(`\nunchanged lists: at most ${worst.toFixed(2)} times the CPU of streaming through; the bar is ${BAR}`);
  if (worst > BAR) process.exitCode = 1;
}
