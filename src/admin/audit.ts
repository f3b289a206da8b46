/** `/audit`: what was decided for whom, and how it ended. Answers what a policy let be recorded, and never a token. */
import * as z from "zod/mini";
import { exportStream } from "../audit/export.ts";
import { grantsWithTrail, hasTrail } from "../audit/grants.ts";
import { BEGINNING } from "../audit/link.ts";
import { arrivals, findRecords, positionOf, presentMark } from "../audit/query.ts";
import { shownRecord } from "../audit/show.ts";
import type { Env } from "../env.ts";
import { ledgerOf } from "../ledger/find.ts";
import { component, described, noted } from "./described.ts";
import { noGrant } from "./grants/change.ts";
import { findGrant } from "./grants/table.ts";
import { json } from "./json.ts";
import { problem } from "./problem.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "./request/page.ts";
import { route } from "./route.ts";
import { Instant } from "./shapes.ts";

const Text = z.string().check(z.maxLength(1_024));

const FILTER = {
  grant: z.optional(Text),
  server: z.optional(Text),
  tool: z.optional(Text),
  method: z.optional(Text),
  effect: z.optional(Text),
  rule: z.optional(Text),
  from: z.optional(Instant),
  to: z.optional(Instant),
};
noted(FILTER, {
  effect: "allow, deny, hide, limit, approval, or refuse for what is no call.",
  rule: "JSON Pointer into the policy, exactly.",
  to: "Up to this instant, which does not count.",
});

const Place = z.object({ link: z.int(), hash: z.string() });
component("ChainPlace", Place);

const Record = z.object({
  id: z.string(),
  time: z.nullable(z.string()),
  request: z.nullable(z.string()),
  grant: z.object({ id: z.nullable(z.string()), label: z.nullable(z.string()) }),
  seq: z.int(),
  server: z.nullable(z.string()),
  method: z.nullable(z.string()),
  tool: z.nullable(z.string()),
  era: z.nullable(z.string()),
  effect: z.nullable(z.string()),
  rule: z.nullable(z.string()),
  policy: z.nullable(z.object({ name: z.string(), version: z.string() })),
  counters: z.array(
    z.object({ counter: z.string(), scope: z.string(), window: z.string(), used: z.number(), max: z.number() }),
  ),
  arguments: z.unknown(),
  bytes: z.nullable(z.int()),
  trace: z.nullable(z.string()),
  upstream: z.nullable(
    z.object({
      time: z.nullable(z.string()),
      status: z.nullable(z.int()),
      latencyMs: z.nullable(z.number()),
      bytes: z.nullable(z.int()),
      gaveBack: z.boolean(),
    }),
  ),
  chain: z.object({
    link: z.int(),
    hash: z.string(),
    endLink: z.nullable(z.int()),
    endHash: z.nullable(z.string()),
  }),
});
component("AuditRecord", Record, {
  arguments: "What the policy's `record` lets be kept.",
  bytes: "Of the request's body.",
});

const list = route({
  method: "GET",
  path: "/audit",
  role: "viewer",
  ...described({
    summary: "Records, latest first; with `after`, those that have come since, in order",
    fields: { after: "`after` of the answer before; `now` gives no records, and the mark to begin from." },
    gives: {
      status: 200,
      schema: z.object({
        items: z.array(Record),
        next: z.optional(z.nullable(z.string())),
        after: z.optional(z.string()),
      }),
    },
  }),
  query: z.strictObject({
    ...FILTER,
    ...PAGE,
    after: z.optional(
      z.string().check(z.regex(/^(?:now|0|[1-9]\d{0,15})$/, "must be `now`, or the mark that an answer gave")),
    ),
  }),
  async handle({ env, query }) {
    const { limit: _, cursor, after, ...filter } = query;
    const limit = limitOf(query);
    if (after !== undefined) {
      return cursor === undefined
        ? since(env, filter, after, limit)
        : problem(400, "Query after: can't stand beside cursor.");
    }
    const place = keyOf(query, ["int", "int", "int"]);
    if (place === undefined) return badCursor();
    const rows = await findRecords(env.GRANTGATE_DB, filter, { limit: limit + 1, after: place });
    return json(200, pageOf(rows, limit, shownRecord, positionOf));
  },
});

const exported = route({
  method: "GET",
  path: "/audit/export",
  role: "viewer",
  ...described({
    summary: "All records that fit, as NDJSON: grant by grant, oldest first",
    gives: { status: 200, type: "application/x-ndjson" },
  }),
  query: z.strictObject(FILTER),
  handle: async ({ env, query }) =>
    new Response(exportStream(env.GRANTGATE_DB, query), { headers: { "content-type": "application/x-ndjson" } }),
});

const chain = route({
  method: "GET",
  path: "/audit/chain/{grant}",
  role: "viewer",
  ...described({
    summary: "Where the chain of a grant's records begins and ends, from the grant's own ledger",
    gives: {
      status: 200,
      schema: z.object({ grant: z.string(), anchor: Place, head: Place, gathered: z.int() }),
    },
  }),
  async handle({ env, params, now }) {
    const id = params.grant;
    const db = env.GRANTGATE_DB;
    if ((await findGrant(db, id, now)) === null && !(await hasTrail(db, id))) return noGrant(id);
    const { head, gathered, released } = await ledgerOf(env, id).gather();
    const row = await db.prepare("SELECT link, hash FROM audit_anchors WHERE grant_id = ?1").bind(id).first();
    const anchor = row === null ? BEGINNING : z.parse(Place, row);
    // Whoever can write to the registry must not be able to say that more was let go of.
    return json(200, { grant: id, anchor: anchor.link > released.link ? released : anchor, head, gathered });
  },
});

const chains = route({
  method: "GET",
  path: "/audit/chain",
  role: "viewer",
  ...described({
    summary: "The grants that there is or was a chain of, whether the registry still knows them or not",
    gives: { status: 200, schema: pageShape(z.object({ grant: z.string() })) },
  }),
  query: z.strictObject(PAGE),
  async handle({ env, query }) {
    const limit = limitOf(query);
    const after = keyOf(query, ["string"]);
    if (after === undefined) return badCursor();
    const grants = await grantsWithTrail(env.GRANTGATE_DB, after?.[0] ?? "", limit + 1);
    return json(
      200,
      pageOf(
        grants,
        limit,
        (grant) => ({ grant }),
        (grant) => [grant],
      ),
    );
  },
});

export const auditRoutes = [list, exported, chains, chain];

async function since(
  env: Env,
  filter: Parameters<typeof arrivals>[1],
  after: string,
  limit: number,
): Promise<Response> {
  const db = env.GRANTGATE_DB;
  if (after === "now") return json(200, { items: [], after: String(await presentMark(db)) });
  const come = await arrivals(db, filter, Number(after), limit);
  return json(200, { items: come.rows.map(shownRecord), after: String(come.after) });
}
