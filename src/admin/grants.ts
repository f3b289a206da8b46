/**
 * `/grants`: who may use what. A token is shown in the answer that made it and never again.
 *
 * Making a grant leaves its ledger alone, so that the ledger comes to be where the agent first calls.
 */
import * as z from "zod";
import type { Env } from "../env.ts";
import { base62 } from "../grant/base62.ts";
import { tokenKey } from "../grant/find.ts";
import { hashToken, mintToken } from "../grant/token.ts";
import { JsonNumber } from "../json/value.ts";
import type { Usage } from "../ledger/protocol.ts";
import { readDocument, readQuery } from "./body.ts";
import { bringIntoForce, notYetInForce } from "./force.ts";
import { findGrant, type GrantRow, insertGrant, listGrants, revokeGrant } from "./grant-table.ts";
import { isoTime, json } from "./json.ts";
import { invalid, problem } from "./problem.ts";
import { findServer } from "./server-table.ts";

const MOST_BYTES = 16_384;

/** One line of text as people write it: no control characters, and something other than white space in it. */
const Line = z.string().regex(/^(?=.*\S)\P{Cc}+$/u, "must be one line of text");

const Wish = z.strictObject({
  server: z.string(),
  policy: z.string().nullable(),
  label: Line.max(200),
  tags: z.array(Line.max(64)).max(32).default([]),
  expiresAt: z.iso.datetime({ offset: true, error: "must be a date-time as in 2027-01-31T00:00:00Z" }).nullish(),
});

const Filter = z.strictObject({
  server: z.string().optional(),
  status: z.enum(["active", "revoked", "expired"]).optional(),
});

export async function getGrants(request: Request, env: Env): Promise<Response> {
  const filter = readQuery(request, Filter);
  if (!filter.ok) return filter.refused;
  return json(200, { items: (await listGrants(env.GRANTGATE_DB, filter.value, Date.now())).map(shown) });
}

export async function getGrant(_request: Request, env: Env, [id = ""]: readonly string[]): Promise<Response> {
  const grant = await findGrant(env.GRANTGATE_DB, id, Date.now());
  if (grant === null) return noGrant(id);
  const usage = await env.GRANT_LEDGER.getByName(id).usage();
  return json(200, { ...shown(grant), usage: shownUsage(usage) });
}

export async function postGrant(request: Request, env: Env): Promise<Response> {
  const wish = await readDocument(request, Wish, MOST_BYTES);
  if (!wish.ok) return wish.refused;
  const { server, policy, label, tags } = wish.value;
  const now = Date.now();
  const expiresAt = wish.value.expiresAt == null ? null : Date.parse(wish.value.expiresAt);
  if (expiresAt !== null && !(expiresAt > now)) {
    return invalid([{ pointer: "/expiresAt", message: "must lie in the future" }]);
  }
  const token = mintToken(crypto.getRandomValues(new Uint8Array(32)));
  const tokenHash = await hashToken(token);
  const id = `grt_${base62(crypto.getRandomValues(new Uint8Array(16)), 22)}`;
  await env.GRANTGATE_KV.put(tokenKey(tokenHash), id);
  const grant = { id, tokenHash, server, policy, label, tags: [...new Set(tags)], createdAt: now, expiresAt };
  if (!(await insertGrant(env.GRANTGATE_DB, grant))) {
    await env.GRANTGATE_KV.delete(tokenKey(tokenHash));
    return unknownTarget(env, server, policy);
  }
  const url = `${new URL(request.url).origin}/mcp/${server}`;
  const { id: _, ...rest } = shown({ ...grant, status: "active", revokedAt: null });
  return json(201, { id, token, url, ...rest }, { location: `/api/v1/grants/${id}` });
}

export async function revoke(_request: Request, env: Env, [id = ""]: readonly string[]): Promise<Response> {
  const behind = await revokeGrant(env.GRANTGATE_DB, id, Date.now());
  const unreached = notYetInForce(await bringIntoForce(env, behind));
  if (unreached !== null) return unreached;
  const grant = await findGrant(env.GRANTGATE_DB, id, Date.now());
  return grant === null ? noGrant(id) : json(200, shown(grant));
}

function noGrant(id: string): Response {
  return problem(404, `There is no grant ${JSON.stringify(id)}.`);
}

async function unknownTarget(env: Env, server: string, policy: string | null): Promise<Response> {
  if ((await findServer(env.GRANTGATE_DB, server)) === null) {
    return invalid([{ pointer: "/server", message: `there is no server ${JSON.stringify(server)}` }]);
  }
  return invalid([
    { pointer: "/policy", message: `there is no policy ${JSON.stringify(policy)} for the server ${server}` },
  ]);
}

function shown({ id, server, policy, label, tags, status, createdAt, expiresAt, revokedAt }: GrantRow) {
  return {
    id,
    server,
    policy,
    label,
    tags,
    status,
    createdAt: isoTime(createdAt),
    expiresAt: isoTime(expiresAt),
    revokedAt: isoTime(revokedAt),
  };
}

function shownUsage({ at, calls, counters }: Usage) {
  return {
    at: isoTime(at),
    calls,
    counters: counters.map(({ used, max, resetAt, ...counter }) => ({
      ...counter,
      used: new JsonNumber(used),
      max: new JsonNumber(max),
      resetAt: isoTime(resetAt),
    })),
  };
}
