/** `/audit`: what was decided for whom, and how it ended. Answers what a policy let be recorded, and never a token. */
import * as z from "zod";
import { exportStream } from "../audit/export.ts";
import { BEGINNING } from "../audit/link.ts";
import { arrivals, findRecords, Position, positionOf, presentMark } from "../audit/query.ts";
import { shownRecord } from "../audit/show.ts";
import type { Env } from "../env.ts";
import { ledgerOf } from "../ledger/find.ts";
import { noGrant } from "./grants/change.ts";
import { findGrant } from "./grants/table.ts";
import { json } from "./json.ts";
import { problem } from "./problem.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf } from "./request/page.ts";
import { route } from "./route.ts";
import { Instant } from "./shapes.ts";

const Text = z.string().max(1_024);

const FILTER = {
  grant: Text.optional(),
  server: Text.optional(),
  tool: Text.optional(),
  method: Text.optional(),
  effect: Text.optional().meta({ description: "allow, deny, hide, limit, approval, or refuse for what is no call." }),
  rule: Text.optional().meta({ description: "JSON Pointer into the policy, exactly." }),
  from: Instant.optional(),
  to: Instant.optional().meta({ description: "Up to this instant, which does not count." }),
};

const Place = z.object({ link: z.int(), hash: z.string() }).meta({ id: "ChainPlace" });

const Record = z
  .object({
    id: z.string(),
    time: z.string().nullable(),
    request: z.string().nullable(),
    grant: z.object({ id: z.string().nullable(), label: z.string().nullable() }),
    seq: z.int(),
    server: z.string().nullable(),
    method: z.string().nullable(),
    tool: z.string().nullable(),
    era: z.string().nullable(),
    effect: z.string().nullable(),
    rule: z.string().nullable(),
    policy: z.object({ name: z.string(), version: z.string() }).nullable(),
    counters: z.array(
      z.object({ counter: z.string(), scope: z.string(), window: z.string(), used: z.number(), max: z.number() }),
    ),
    arguments: z.unknown().meta({ description: "What the policy's `record` lets be kept." }),
    bytes: z.int().nullable().meta({ description: "Of the request's body." }),
    trace: z.string().nullable(),
    upstream: z
      .object({
        time: z.string().nullable(),
        status: z.int().nullable(),
        latencyMs: z.number().nullable(),
        bytes: z.int().nullable(),
        gaveBack: z.boolean(),
      })
      .nullable(),
    chain: z.object({
      link: z.int(),
      hash: z.string(),
      endLink: z.int().nullable(),
      endHash: z.string().nullable(),
    }),
  })
  .meta({ id: "AuditRecord" });

const list = route({
  method: "GET",
  path: "/audit",
  role: "viewer",
  summary: "Records, latest first; with `after`, those that have come since, in order",
  query: z.strictObject({
    ...FILTER,
    ...PAGE,
    after: z
      .string()
      .regex(/^(?:now|0|[1-9]\d{0,15})$/, "must be `now`, or the mark that an answer gave")
      .optional()
      .meta({ description: "`after` of the answer before; `now` gives no records, and the mark to begin from." }),
  }),
  gives: {
    status: 200,
    schema: z.object({
      items: z.array(Record),
      next: z.string().nullable().optional(),
      after: z.string().optional(),
    }),
  },
  async handle({ env, query }) {
    const { limit: _, cursor, after, ...filter } = query;
    const limit = limitOf(query);
    if (after !== undefined) {
      return cursor === undefined
        ? since(env, filter, after, limit)
        : problem(400, "Query after: can't stand beside cursor.");
    }
    const place = keyOf(query, Position);
    if (place === undefined) return badCursor();
    const rows = await findRecords(env.GRANTGATE_DB, filter, { limit: limit + 1, after: place });
    return json(200, pageOf(rows, limit, shownRecord, positionOf));
  },
});

const exported = route({
  method: "GET",
  path: "/audit/export",
  role: "viewer",
  summary: "All records that fit, as NDJSON: grant by grant, oldest first",
  query: z.strictObject(FILTER),
  gives: { status: 200, type: "application/x-ndjson" },
  handle: async ({ env, query }) =>
    new Response(exportStream(env.GRANTGATE_DB, query), { headers: { "content-type": "application/x-ndjson" } }),
});

const chain = route({
  method: "GET",
  path: "/audit/chain/{grant}",
  role: "viewer",
  summary: "Where the chain of a grant's records begins and ends, from the grant's own ledger",
  gives: {
    status: 200,
    schema: z.object({ grant: z.string(), anchor: Place, head: Place, gathered: z.int() }),
  },
  async handle({ env, params, now }) {
    const id = params.grant;
    if ((await findGrant(env.GRANTGATE_DB, id, now)) === null) return noGrant(id);
    const { head, gathered } = await ledgerOf(env, id).gather();
    const anchor = await env.GRANTGATE_DB.prepare("SELECT link, hash FROM audit_anchors WHERE grant_id = ?1")
      .bind(id)
      .first();
    return json(200, { grant: id, anchor: anchor === null ? BEGINNING : Place.parse(anchor), head, gathered });
  },
});

export const auditRoutes = [list, exported, chain];

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
