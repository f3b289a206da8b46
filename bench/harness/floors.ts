/**
 * Workers that do one thing more than passing a call on, each: what it costs there, it costs everywhere, and no gateway on
 * this platform that does it can be had for less.
 */
import { PASSTHROUGH, smallWorker } from "./passthrough.ts";
import { startWorker } from "./worker.ts";

export type Floor = { readonly name: string; readonly title: string; readonly script: string };

const ANSWERS = `
const BODY = '{"jsonrpc":"2.0","id":100000000,"result":{"resultType":"complete","content":[]}}';
export default {
  fetch() {
    return new Response(BODY, { headers: { "content-type": "application/json" } });
  },
};`;

/** As the gateway's ledgers write: what comes while storage is busy, and a moment after, goes together. */
const SHARED = `
  underway = Promise.resolve();
  next = null;
  async shared() {
    this.next ??= this.commit();
    await this.next;
    return { kind: "ok", count: this.count };
  }
  async commit() {
    await this.underway;
    await scheduler.wait(3);
    this.next = null;
    this.ctx.storage.kv.put("count", this.count);
    this.underway = this.ctx.storage.sync();
  }`;

/** A Worker that asks its Durable Object before the call is passed on; `take` is what that does, by `means`. */
function visiting(take: string, means = ""): string {
  return `
import { DurableObject } from "cloudflare:workers";
export class Ledger extends DurableObject {
  count = 0;${means}
  take(asked) {
    ${take}
    return { kind: "ok", count: this.count };
  }
}
export default {
  async fetch(request, env) {
    const { method, headers, body } = request;
    await env.LEDGER.getByName("one").take({ revision: 1 });
    return fetch(env.UPSTREAM + new URL(request.url).pathname, { method, headers, body, redirect: "manual" });
  },
};`;
}

function reading(forwarded: string, answered: string): string {
  return `
export default {
  async fetch(request, env) {
    const { method, headers } = request;
    const text = await request.text();
    const body = ${forwarded};
    const answer = await fetch(env.UPSTREAM + new URL(request.url).pathname, { method, headers, body, redirect: "manual" });
    const said = await answer.text();
    return new Response(${answered}, { status: answer.status, headers: { "content-type": "application/json" } });
  },
};`;
}

export const FLOORS: readonly Floor[] = [
  { name: "answers", title: "a Worker that answers itself", script: ANSWERS },
  { name: "passthrough", title: "streams both bodies through: the passthrough", script: PASSTHROUGH },
  { name: "buffers", title: "has both bodies in hand", script: reading("text", "said") },
  {
    name: "parses",
    title: "has both as JSON, and writes them anew",
    script: reading("JSON.stringify(JSON.parse(text))", "JSON.stringify(JSON.parse(said))"),
  },
  { name: "visits", title: "passthrough, and one call of a Durable Object that does nothing", script: visiting("") },
  { name: "counts", title: "the same, which counts in memory", script: visiting("this.count += 1;") },
  {
    name: "writes",
    title: "the same, which writes the count to storage each time",
    script: visiting('this.count += 1; this.ctx.storage.kv.put("count", this.count);'),
  },
  {
    name: "shares",
    title: "the same, where calls that overlap share a write",
    script: visiting("this.count += 1; return this.shared();", SHARED),
  },
];

/** What no floor may be without: the others are told as so many times this one. */
export const BASE = "passthrough";

export function startFloor({ script }: Floor, upstream: string) {
  const objects = { durableObjects: { LEDGER: { className: "Ledger", useSQLite: true } } };
  return startWorker(smallWorker(script, upstream, script.includes("LEDGER") ? objects : {}));
}
