/** Tools' schemas for rules that hang on them: kept from the lists that pass, fetched where none has passed yet. */
import type { Env } from "../env.ts";
import type { GrantRecord } from "../grant/record.ts";
import { parseJson } from "../json/parse.ts";
import type { Json, JsonObject } from "../json/value.ts";
import type { Era } from "../mcp/era.ts";
import { definitionsIn } from "../tools/definitions.ts";
import type { Definition, ToolShelf } from "../tools/shelf.ts";
import { listTools } from "../upstream/lister.ts";
import type { Target } from "../upstream/target.ts";
import type { Way } from "./gate.ts";
import { Kept } from "./kept.ts";

/** How long this isolate takes a definition for already kept, in ms. */
const FRESH_MS = 60_000;

const shelved = new Kept<string, { readonly inputSchema: string; readonly at: number }>(20_000);

/** Keeps what a list says. Runs behind the answer. */
export async function shelve(env: Env, grant: GrantRecord, list: JsonObject): Promise<void> {
  const now = Date.now();
  const key = ({ name }: Definition) => `${grant.serverVersion} ${name}`;
  const news = definitionsIn(list).filter((definition) => {
    const known = shelved.get(key(definition));
    return known === undefined || known.inputSchema !== definition.inputSchema || now - known.at > FRESH_MS;
  });
  if (news.length === 0) return;
  await shelfOf(env, grant).put(grant.serverVersion, news);
  for (const definition of news) shelved.set(key(definition), { inputSchema: definition.inputSchema, at: now });
}

/** How long a server that was listed from here is not listed again, in ms: a client may ask for any name. */
const RELIST_MS = 30_000;
/** How often another request's listing is looked in on, in ms. */
const LOOK_MS = 200;

/** When this isolate last began to list each server version, and whether it still does. */
const listings = new Kept<string, { readonly since: number; underway: boolean }>(1_000);

/** The tool's input schema as the server last listed it; undefined when the server does not list the tool. */
export async function schemaOf(
  { env, settings }: Way,
  grant: GrantRecord,
  target: Target,
  era: Era,
  tool: string,
): Promise<Json | undefined> {
  const shelf = shelfOf(env, grant);
  const kept = await shelf.schemaOf(grant.serverVersion, tool);
  if (kept !== null) return read(kept);
  const last = listings.get(grant.serverVersion);
  if (last === undefined || Date.now() - last.since > RELIST_MS) {
    const bounds = { maxBytes: settings.maxAnswerBytes, timeoutSeconds: settings.timeoutSeconds };
    await list(shelf, grant.serverVersion, listTools(target, era, bounds));
  } else {
    while (last.underway && Date.now() - last.since < RELIST_MS) await scheduler.wait(LOOK_MS);
  }
  const listed = await shelf.schemaOf(grant.serverVersion, tool);
  return listed === null ? undefined : read(listed);
}

async function list(
  shelf: DurableObjectStub<ToolShelf>,
  serverVersion: string,
  pages: AsyncIterable<JsonObject>,
): Promise<void> {
  const listing = listings.set(serverVersion, { since: Date.now(), underway: true });
  try {
    for await (const page of pages) await shelf.put(serverVersion, definitionsIn(page));
  } finally {
    listing.underway = false;
  }
}

function shelfOf(env: Env, grant: GrantRecord): DurableObjectStub<ToolShelf> {
  return env.TOOL_SHELF.getByName(grant.server);
}

function read(text: string): Json | undefined {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : undefined;
}
