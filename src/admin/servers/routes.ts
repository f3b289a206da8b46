/** `/servers`: what upstreams there are and how the gateway proves itself to them. */
import * as z from "zod/mini";
import { serverKey } from "../../grant/contents.ts";
import { serverLedgerOf } from "../../ledger/find.ts";
import { keeperOfServer } from "../../upstream/oauth/name.ts";
import { forgetToken } from "../../upstream/oauth/source.ts";
import { attempt, commit } from "../commit.ts";
import { described } from "../described.ts";
import { isoTime, json } from "../json.ts";
import { problem } from "../problem.ts";
import { unmet } from "../request/conditions.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { route } from "../route.ts";
import { shownCounters, UsageShape } from "../usage.ts";
import { put } from "./put.ts";
import { facts, noServer, Server, shown, tagged } from "./shown.ts";
import { deleteServer, findServer, listServers, serverAt, unused, usesOf, versionsOf } from "./table.ts";

const list = route({
  method: "GET",
  path: "/servers",
  role: "viewer",
  ...described({
    summary: "Servers, by slug",
    gives: { status: 200, schema: pageShape(Server) },
  }),
  query: z.strictObject(PAGE),
  async handle({ env, query }) {
    const after = keyOf(query, ["string"]);
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
  ...described({
    summary: "A server",
    gives: { status: 200, schema: Server, tagged: true },
  }),
  async handle({ env, params }) {
    const server = await findServer(env.GRANTGATE_DB, params.server);
    return server === null ? noServer(params.server) : tagged(200, server);
  },
});

const remove = route({
  method: "DELETE",
  path: "/servers/{server}",
  role: "admin",
  ...described({
    summary: "Delete a server that nothing uses",
    gives: { status: 204 },
  }),
  conditional: "match",
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
      return new Response(null, { status: 204 });
    });
  },
});

const usage = route({
  method: "GET",
  path: "/servers/{server}/usage",
  role: "viewer",
  ...described({
    summary: "Counters that all grants of the server share",
    gives: { status: 200, schema: UsageShape },
  }),
  async handle({ env, params }) {
    const slug = params.server;
    if ((await findServer(env.GRANTGATE_DB, slug)) === null) return noServer(slug);
    const { at, counters } = await serverLedgerOf(env, slug).usage();
    return json(200, { at: isoTime(at), counters: shownCounters(counters) });
  },
});

export const serverRoutes = [list, get, put, remove, usage];
