/** `/policies`: the documents that decide. A change is in force for every grant under it once it is answered. */
import * as z from "zod/mini";
import { policyKey } from "../../grant/contents.ts";
import { sha256 } from "../../grant/digest.ts";
import { parseJson } from "../../json/parse.ts";
import { MAX_POLICY_BYTES, readPolicy } from "../../policy/read.ts";
import { bringIntoForce, notYetInForce } from "../care/force.ts";
import { attempt, commit } from "../commit.ts";
import { isoTime, json } from "../json.ts";
import { invalid, problem } from "../problem.ts";
import { etagOf, unmet } from "../request/conditions.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { type Asked, document, route, text } from "../route.ts";
import { noServer } from "../servers/routes.ts";
import { findServer, serverThere } from "../servers/table.ts";
import { Message } from "../shapes.ts";
import { differences } from "./diff.ts";
import {
  deletePolicy,
  findPolicy,
  findRevision,
  lastRevisionIs,
  listPolicies,
  listRevisions,
  outstandingOfPolicy,
  type PolicyKey,
  type PolicyRow,
  type PolicyWithText,
  policyAt,
  type RevisionRow,
  withoutGrants,
  writePolicy,
} from "./table.ts";

/** Names a policy in URLs and, with `.json` behind it, as a file. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const facts = {
  version: z.string().check(z.describe("SHA-256 of the canonical text, in hex.")),
  revision: z.int(),
  author: z.string(),
  message: z.nullable(z.string()),
  createdAt: z.string(),
};
const Policy = z
  .object({ server: z.string(), name: z.string(), ...facts, updatedAt: z.string(), grants: z.int() })
  .register(z.globalRegistry, { id: "Policy" });
const Document = z.unknown().check(z.describe("The policy itself."));
const PolicyWithDocument = z
  .extend(Policy, { document: Document })
  .register(z.globalRegistry, { id: "PolicyWithDocument" });
const Revision = z.object(facts).register(z.globalRegistry, { id: "PolicyRevision" });
const RevisionNumber = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,8}$/, "must be the number of a revision")),
  z.transform(Number),
);

const list = route({
  method: "GET",
  path: "/policies",
  role: "viewer",
  summary: "Policies, by server and name",
  query: z.strictObject({ server: z.optional(z.string()), ...PAGE }),
  gives: { status: 200, schema: pageShape(Policy) },
  async handle({ env, query, now }) {
    const after = keyOf(query, z.tuple([z.string(), z.string()]));
    if (after === undefined) return badCursor();
    const limit = limitOf(query);
    const rows = await listPolicies(env.GRANTGATE_DB, query.server, after ?? ["", ""], limit + 1, now);
    return json(
      200,
      pageOf(rows, limit, shown, ({ server, name }) => [server, name]),
    );
  },
});

const get = route({
  method: "GET",
  path: "/policies/{server}/{policy}",
  role: "viewer",
  summary: "A policy, with its document",
  gives: { status: 200, schema: PolicyWithDocument, tagged: true },
  async handle({ env, params, now }) {
    const policy = await findPolicy(env.GRANTGATE_DB, keyIn(params), now);
    return policy === null ? noPolicy(keyIn(params)) : tagged(200, policy);
  },
});

const put = route({
  method: "PUT",
  path: "/policies/{server}/{policy}",
  role: "policy_manager",
  summary: "Make a policy as this document says, or change it",
  conditional: "match or none",
  query: z.strictObject({ message: z.optional(Message).check(z.describe("Why, for the list of versions.")) }),
  takes: text("A policy: see docs/schema/policy.schema.json.", MAX_POLICY_BYTES),
  gives: { status: 200, schema: PolicyWithDocument, tagged: true },
  async handle(asked) {
    const key = keyIn(asked.params);
    if (!NAME.test(key[1])) {
      return problem(
        422,
        "A policy's name has 1 to 63 characters of A-Z, a-z, 0-9, ., _ and -, and begins with a letter or digit.",
      );
    }
    const read = readPolicy(asked.body);
    if (!read.ok) return invalid(read.problems);
    return write(asked, key, "policy.put", read.canonical, asked.query.message ?? null);
  },
});

const remove = route({
  method: "DELETE",
  path: "/policies/{server}/{policy}",
  role: "policy_manager",
  summary: "Delete a policy that no active grant is under; its versions stay",
  conditional: "match",
  gives: { status: 204 },
  async handle(asked) {
    const { env, params, conditions, now } = asked;
    const key = keyIn(params);
    return attempt(async () => {
      const earlier = await findPolicy(env.GRANTGATE_DB, key, now);
      const no = unmet(conditions, earlier?.revision ?? null);
      if (no !== null) return no;
      if (earlier === null) return noPolicy(key);
      if (earlier.grants > 0) {
        return problem(409, `${key.join("/")} is in use: active grants ${earlier.grants}. Revoke or move them first.`);
      }
      const rests = [policyAt(key, earlier.revision), withoutGrants(key, now)];
      const outcome = await commit(asked, rests, deletePolicy(env.GRANTGATE_DB, key), {
        action: "policy.delete",
        target: targetOf(key),
        before: standing(earlier),
        after: null,
      });
      return outcome === "moved" ? outcome : new Response(null, { status: 204 });
    });
  },
});

const versions = route({
  method: "GET",
  path: "/policies/{server}/{policy}/versions",
  role: "viewer",
  summary: "What a policy was, latest first",
  query: z.strictObject(PAGE),
  gives: { status: 200, schema: pageShape(Revision) },
  async handle({ env, params, query }) {
    const before = keyOf(query, z.tuple([z.int()]));
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
  summary: "A policy as it was at a revision",
  gives: { status: 200, schema: z.extend(Revision, { document: Document }) },
  async handle({ env, params }) {
    const found = await revisionOf(env.GRANTGATE_DB, keyIn(params), params.revision);
    return found instanceof Response ? found : json(200, { ...shownRevision(found), document: parsed(found.text) });
  },
});

const diff = route({
  method: "GET",
  path: "/policies/{server}/{policy}/diff",
  role: "viewer",
  summary: "What differs between two revisions, place by place",
  query: z.strictObject({
    from: z.optional(RevisionNumber).check(z.describe("The one before `to` when left out.")),
    to: z.optional(RevisionNumber).check(z.describe("The one in force when left out.")),
  }),
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
  summary: "Put an earlier revision in force again, as a new one",
  conditional: "match",
  takes: document(z.strictObject({ revision: z.int().check(z.minimum(1)), message: z.optional(Message) })),
  gives: { status: 200, schema: PolicyWithDocument, tagged: true },
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

export const policyRoutes = [list, get, put, remove, versions, version, diff, rollback];

/** Puts a document in force for the policy and all grants under it. The one that is in force already changes nothing. */
async function write(
  asked: Asked,
  key: PolicyKey,
  action: "policy.put" | "policy.rollback",
  canonical: string,
  message: string | null,
): Promise<Response> {
  const { env, conditions, operator, now } = asked;
  const db = env.GRANTGATE_DB;
  if ((await findServer(db, key[0])) === null) return noServer(key[0]);
  const version = await sha256(canonical);
  let made = false;
  const refused = await attempt(async () => {
    const earlier = await findPolicy(db, key, now);
    const no = unmet(conditions, earlier?.revision ?? null);
    if (no !== null) return no;
    made = earlier === null;
    if (earlier?.version === version) return new Response(null, { status: 204 });
    await env.GRANTGATE_KV.put(policyKey(version), canonical);
    const last = earlier?.revision ?? (await listRevisions(db, key, Number.MAX_SAFE_INTEGER, 1))[0]?.revision ?? 0;
    const rests = [policyAt(key, earlier?.revision ?? null), lastRevisionIs(key, last), serverThere(key[0])];
    const wanted = { version, text: canonical, author: operator.name, message };
    const outcome = await commit(asked, rests, writePolicy(db, key, wanted, now), {
      action,
      target: targetOf(key),
      message,
      before: earlier && standing(earlier),
      after: { version, revision: last + 1 },
    });
    if (outcome === "moved" && (await findServer(db, key[0])) === null) return noServer(key[0]);
    return outcome === "moved" ? outcome : new Response(null, { status: 204 });
  });
  if (!refused.ok) return refused;
  const unreached = notYetInForce(await bringIntoForce(env, await outstandingOfPolicy(db, key)));
  if (unreached !== null) return unreached;
  const written = await findPolicy(db, key, now);
  return written === null ? noPolicy(key) : tagged(made ? 201 : 200, written);
}

async function revisionOf(db: D1Database, key: PolicyKey, revision: string) {
  const number = RevisionNumber.safeParse(revision);
  const found = number.success ? await findRevision(db, key, number.data) : null;
  return found ?? problem(404, `${key.join("/")} has no revision ${JSON.stringify(revision)}.`);
}

function keyIn({ server, policy }: { readonly server: string; readonly policy: string }): PolicyKey {
  return [server, policy];
}

export function noPolicy([server, name]: PolicyKey): Response {
  return problem(404, `There is no policy ${JSON.stringify(name)} for the server ${JSON.stringify(server)}.`);
}

function targetOf(key: PolicyKey): string {
  return `policy:${key.join("/")}`;
}

function standing({ version, revision }: PolicyRow) {
  return { version, revision };
}

function tagged(status: 200 | 201, policy: PolicyWithText): Response {
  return json(status, { ...shown(policy), document: parsed(policy.text) }, { etag: etagOf(policy.revision) });
}

function shown({ server, name, createdAt, updatedAt, grants, ...revision }: PolicyRow) {
  const { version, revision: number, author, message } = revision;
  return {
    server,
    name,
    version,
    revision: number,
    author,
    message,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    grants,
  };
}

function shownRevision({ revision, version, author, message, createdAt }: RevisionRow) {
  return { revision, version, author, message, createdAt: isoTime(createdAt) };
}

/** Read again from its text, so that its numbers are shown digit for digit. */
function parsed(text: string) {
  const read = parseJson(text);
  return read.ok ? read.value : null;
}
