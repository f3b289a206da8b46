/**
 * `/servers`: what upstreams there are and how the gateway proves itself to them.
 *
 * Secrets go in and never come out: what is answered names them and no more.
 */
import * as z from "zod/mini";
import { loadSealedServer, serverKey } from "../../grant/contents.ts";
import { canonicalJson } from "../../json/canonical.ts";
import { serverLedgerOf } from "../../ledger/find.ts";
import { keeperOfServer } from "../../upstream/oauth/name.ts";
import { forgetToken } from "../../upstream/oauth/source.ts";
import { type ServerRecord, sealServer, unsealServer } from "../../upstream/server.ts";
import { SecretValue, ServerFile, SLUG, secretNames } from "../../upstream/server-file.ts";
import { bringIntoForce, notYetInForce } from "../care/force.ts";
import { attempt, commit } from "../commit.ts";
import { isoTime, json } from "../json.ts";
import { invalid, problem } from "../problem.ts";
import { etagOf, unmet } from "../request/conditions.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { type Arrived, document, route } from "../route.ts";
import { destinationFaults } from "../secrets/destinations.ts";
import { exposedSecrets } from "../secrets/exposed.ts";
import { gatherSecrets, sameDestinations } from "../secrets/gather.ts";
import { readRootKey } from "../secrets/root-key.ts";
import { shownCounters, UsageShape } from "../usage.ts";
import {
  deleteServer,
  findServer,
  listServers,
  outstandingOfServer,
  ownCredentials,
  type ServerRow,
  serverAt,
  unowned,
  unused,
  usesOf,
  versionsOf,
  writeServer,
} from "./table.ts";

const MOST_BYTES = 262_144;

const Wish = z.extend(ServerFile, { secrets: z._default(z.record(z.string(), SecretValue), {}) });

const Server = z
  .object({
    slug: z.string(),
    name: z.string(),
    description: z.optional(z.string()),
    url: z.string(),
    credential: z.unknown().check(z.describe("As in server.json: secrets are named, never written.")),
    era: z.string(),
    surface: z.array(z.string()),
    secrets: z.array(z.string()).check(z.describe("Names of the secrets that the gateway keeps.")),
    version: z.string().check(z.describe("Of the sealed record: another one means other contents, secrets included.")),
    revision: z.int(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .register(z.globalRegistry, { id: "Server" });

const list = route({
  method: "GET",
  path: "/servers",
  role: "viewer",
  summary: "Servers, by slug",
  query: z.strictObject(PAGE),
  gives: { status: 200, schema: pageShape(Server) },
  async handle({ env, query }) {
    const after = keyOf(query, z.tuple([z.string()]));
    if (after === undefined) return badCursor();
    const limit = limitOf(query);
    const rows = await listServers(env.GRANTGATE_DB, after?.[0] ?? "", limit + 1);
    return json(
      200,
      pageOf(rows, limit, shown, ({ slug }) => [slug]),
    );
  },
});

const get = route({
  method: "GET",
  path: "/servers/{server}",
  role: "viewer",
  summary: "A server",
  gives: { status: 200, schema: Server, tagged: true },
  async handle({ env, params }) {
    const server = await findServer(env.GRANTGATE_DB, params.server);
    return server === null ? noServer(params.server) : tagged(200, server);
  },
});

const put = route({
  method: "PUT",
  path: "/servers/{server}",
  role: "admin",
  summary: "Make a server as server.json says, or change it",
  description:
    "Secrets that are named and not given keep the value that was given earlier, as long as they go to the same address.",
  conditional: "match or none",
  takes: document(Wish, MOST_BYTES),
  gives: { status: 200, schema: Server, tagged: true },
  async handle(asked) {
    const { env, params, body, conditions } = asked;
    const slug = params.server;
    if (!SLUG.test(slug)) {
      return problem(422, "A server's slug has 1 to 63 characters of a-z, 0-9 and -, and does not begin with -.");
    }
    const { secrets: given, $schema: _, drift: __, ...file } = body;
    const root = readRootKey(env);
    if (!root.ok) return root.refused;
    const misled = [...destinationFaults(asked, file, "/credential"), ...exposedSecrets(file, "/credential")];
    if (misled.length > 0) return invalid(misled);
    let made = false;
    const refused = await attempt(async () => {
      const earlier = await findServer(env.GRANTGATE_DB, slug);
      const no = unmet(conditions, earlier?.revision ?? null);
      if (no !== null) return no;
      made = earlier === null;
      const stored = earlier === null ? null : await openStored(asked, root.value, earlier);
      const stays = stored !== null && sameDestinations(stored, file);
      const stands = earlier !== null && sameDestinations(earlier.file, { ...earlier.file, url: file.url });
      if (!stands) {
        const holders = await ownCredentials(env.GRANTGATE_DB, slug);
        if (holders > 0) return ownedElsewhere(slug, holders, earlier === null);
      }
      const secrets = gatherSecrets(secretNames(file), given, stays ? stored.secrets : null);
      if (!secrets.ok) return invalid(secrets.faults);
      const record: ServerRecord = { ...file, slug, secrets: secrets.value };
      if (stored !== null && textOf(record) === textOf(stored)) return done();
      const { version, sealed } = await sealServer(root.value, record);
      await env.GRANTGATE_KV.put(serverKey(version), sealed);
      const names = Object.keys(record.secrets);
      const statements = writeServer(env.GRANTGATE_DB, { slug, file, secrets: names, version, sealed }, asked.now);
      const rests = [serverAt(slug, earlier?.revision ?? null), ...(stands ? [] : [unowned(slug)])];
      const outcome = await commit(asked, rests, statements, {
        action: "server.put",
        target: `server:${slug}`,
        before: earlier && facts(earlier),
        after: facts({ file, secrets: names, version }),
      });
      if (outcome === "done") return done();
      await env.GRANTGATE_KV.delete(serverKey(version));
      return outcome;
    });
    if (!refused.ok) return refused;
    const behind = await outstandingOfServer(env.GRANTGATE_DB, slug);
    const unreached = notYetInForce(await bringIntoForce(env, behind));
    if (unreached !== null) return unreached;
    const written = await findServer(env.GRANTGATE_DB, slug);
    return written === null ? noServer(slug) : tagged(made ? 201 : 200, written);
  },
});

const remove = route({
  method: "DELETE",
  path: "/servers/{server}",
  role: "admin",
  summary: "Delete a server that nothing uses",
  conditional: "match",
  gives: { status: 204 },
  async handle(asked) {
    const { env, params, conditions, now } = asked;
    const slug = params.server;
    return attempt(async () => {
      const earlier = await findServer(env.GRANTGATE_DB, slug);
      const no = unmet(conditions, earlier?.revision ?? null);
      if (no !== null) return no;
      if (earlier === null) return noServer(slug);
      const { grants, policies } = await usesOf(env.GRANTGATE_DB, slug, now);
      if (grants + policies > 0) {
        return problem(
          409,
          `${slug} is in use: active grants ${grants}, policies ${policies}. Revoke and delete them first.`,
        );
      }
      const versions = await versionsOf(env.GRANTGATE_DB, slug);
      const rests = [serverAt(slug, earlier.revision), unused(slug, now)];
      const outcome = await commit(asked, rests, deleteServer(env.GRANTGATE_DB, slug), {
        action: "server.delete",
        target: `server:${slug}`,
        before: facts(earlier),
        after: null,
      });
      if (outcome === "moved") return outcome;
      for (const version of versions) await env.GRANTGATE_KV.delete(serverKey(version));
      await forgetToken(env, keeperOfServer(slug));
      return done();
    });
  },
});

const usage = route({
  method: "GET",
  path: "/servers/{server}/usage",
  role: "viewer",
  summary: "Counters that all grants of the server share",
  gives: { status: 200, schema: UsageShape },
  async handle({ env, params }) {
    const slug = params.server;
    if ((await findServer(env.GRANTGATE_DB, slug)) === null) return noServer(slug);
    const { at, counters } = await serverLedgerOf(env, slug).usage();
    return json(200, { at: isoTime(at), counters: shownCounters(counters) });
  },
});

export const serverRoutes = [list, get, put, remove, usage];

export function noServer(slug: string): Response {
  return problem(404, `There is no server ${JSON.stringify(slug)}.`);
}

/** Their secrets were given for the address that the server has now, or had when it was deleted. */
function ownedElsewhere(slug: string, holders: number, wasDeleted: boolean): Response {
  if (wasDeleted) {
    return problem(
      409,
      `There was a server ${slug}, and ${holders} of its grants still have a credential of their own, given for that one; revoke them first.`,
    );
  }
  return problem(
    409,
    `${slug} can't move to another address while ${holders} of its grants have a credential of their own; clear those first.`,
  );
}

function done(): Response {
  return new Response(null, { status: 204 });
}

function tagged(status: 200 | 201, server: ServerRow): Response {
  return json(status, shown(server), { etag: etagOf(server.revision) });
}

function shown({ slug, revision, createdAt, updatedAt, ...server }: ServerRow) {
  return { slug, ...facts(server), revision, createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt) };
}

/** What there is to say of a server, without what tells when it was said. */
function facts({ file, secrets, version }: Pick<ServerRow, "file" | "secrets" | "version">) {
  return {
    name: file.name,
    ...(file.description !== undefined && { description: file.description }),
    url: file.url,
    credential: file.credential ?? null,
    era: file.era,
    surface: file.surface,
    secrets,
    version,
  };
}

/** The record as it is kept; null when ROOT_KEY does not open it, and then its secrets have to be given again. */
async function openStored(
  { env }: Pick<Arrived, "env">,
  rootKey: Parameters<typeof unsealServer>[0],
  { slug, version }: ServerRow,
): Promise<ServerRecord | null> {
  const sealed = await loadSealedServer(env, version);
  return sealed === null ? null : unsealServer(rootKey, slug, sealed);
}

/** One text for one content, whatever order its keys came in. */
function textOf(record: ServerRecord): string {
  return canonicalJson(JSON.parse(JSON.stringify(record)));
}
