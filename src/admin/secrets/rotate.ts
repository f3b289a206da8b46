/**
 * `/secrets/rotate`: seals everything that is kept sealed anew, under the ROOT_KEY of now. Afterwards the one before is
 * needed for nothing but sessions that are still open.
 *
 * It goes server by server and grant by grant, each with a transaction of its own: what was cut short is gone on with by
 * repeating it, since what is sealed under the present key is left alone.
 */
import * as z from "zod/mini";
import { credentialKey, loadSealedCredential, loadSealedServer, serverKey } from "../../grant/contents.ts";
import { resealCredential } from "../../upstream/grant-credential.ts";
import type { RootKey } from "../../upstream/root-key.ts";
import { presentKeyId, sealedBy } from "../../upstream/seal.ts";
import type { Sealed } from "../../upstream/sealed.ts";
import { resealServer, sealServer } from "../../upstream/server.ts";
import { bringIntoForce, notYetInForce } from "../care/force.ts";
import { commit } from "../commit.ts";
import { described } from "../described.ts";
import { changeGrant } from "../grants/change.ts";
import { json } from "../json.ts";
import { problem } from "../problem.ts";
import { type Asked, route } from "../route.ts";
import { listServers, outstandingOfServer, type ServerRow, serverAt, writeServer } from "../servers/table.ts";
import { readRootKey } from "./root-key.ts";

const rotate = route({
  method: "POST",
  path: "/secrets/rotate",
  role: "admin",
  ...described({
    summary: "Seal all credentials anew, under the ROOT_KEY of now",
    description: "Set ROOT_KEY_PREVIOUS to the key before first, or nothing can be opened.",
    gives: { status: 200, schema: z.object({ servers: z.int(), credentials: z.int() }) },
  }),
  async handle(asked) {
    const root = readRootKey(asked.env);
    if (!root.ok) return root.refused;
    const servers = await rotateServers(asked, root.value);
    if (servers instanceof Response) return servers;
    const credentials = await rotateCredentials(asked, root.value);
    if (credentials instanceof Response) return credentials;
    const closed = [...servers.closed, ...credentials.closed];
    return closed.length > 0 ? unopened(closed) : json(200, { servers: servers.count, credentials: credentials.count });
  },
});

export const secretRoutes = [rotate];

const NO_CONDITIONS = { ifMatch: null, ifNoneMatch: null };
const MOST_SERVERS = 10_000;

/** How many were sealed anew, and what no key opens, which does not keep the others. */
type Rotation = { readonly count: number; readonly closed: readonly string[] };

/** A response says why it could not be gone on with. */
async function rotateServers(asked: Asked, root: RootKey): Promise<Rotation | Response> {
  const { env } = asked;
  const closed: string[] = [];
  let count = 0;
  for (const server of await listServers(env.GRANTGATE_DB, "", MOST_SERVERS)) {
    const before = await loadSealedServer(env, server.version);
    const { slug, file, secrets } = server;
    // Without secrets all of it stands in the registry too, so it can be sealed whether or not a key opens it.
    const fresh =
      (await resealed(before, root, (sealed) => resealServer(root, slug, sealed))) ??
      (secrets.length > 0 ? null : await sealServer(root, { ...file, slug, secrets: {} }));
    if (fresh === "present") continue;
    if (fresh === null) {
      closed.push(`server ${slug}`);
      continue;
    }
    await env.GRANTGATE_KV.put(serverKey(fresh.version), fresh.sealed);
    const outcome = await writeResealed(asked, server, fresh);
    if (outcome === "moved") {
      await env.GRANTGATE_KV.delete(serverKey(fresh.version));
      return meanwhile();
    }
    if (outcome !== "done") return outcome;
    count += 1;
  }
  return { count, closed };
}

async function writeResealed(
  asked: Asked,
  server: ServerRow,
  { version, sealed }: Sealed,
): Promise<"done" | "moved" | Response> {
  const { env, now } = asked;
  const { slug, file, secrets, revision } = server;
  const statements = writeServer(env.GRANTGATE_DB, { slug, file, secrets, version, sealed }, now);
  const outcome = await commit(asked, [serverAt(slug, revision)], statements, {
    action: "secrets.rotate",
    target: `server:${slug}`,
    before: { version: server.version },
    after: { version },
  });
  if (outcome === "moved") return outcome;
  return notYetInForce(await bringIntoForce(env, await outstandingOfServer(env.GRANTGATE_DB, slug))) ?? "done";
}

const Held = z.object({ id: z.string(), version: z.string() });

async function rotateCredentials(asked: Asked, root: RootKey): Promise<Rotation | Response> {
  const { env, now } = asked;
  const { results } = await env.GRANTGATE_DB.prepare(
    // A grant whose server is gone can only be revoked, and must not stand in the way of the others.
    `SELECT id, credential_version AS version FROM grants WHERE credential_version IS NOT NULL AND status <> 'revoked'
       AND EXISTS (SELECT 1 FROM servers WHERE slug = grants.server)`,
  ).all();
  const closed: string[] = [];
  let count = 0;
  for (const { id, version } of results.map((row) => z.parse(Held, row))) {
    const before = await loadSealedCredential(env, version);
    const fresh = await resealed(before, root, (sealed) => resealCredential(root, id, sealed));
    if (fresh === "present") continue;
    if (fresh === null) {
      closed.push(`grant ${id}`);
      continue;
    }
    const answer = await changeGrant({ ...asked, conditions: NO_CONDITIONS }, id, {
      action: "secrets.rotate",
      // Another credential was given meanwhile, and that is under the present key.
      async edited(grant) {
        if (grant.credentialVersion !== version) return grant;
        await env.GRANTGATE_KV.put(credentialKey(fresh.version), fresh.sealed);
        return { ...grant, credentialVersion: fresh.version };
      },
      statements: () => [
        env.GRANTGATE_DB.prepare(
          "INSERT INTO credential_versions (version, grant_id, sealed, created_at) VALUES (?1, ?2, ?3, ?4)",
        ).bind(fresh.version, id, fresh.sealed, now),
      ],
      undone: () => env.GRANTGATE_KV.delete(credentialKey(fresh.version)),
    });
    if (!answer.ok) return answer;
    count += 1;
  }
  return { count, closed };
}

/** `present`: it is sealed under the present key. Null: no key opens it. */
async function resealed(
  sealed: string | null,
  root: RootKey,
  reseal: (sealed: string) => Promise<Sealed | null>,
): Promise<Sealed | "present" | null> {
  if (sealed === null) return null;
  return sealedBy(sealed) === (await presentKeyId(root)) ? "present" : reseal(sealed);
}

function unopened(closed: readonly string[]): Response {
  return problem(
    409,
    `Neither ROOT_KEY nor ROOT_KEY_PREVIOUS opens the credential of ${closed.join(", ")}; set ROOT_KEY_PREVIOUS to the key before, or give the secrets again.`,
  );
}

function meanwhile(): Response {
  return problem(503, "A server was changed meanwhile; repeat this request.", { headers: { "retry-after": "1" } });
}
