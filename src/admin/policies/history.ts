/** `/policies/…/versions` and beside it: what a policy was, what differs, and the way back. */
import * as z from "zod/mini";
import { readPolicy } from "../../policy/read.ts";
import { described } from "../described.ts";
import { json } from "../json.ts";
import { invalid, problem } from "../problem.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { document, route } from "../route.ts";
import { Message } from "../shapes.ts";
import { differences } from "./diff.ts";
import { keyIn, noPolicy, PolicyWithDocument, parsed, Revision, RevisionWithDocument, shownRevision } from "./shown.ts";
import { findPolicy, findRevision, listRevisions, type PolicyKey } from "./table.ts";
import { write } from "./write.ts";

const RevisionNumber = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,8}$/, "must be the number of a revision")),
  z.transform(Number),
);

const versions = route({
  method: "GET",
  path: "/policies/{server}/{policy}/versions",
  role: "viewer",
  ...described({
    summary: "What a policy was, latest first",
    gives: { status: 200, schema: pageShape(Revision) },
  }),
  query: z.strictObject(PAGE),
  async handle({ env, params, query }) {
    const before = keyOf(query, ["int"]);
    if (before === undefined) return badCursor();
    const limit = limitOf(query);
    const from = before?.[0] ?? Number.MAX_SAFE_INTEGER;
    const rows = await listRevisions(env.GRANTGATE_DB, keyIn(params), from, limit + 1);
    if (rows.length === 0 && before === null) return noPolicy(keyIn(params));
    return json(
      200,
      pageOf(rows, limit, shownRevision, ({ revision }) => [revision]),
    );
  },
});

const version = route({
  method: "GET",
  path: "/policies/{server}/{policy}/versions/{revision}",
  role: "viewer",
  ...described({
    summary: "A policy as it was at a revision",
    gives: { status: 200, schema: RevisionWithDocument },
  }),
  async handle({ env, params }) {
    const found = await revisionOf(env.GRANTGATE_DB, keyIn(params), params.revision);
    return found instanceof Response ? found : json(200, { ...shownRevision(found), document: parsed(found.text) });
  },
});

const diff = route({
  method: "GET",
  path: "/policies/{server}/{policy}/diff",
  role: "viewer",
  ...described({
    summary: "What differs between two revisions, place by place",
    fields: { from: "The one before `to` when left out.", to: "The one in force when left out." },
    gives: {
      status: 200,
      schema: z.object({
        from: z.int(),
        to: z.int(),
        changes: z.array(
          z.object({ pointer: z.string(), before: z.optional(z.unknown()), after: z.optional(z.unknown()) }),
        ),
      }),
    },
  }),
  query: z.strictObject({
    from: z.optional(RevisionNumber),
    to: z.optional(RevisionNumber),
  }),
  async handle({ env, params, query, now }) {
    const key = keyIn(params);
    const db = env.GRANTGATE_DB;
    const last = query.to ?? (await findPolicy(db, key, now))?.revision;
    if (last === undefined) return noPolicy(key);
    const to = await revisionOf(db, key, String(last));
    if (to instanceof Response) return to;
    const first = query.from ?? (await listRevisions(db, key, to.revision, 1))[0]?.revision;
    if (first === undefined) return problem(409, `${key.join("/")} has no revision before ${to.revision}.`);
    const from = await revisionOf(db, key, String(first));
    if (from instanceof Response) return from;
    const changes = differences(parsed(from.text), parsed(to.text));
    return json(200, { from: from.revision, to: to.revision, changes });
  },
});

const rollback = route({
  method: "POST",
  path: "/policies/{server}/{policy}/rollback",
  role: "policy_manager",
  ...described({
    summary: "Put an earlier revision in force again, as a new one",
    gives: { status: 200, schema: PolicyWithDocument, tagged: true },
  }),
  conditional: "match",
  takes: document(z.strictObject({ revision: z.int().check(z.minimum(1)), message: z.optional(Message) })),
  async handle(asked) {
    const { env, params, body, now } = asked;
    const key = keyIn(params);
    const earlier = await revisionOf(env.GRANTGATE_DB, key, String(body.revision));
    if (earlier instanceof Response) return earlier;
    if ((await findPolicy(env.GRANTGATE_DB, key, now)) === null) return noPolicy(key);
    // What was once taken may hold a field that this version of the gateway reads otherwise.
    const read = readPolicy(earlier.text);
    if (!read.ok) return invalid(read.problems);
    return write(asked, key, "policy.rollback", read.canonical, body.message ?? `Back to revision ${body.revision}`);
  },
});

export const historyRoutes = [versions, version, diff, rollback];

async function revisionOf(db: D1Database, key: PolicyKey, revision: string) {
  const number = RevisionNumber.safeParse(revision);
  const found = number.success ? await findRevision(db, key, number.data) : null;
  return found ?? problem(404, `${key.join("/")} has no revision ${JSON.stringify(revision)}.`);
}
