/** `/policies`: the documents that decide. A change is in force for every grant under it once it is answered. */
import * as z from "zod/mini";
import { MAX_POLICY_BYTES, readPolicy } from "../../policy/read.ts";
import { attempt, commit } from "../commit.ts";
import { described } from "../described.ts";
import { json } from "../json.ts";
import { invalid, problem } from "../problem.ts";
import { unmet } from "../request/conditions.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { route, text } from "../route.ts";
import { Message } from "../shapes.ts";
import { historyRoutes } from "./history.ts";
import { keyIn, noPolicy, Policy, PolicyWithDocument, shown, standing, tagged, targetOf } from "./shown.ts";
import { deletePolicy, findPolicy, listPolicies, policyAt, withoutGrants } from "./table.ts";
import { write } from "./write.ts";

/** Names a policy in URLs and, with `.json` behind it, as a file. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const list = route({
  method: "GET",
  path: "/policies",
  role: "viewer",
  ...described({
    summary: "Policies, by server and name",
    gives: { status: 200, schema: pageShape(Policy) },
  }),
  query: z.strictObject({ server: z.optional(z.string()), ...PAGE }),
  async handle({ env, query, now }) {
    const after = keyOf(query, ["string", "string"]);
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
  ...described({
    summary: "A policy, with its document",
    gives: { status: 200, schema: PolicyWithDocument, tagged: true },
  }),
  async handle({ env, params, now }) {
    const policy = await findPolicy(env.GRANTGATE_DB, keyIn(params), now);
    return policy === null ? noPolicy(keyIn(params)) : tagged(200, policy);
  },
});

const put = route({
  method: "PUT",
  path: "/policies/{server}/{policy}",
  role: "policy_manager",
  ...described({
    summary: "Make a policy as this document says, or change it",
    fields: { message: "Why, for the list of versions." },
    gives: { status: 200, schema: PolicyWithDocument, tagged: true },
  }),
  conditional: "match or none",
  query: z.strictObject({ message: z.optional(Message) }),
  takes: text("A policy: see docs/schema/policy.schema.json.", MAX_POLICY_BYTES),
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
  ...described({
    summary: "Delete a policy that no active grant is under; its versions stay",
    gives: { status: 204 },
  }),
  conditional: "match",
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

export const policyRoutes = [list, get, put, remove, ...historyRoutes];
