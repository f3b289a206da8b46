/** `/changes`: who changed what of the registry, and how it was before and after. */
import * as z from "zod/mini";
import { ROLES } from "./auth/operator.ts";
import { component, described } from "./described.ts";
import { isoTime, json } from "./json.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "./request/page.ts";
import { route } from "./route.ts";
import { Instant } from "./shapes.ts";

const Change = z.object({
  id: z.int(),
  time: z.string(),
  operator: z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES) }),
  action: z.string(),
  target: z.string(),
  message: z.nullable(z.string()),
  before: z.unknown(),
  after: z.unknown(),
});
component("Change", Change);

const Row = z.object({
  id: z.int(),
  at: z.int(),
  operator: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  action: z.string(),
  target: z.string(),
  message: z.nullable(z.string()),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
});

const Filter = z.strictObject({
  operator: z.optional(z.string()),
  action: z.optional(z.string()),
  target: z.optional(z.string()),
  from: z.optional(Instant),
  to: z.optional(Instant),
  ...PAGE,
});

const list = route({
  method: "GET",
  path: "/changes",
  role: "viewer",
  ...described({
    summary: "Changes that operators made, latest first",
    fields: { action: "As grant.revoke.", target: "As grant:grt_…, server:<slug> or policy:<server>/<name>." },
    gives: { status: 200, schema: pageShape(Change) },
  }),
  query: Filter,
  async handle({ env, query }) {
    const before = keyOf(query, ["int"]);
    if (before === undefined) return badCursor();
    const limit = limitOf(query);
    const { operator = null, action = null, target = null, from = null, to = null } = query;
    const { results } = await env.GRANTGATE_DB.prepare(
      `SELECT * FROM changes WHERE id < ?1 AND (?2 IS NULL OR operator = ?2) AND (?3 IS NULL OR action = ?3)
         AND (?4 IS NULL OR target = ?4) AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at < ?6)
       ORDER BY id DESC LIMIT ?7`,
    )
      .bind(before?.[0] ?? Number.MAX_SAFE_INTEGER, operator, action, target, from, to, limit + 1)
      .all();
    const rows = results.map((row) => z.parse(Row, row));
    return json(
      200,
      pageOf(rows, limit, shown, ({ id }) => [id]),
    );
  },
});

export const changeRoutes = [list];

function shown({ id, at, operator, name, role, action, target, message, before, after }: z.infer<typeof Row>) {
  return {
    id,
    time: isoTime(at),
    operator: { id: operator, name, role },
    action,
    target,
    message,
    before: parsed(before),
    after: parsed(after),
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
