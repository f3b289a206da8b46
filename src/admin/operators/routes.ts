/**
 * `/operators`: who may use this API, and how far. A token is shown in the answer that made it and never again; whom
 * Cloudflare Access vouches for needs none.
 */
import * as z from "zod/mini";
import { base62 } from "../../grant/base62.ts";
import { hashToken, mintToken, OPERATOR_TOKEN } from "../../grant/token.ts";
import { ROLES } from "../auth/operator.ts";
import { attempt, commit } from "../commit.ts";
import { component, described, told } from "../described.ts";
import { isoTime, json } from "../json.ts";
import { problem } from "../problem.ts";
import { etagOf, unmet } from "../request/conditions.ts";
import { type Made, madeBefore, noteMade, REPLAYED, tokenBytes } from "../request/idempotency.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { type Asked, document, route } from "../route.ts";
import { Line } from "../shapes.ts";
import {
  findOperator,
  insertOperator,
  listOperators,
  notNamedYet,
  type OperatorEdit,
  type OperatorRow,
  operatorAt,
  updateOperator,
} from "./table.ts";

const Name = Line.check(z.maxLength(200));
const Role = z.enum(ROLES);
/** As the identity provider vouches for it. Which addresses there are is its business, not ours. */
const Email = z
  .string()
  .check(z.maxLength(320), z.regex(/^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$/, "must be an email address"), z.toLowerCase());
told(Email, { format: "email" });

const Operator = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  kind: z.enum(["token", "email", "group"]),
  email: z.nullable(z.string()),
  group: z.nullable(z.string()),
  revision: z.int(),
  createdAt: z.string(),
  revokedAt: z.nullable(z.string()),
});
component("Operator", Operator);

const Wish = z
  .strictObject({
    name: Name,
    role: Role,
    email: z.optional(Email),
    group: z.optional(Line.check(z.maxLength(200))),
  })
  .check(
    z.refine(({ email, group }) => email === undefined || group === undefined, {
      path: ["group"],
      message: "can't stand beside email: make two operators",
    }),
  );

const list = route({
  method: "GET",
  path: "/operators",
  role: "viewer",
  ...described({
    summary: "Operators, oldest first",
    gives: { status: 200, schema: pageShape(Operator) },
  }),
  query: z.strictObject(PAGE),
  async handle({ env, query }) {
    const after = keyOf(query, ["int", "string"]);
    if (after === undefined) return badCursor();
    const limit = limitOf(query);
    const rows = await listOperators(env.GRANTGATE_DB, after ?? [-1, ""], limit + 1);
    return json(
      200,
      pageOf(rows, limit, shown, ({ createdAt, id }) => [createdAt, id]),
    );
  },
});

const get = route({
  method: "GET",
  path: "/operators/{operator}",
  role: "viewer",
  ...described({
    summary: "An operator",
    gives: { status: 200, schema: Operator, tagged: true },
  }),
  async handle({ env, params }) {
    const operator = await findOperator(env.GRANTGATE_DB, params.operator);
    return operator === null ? noOperator(params.operator) : tagged(operator);
  },
});

const create = route({
  method: "POST",
  path: "/operators",
  role: "admin",
  ...described({
    summary: "Make an operator; a token is shown this once",
    fields: {
      email: "Known by Cloudflare Access.",
      group: "Name or id of a group that Cloudflare Access tells of.",
    },
    gives: { status: 201, schema: z.extend(Operator, { token: z.optional(z.string()) }), tagged: true },
  }),
  idempotent: true,
  takes: document(Wish),
  async handle(asked) {
    const { env, body, idempotency, now } = asked;
    const { name, role, email = null, group = null } = body;
    const id = `opr_${base62(crypto.getRandomValues(new Uint8Array(16)), 22)}`;
    return attempt(async () => {
      const made = await madeBefore(asked, idempotency);
      if (made instanceof Response) return made;
      if (made !== null) return replayed(asked, made);
      const fresh: Made = { target: id, createdAt: now };
      const token = email === null && group === null ? await tokenOf(asked, fresh) : null;
      const tokenHash = token === null ? null : await hashToken(token);
      const facts = { id, name, role, tokenHash, email, group };
      const operator: OperatorRow = { ...facts, revision: 1, createdAt: now, revokedAt: null };
      const statements = [...noteMade(asked, idempotency, fresh), ...insertOperator(env.GRANTGATE_DB, operator)];
      const outcome = await commit(asked, [notNamedYet(operator)], statements, {
        action: "operator.create",
        target: `operator:${id}`,
        before: null,
        after: shown(operator),
      });
      if (outcome === "done") return created(operator, token);
      if ((await madeBefore(asked, idempotency)) !== null) return outcome;
      return problem(409, `There is an operator for ${email ?? group} already; change that one, or revoke it first.`);
    });
  },
});

const edit = route({
  method: "PATCH",
  path: "/operators/{operator}",
  role: "admin",
  ...described({
    summary: "Change an operator's name or role, from the next request on",
    gives: { status: 200, schema: Operator, tagged: true },
  }),
  conditional: "match",
  takes: document(z.strictObject({ name: z.optional(Name), role: z.optional(Role) })),
  handle: (asked) =>
    change(asked, "operator.update", ({ name, role, revokedAt }) => ({
      name: asked.body.name ?? name,
      role: asked.body.role ?? role,
      revokedAt,
    })),
});

const revoke = route({
  method: "POST",
  path: "/operators/{operator}/revoke",
  role: "admin",
  ...described({
    summary: "End an operator, from the next request on",
    gives: { status: 200, schema: Operator, tagged: true },
  }),
  conditional: "match",
  handle: (asked) =>
    change(asked, "operator.revoke", ({ name, role, revokedAt }) => ({
      name,
      role,
      revokedAt: revokedAt ?? asked.now,
    })),
});

export const operatorRoutes = [list, get, create, edit, revoke];

async function change(
  asked: Asked<"/operators/{operator}">,
  action: "operator.update" | "operator.revoke",
  edited: (operator: OperatorRow) => OperatorEdit,
): Promise<Response> {
  const { env, params, conditions } = asked;
  const id = params.operator;
  return attempt(async () => {
    const earlier = await findOperator(env.GRANTGATE_DB, id);
    const no = unmet(conditions, earlier?.revision ?? null);
    if (no !== null) return no;
    if (earlier === null) return noOperator(id);
    const wanted = { ...earlier, ...edited(earlier) };
    if (JSON.stringify(wanted) === JSON.stringify(earlier)) return tagged(earlier);
    if (earlier.revokedAt !== null) return problem(409, `${earlier.name} is revoked; make a new operator.`);
    const outcome = await commit(
      asked,
      [operatorAt(id, earlier.revision)],
      updateOperator(env.GRANTGATE_DB, id, wanted),
      { action, target: `operator:${id}`, before: shown(earlier), after: shown(wanted) },
    );
    return outcome === "moved" ? outcome : tagged({ ...wanted, revision: earlier.revision + 1 });
  });
}

/** The same answer as before, unless its token would be another one now. */
async function replayed(asked: Asked, made: Made): Promise<Response> {
  const operator = await findOperator(asked.env.GRANTGATE_DB, made.target);
  const token = operator === null || operator.tokenHash === null ? null : await tokenOf(asked, made);
  if (operator === null || operator.tokenHash !== (token && (await hashToken(token)))) {
    return problem(409, "What this Idempotency-Key made can't be shown again; take a new key.");
  }
  return created(operator, token, REPLAYED);
}

async function tokenOf(asked: Asked, made: Made): Promise<string> {
  return mintToken(await tokenBytes(asked, asked.idempotency, made), OPERATOR_TOKEN);
}

function created(operator: OperatorRow, token: string | null, headers: Record<string, string> = {}): Response {
  const body = { ...shown(operator), ...(token !== null && { token }) };
  return json(201, body, { etag: etagOf(operator.revision), ...headers });
}

function tagged(operator: OperatorRow): Response {
  return json(200, shown(operator), { etag: etagOf(operator.revision) });
}

function noOperator(id: string): Response {
  return problem(404, `There is no operator ${JSON.stringify(id)}.`);
}

function shown({ id, name, role, email, group, revision, createdAt, revokedAt }: OperatorRow) {
  return {
    id,
    name,
    role,
    kind: email !== null ? "email" : group !== null ? "group" : "token",
    email,
    group,
    revision,
    createdAt: isoTime(createdAt),
    revokedAt: isoTime(revokedAt),
  };
}
