/** `/servers/{server}/tools`: what is pinned of a server's tools, what has drifted, and an operator's word on it. */
import * as z from "zod/mini";
import type { Env } from "../../env.ts";
import { parseJson } from "../../json/parse.ts";
import type { Json } from "../../json/value.ts";
import type { Inventory, InventoryRow } from "../../tools/pins/protocol.ts";
import type { ToolShelf } from "../../tools/pins/shelf.ts";
import { stateOf } from "../../tools/pins/sighting.ts";
import { attempt, commit } from "../commit.ts";
import { component, described, noted } from "../described.ts";
import { noGrant } from "../grants/change.ts";
import { findGrant } from "../grants/table.ts";
import { isoTime, json } from "../json.ts";
import { problem } from "../problem.ts";
import { badCursor, cursorOf, keyOf, limitOf, PAGE, pageShape } from "../request/page.ts";
import { type Arrived, document, route } from "../route.ts";
import { Message } from "../shapes.ts";
import { noServer } from "./shown.ts";
import { findServer, type ServerRow, serverAt } from "./table.ts";

const MOST_BYTES = 1_048_576;
const MOST_ACCEPTED = 5_000;
const MOST_NAMED = 20;

const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex, or null"));
const Time = z.nullable(z.string());

const Tool = z.object({
  name: z.string(),
  state: z.enum(["pinned", "changed", "new", "gone"]),
  hash: z.nullable(Digest),
  seenHash: z.nullable(Digest),
  pinnedAt: Time,
  seenAt: z.string(),
  pinned: z.unknown(),
  seen: z.unknown(),
});
component("Tool", Tool, {
  hash: "SHA-256 of the definition that is pinned; null for a tool that came later.",
  seenHash: "Of the definition that was listed last, where the tool drifted.",
  seenAt: "Since when it is listed as it was last.",
  pinned: "The definition that is pinned; null unless the tool drifted or it was asked for.",
});

const Tools = z.extend(pageShape(Tool), {
  server: z.string(),
  drift: z.string(),
  complete: z.boolean(),
  listedAt: Time,
  tools: z.int(),
  drifted: z.int(),
});
component("Tools", Tools, { complete: "Whether the list has been seen whole." });

const FLAG = z.optional(z.literal("true"));
const OWNER = { grant: z.optional(z.string()) };
noted(OWNER, { grant: "A grant with a credential of its own: its inventory." });

const list = route({
  method: "GET",
  path: "/servers/{server}/tools",
  role: "viewer",
  ...described({
    summary: "What is pinned of a server's tools, and what has drifted",
    fields: {
      state: "Only tools that are not as pinned.",
      definitions: "With the definitions of all, not only of tools that drifted.",
    },
    gives: { status: 200, schema: Tools },
  }),
  query: z.strictObject({
    ...PAGE,
    ...OWNER,
    state: z.optional(z.literal("drifted")),
    definitions: FLAG,
  }),
  async handle(asked) {
    const { env, params, query } = asked;
    const after = keyOf(query, ["string"]);
    if (after === undefined) return badCursor();
    const server = await findServer(env.GRANTGATE_DB, params.server);
    if (server === null) return noServer(params.server);
    const shelf = await shelfOf(asked, server, query.grant);
    if (shelf instanceof Response) return shelf;
    const inventory = await shelf.inventory(server.file.url, {
      after: after?.[0] ?? "",
      limit: limitOf(query),
      drifted: query.state !== undefined,
      definitions: query.definitions !== undefined,
    });
    return json(200, shown(server, inventory));
  },
});

const accept = route({
  method: "POST",
  path: "/servers/{server}/tools/accept",
  role: "policy_manager",
  ...described({
    summary: "Accept definitions that were looked at: all of them, or none",
    fields: { tools: "By name and hash; a null hash lets go of a tool that is gone." },
    gives: { status: 200, schema: z.object({ accepted: z.int() }) },
  }),
  takes: document(
    z.strictObject({
      ...OWNER,
      message: z.optional(Message),
      tools: z
        .array(z.strictObject({ name: z.string(), hash: z.nullable(Digest) }))
        .check(z.minLength(1), z.maxLength(MOST_ACCEPTED)),
    }),
    MOST_BYTES,
  ),
  async handle(asked) {
    const { env, params, body } = asked;
    const slug = params.server;
    return attempt(async () => {
      const server = await findServer(env.GRANTGATE_DB, slug);
      if (server === null) return noServer(slug);
      const shelf = await shelfOf(asked, server, body.grant);
      if (shelf instanceof Response) return shelf;
      const { url } = server.file;
      const moved = await shelf.acceptable(url, body.tools);
      if (moved.length > 0) return notAsSeen(moved);
      // Nothing is accepted without a record of who did.
      const outcome = await commit(asked, [serverAt(slug, server.revision)], [], {
        action: "tools.accept",
        target: `server:${slug}`,
        message: body.message,
        before: null,
        after: { ...(body.grant !== undefined && { grant: body.grant }), tools: body.tools },
      });
      if (outcome === "moved") return outcome;
      const left = await shelf.accept(url, body.tools);
      return left.length > 0 ? notAsSeen(left) : json(200, { accepted: body.tools.length });
    });
  },
});

/** The shelf of the server, or of one of its grants. */
async function shelfOf(
  { env, now }: Arrived,
  { slug }: ServerRow,
  grantId: string | undefined,
): Promise<DurableObjectStub<ToolShelf> | Response> {
  if (grantId === undefined) return named(env, slug);
  const grant = await findGrant(env.GRANTGATE_DB, grantId, now);
  if (grant === null || grant.server !== slug) return noGrant(grantId);
  if (grant.credential !== null) return named(env, `grant:${grantId}`);
  return problem(409, `Grant ${grantId} has no credential of its own; its tools are those of server ${slug}.`);
}

function named(env: Env, name: string): DurableObjectStub<ToolShelf> {
  return env.TOOL_SHELF.getByName(name);
}

function shown({ slug, file }: ServerRow, { completeAt, listedAt, tools, drifted, rows, more }: Inventory) {
  const last = rows.at(-1);
  return {
    ...{ server: slug, drift: file.drift, complete: completeAt !== null, listedAt: isoTime(listedAt), tools, drifted },
    items: rows.map(shownTool),
    next: more && last !== undefined ? cursorOf([last.name]) : null,
  };
}

function shownTool(row: InventoryRow) {
  const { name, pinned, pinnedAt, listed, listedAt, driftedAt, pinnedText, listedText } = row;
  return {
    ...{ name, state: stateOf(row), hash: pinned, seenHash: driftedAt === null ? null : listed },
    ...{ pinnedAt: isoTime(pinnedAt), seenAt: isoTime(listedAt) },
    ...{ pinned: parsed(pinnedText), seen: driftedAt === null ? null : parsed(listedText) },
  };
}

function parsed(text: string | null): Json {
  const read = text === null ? null : parseJson(text);
  return read?.ok ? read.value : null;
}

function notAsSeen(names: readonly string[]): Response {
  const told = names.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
  return problem(
    409,
    `No longer listed as it was looked at, and nothing was accepted: ${told.join(", ")}${names.length > MOST_NAMED ? ", …" : ""}. Look again.`,
  );
}

export const toolRoutes = [list, accept];
