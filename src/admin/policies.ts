/** `/policies`: the documents that decide. A change is in force for every grant under it once it is answered. */
import * as z from "zod";
import type { Env } from "../env.ts";
import { policyKey } from "../grant/contents.ts";
import { sha256 } from "../grant/digest.ts";
import { parseJson } from "../json/parse.ts";
import { MAX_POLICY_BYTES, readPolicy } from "../policy/read.ts";
import { readBody, readQuery } from "./body.ts";
import { bringIntoForce, notYetInForce } from "./force.ts";
import { isoTime, json } from "./json.ts";
import {
  deletePolicy,
  findPolicy,
  listPolicies,
  outstandingOfPolicy,
  type PolicyRow,
  writePolicy,
} from "./policy-table.ts";
import { invalid, problem } from "./problem.ts";
import { findServer } from "./server-table.ts";
import { noServer } from "./servers.ts";

/** Names a policy in URLs and, with `.json` behind it, as a file. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const Filter = z.strictObject({ server: z.string().optional() });

export async function getPolicies(request: Request, env: Env): Promise<Response> {
  const filter = readQuery(request, Filter);
  if (!filter.ok) return filter.refused;
  return json(200, { items: (await listPolicies(env.GRANTGATE_DB, filter.value.server, Date.now())).map(shown) });
}

export async function getPolicy(
  _request: Request,
  env: Env,
  [server = "", name = ""]: readonly string[],
): Promise<Response> {
  const policy = await findPolicy(env.GRANTGATE_DB, server, name, Date.now());
  if (policy === null) return noPolicy(server, name);
  return json(200, withDocument(policy, policy.text));
}

export async function putPolicy(
  request: Request,
  env: Env,
  [server = "", name = ""]: readonly string[],
): Promise<Response> {
  if (!NAME.test(name)) {
    return problem(
      422,
      "A policy's name has 1 to 63 characters of A-Z, a-z, 0-9, ., _ and -, and begins with a letter or digit.",
    );
  }
  const body = await readBody(request, MAX_POLICY_BYTES);
  if (!body.ok) return body.refused;
  const read = readPolicy(body.value);
  if (!read.ok) return invalid(read.problems);
  if ((await findServer(env.GRANTGATE_DB, server)) === null) return noServer(server);
  const version = await sha256(read.canonical);
  const earlier = await findPolicy(env.GRANTGATE_DB, server, name, Date.now());
  if (earlier?.version !== version) {
    await env.GRANTGATE_KV.put(policyKey(version), read.canonical);
    await writePolicy(env.GRANTGATE_DB, { server, name, version, text: read.canonical, now: Date.now() });
  }
  const behind = await outstandingOfPolicy(env.GRANTGATE_DB, server, name, Date.now());
  const unreached = notYetInForce(await bringIntoForce(env, behind));
  if (unreached !== null) return unreached;
  const written = await findPolicy(env.GRANTGATE_DB, server, name, Date.now());
  if (written === null) return noPolicy(server, name);
  return json(earlier === null ? 201 : 200, withDocument(written, written.text));
}

export async function removePolicy(
  _request: Request,
  env: Env,
  [server = "", name = ""]: readonly string[],
): Promise<Response> {
  const now = Date.now();
  if (await deletePolicy(env.GRANTGATE_DB, server, name, now)) return new Response(null, { status: 204 });
  const policy = await findPolicy(env.GRANTGATE_DB, server, name, now);
  if (policy === null) return noPolicy(server, name);
  return problem(409, `${server}/${name} is in use: active grants ${policy.grants}. Revoke them first.`);
}

function noPolicy(server: string, name: string): Response {
  return problem(404, `There is no policy ${JSON.stringify(name)} for the server ${JSON.stringify(server)}.`);
}

function shown({ server, name, version, createdAt, updatedAt, grants }: PolicyRow) {
  return { server, name, version, createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt), grants };
}

/** The document is read again from its text, so that its numbers are shown digit for digit. */
function withDocument(policy: PolicyRow, text: string) {
  const parsed = parseJson(text);
  return { ...shown(policy), document: parsed.ok ? parsed.value : null };
}
