/**
 * `/servers`: what upstreams there are and how the gateway proves itself to them.
 *
 * Secrets go in and never come out: what is answered names them and no more.
 */
import * as z from "zod";
import type { Env } from "../env.ts";
import { loadSealedServer, serverKey } from "../grant/contents.ts";
import { canonicalJson } from "../json/canonical.ts";
import type { Fault } from "../json/checked.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import { type ServerRecord, sealServer, unsealServer } from "../upstream/server.ts";
import { SecretValue, ServerFile, SLUG, secretNames } from "../upstream/server-file.ts";
import { type Body, readDocument } from "./body.ts";
import { bringIntoForce, notYetInForce } from "./force.ts";
import { isoTime, json } from "./json.ts";
import { invalid, problem } from "./problem.ts";
import {
  deleteServer,
  findServer,
  listServers,
  outstandingOfServer,
  type ServerRow,
  writeServer,
} from "./server-table.ts";

const MOST_BYTES = 262_144;

const Wish = ServerFile.extend({ secrets: z.record(z.string(), SecretValue).default({}) });

export async function getServers(_request: Request, env: Env): Promise<Response> {
  return json(200, { items: (await listServers(env.GRANTGATE_DB)).map(shown) });
}

export async function getServer(_request: Request, env: Env, [slug = ""]: readonly string[]): Promise<Response> {
  const server = await findServer(env.GRANTGATE_DB, slug);
  return server === null ? noServer(slug) : json(200, shown(server));
}

export async function putServer(request: Request, env: Env, [slug = ""]: readonly string[]): Promise<Response> {
  if (!SLUG.test(slug)) {
    return problem(422, "A server's slug has 1 to 63 characters of a-z, 0-9 and -, and does not begin with -.");
  }
  const wish = await readDocument(request, Wish, MOST_BYTES);
  if (!wish.ok) return wish.refused;
  const { secrets: given, $schema: _, drift: __, ...file } = wish.value;
  const root = readRootKey(env);
  if (!root.ok) return root.refused;
  const earlier = await findServer(env.GRANTGATE_DB, slug);
  const stored = earlier === null ? null : await openStored(env, root.value, earlier);
  const secrets = gather(secretNames(file), given, stored?.secrets ?? {});
  if (!secrets.ok) return invalid(secrets.faults);
  const record: ServerRecord = { ...file, slug, secrets: secrets.value };
  if (stored === null || textOf(record) !== textOf(stored)) {
    const { version, sealed } = await sealServer(root.value, record);
    await env.GRANTGATE_KV.put(serverKey(version), sealed);
    const names = Object.keys(record.secrets);
    await writeServer(env.GRANTGATE_DB, { slug, file, secrets: names, version, sealed, now: Date.now() });
  }
  const behind = await outstandingOfServer(env.GRANTGATE_DB, slug, Date.now());
  const unreached = notYetInForce(await bringIntoForce(env, behind));
  if (unreached !== null) return unreached;
  const written = await findServer(env.GRANTGATE_DB, slug);
  return written === null ? noServer(slug) : json(earlier === null ? 201 : 200, shown(written));
}

export async function removeServer(_request: Request, env: Env, [slug = ""]: readonly string[]): Promise<Response> {
  if ((await findServer(env.GRANTGATE_DB, slug)) === null) return noServer(slug);
  const deletion = await deleteServer(env.GRANTGATE_DB, slug, Date.now());
  if (deletion.kind === "in use") {
    const { grants, policies } = deletion;
    return problem(
      409,
      `${slug} is in use: active grants ${grants}, policies ${policies}. Revoke and delete them first.`,
    );
  }
  for (const version of deletion.versions) await env.GRANTGATE_KV.delete(serverKey(version));
  return new Response(null, { status: 204 });
}

export function noServer(slug: string): Response {
  return problem(404, `There is no server ${JSON.stringify(slug)}.`);
}

function readRootKey(env: Env): Body<string> {
  try {
    return { ok: true, value: rootKeyOf(env) };
  } catch (error) {
    return {
      ok: false,
      refused: problem(503, error instanceof Error ? `${error.message}.` : "ROOT_KEY can't be read."),
    };
  }
}

function shown({ slug, file, secrets, version, createdAt, updatedAt }: ServerRow) {
  return {
    slug,
    name: file.name,
    ...(file.description !== undefined && { description: file.description }),
    url: file.url,
    credential: file.credential ?? null,
    era: file.era,
    surface: file.surface,
    secrets,
    version,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}

/** The record as it is kept; null when this ROOT_KEY does not open it, and then its secrets have to be given again. */
async function openStored(env: Env, rootKey: string, { slug, version }: ServerRow): Promise<ServerRecord | null> {
  const sealed = await loadSealedServer(env, version);
  return sealed === null ? null : unsealServer(rootKey, slug, sealed);
}

type Secrets = Readonly<Record<string, string>>;
type Gathered =
  | { readonly ok: true; readonly value: Record<string, string> }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** The value of every secret that is named: as given now, or as stored earlier. What nothing names is not kept. */
function gather(names: readonly string[], given: Secrets, stored: Secrets): Gathered {
  const missing = names.filter((name) => !Object.hasOwn(given, name) && !Object.hasOwn(stored, name));
  const unused = Object.keys(given).filter((name) => !names.includes(name));
  const faults = [
    ...missing.map((name) => fault(name, `the secret ${name} is named, but was never given`)),
    ...unused.map((name) => fault(name, `no header names the secret ${name}`)),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const all = { ...stored, ...given };
  return { ok: true, value: Object.fromEntries(names.map((name) => [name, all[name] ?? ""])) };
}

function fault(name: string, message: string): Fault {
  return { pointer: `/secrets/${name}`, message };
}

/** One text for one content, whatever order its keys came in. */
function textOf(record: ServerRecord): string {
  return canonicalJson(JSON.parse(JSON.stringify(record)));
}
