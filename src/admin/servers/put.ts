/**
 * Making a server, and changing it. Secrets go in and never come out; those that were given earlier stay, as long as
 * they go to the address that they were given for.
 */
import * as z from "zod/mini";
import { loadSealedServer, serverKey } from "../../grant/contents.ts";
import { canonicalJson } from "../../json/canonical.ts";
import { type ServerRecord, sealServer, unsealServer } from "../../upstream/server.ts";
import { SecretValue, ServerFile, SLUG, secretNames } from "../../upstream/server-file.ts";
import { bringIntoForce, notYetInForce } from "../care/force.ts";
import { attempt, commit } from "../commit.ts";
import { described } from "../described.ts";
import { invalid, problem } from "../problem.ts";
import { unmet } from "../request/conditions.ts";
import { type Arrived, document, route } from "../route.ts";
import { destinationFaults } from "../secrets/destinations.ts";
import { exposedSecrets } from "../secrets/exposed.ts";
import { gatherSecrets, sameDestinations } from "../secrets/gather.ts";
import { readRootKey } from "../secrets/root-key.ts";
import { facts, noServer, Server, tagged } from "./shown.ts";
import {
  findServer,
  outstandingOfServer,
  ownCredentials,
  type ServerRow,
  serverAt,
  unowned,
  writeServer,
} from "./table.ts";

const MOST_BYTES = 262_144;

const Wish = z.extend(ServerFile, { secrets: z._default(z.record(z.string(), SecretValue), {}) });

export const put = route({
  method: "PUT",
  path: "/servers/{server}",
  role: "admin",
  ...described({
    summary: "Make a server as server.json says, or change it",
    description:
      "Secrets that are named and not given keep the value that was given earlier, as long as they go to the same address.",
    gives: { status: 200, schema: Server, tagged: true },
  }),
  conditional: "match or none",
  takes: document(Wish, MOST_BYTES),
  async handle(asked) {
    const { env, params, body, conditions } = asked;
    const slug = params.server;
    if (!SLUG.test(slug)) {
      return problem(422, "A server's slug has 1 to 63 characters of a-z, 0-9 and -, and does not begin with -.");
    }
    const { secrets: given, $schema: _, ...file } = body;
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
