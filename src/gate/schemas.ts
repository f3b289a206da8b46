/** Tools' schemas for rules that hang on them: kept from the lists that pass, fetched where none has passed yet. */
import type { Env } from "../env.ts";
import { Kept } from "../grant/kept.ts";
import type { GrantRecord } from "../grant/record.ts";
import { parseJson } from "../json/parse.ts";
import type { Json, JsonObject } from "../json/value.ts";
import { ledgerOf } from "../ledger/find.ts";
import type { Era } from "../mcp/era.ts";
import { definitionsIn } from "../tools/definitions.ts";
import type { Definition, ToolShelf } from "../tools/shelf.ts";
import { within } from "../upstream/body.ts";
import { listTools } from "../upstream/lister.ts";
import { leadsHome, type Target } from "../upstream/target.ts";
import type { Way } from "./way.ts";

/** How long this isolate takes a definition for already kept, in ms. */
const FRESH_MS = 60_000;

/** A schema longer than this is not remembered but sent to the shelf each time: a server must not fill an isolate. */
const LONGEST_REMEMBERED = 4_096;

const shelved = new Kept<string, { readonly inputSchema: string; readonly at: number }>(5_000);

/** Keeps what a list says. Runs behind the answer. */
export async function shelve(env: Env, grant: GrantRecord, list: JsonObject): Promise<void> {
  const now = Date.now();
  const { version } = listingOf(grant);
  const key = ({ name }: Definition) => `${version} ${name}`;
  const news = definitionsIn(list).filter((definition) => {
    const known = shelved.get(key(definition));
    return known === undefined || known.inputSchema !== definition.inputSchema || now - known.at > FRESH_MS;
  });
  if (news.length === 0) return;
  await shelfOf(env, grant).put(version, news);
  for (const definition of news) {
    const { inputSchema } = definition;
    if (inputSchema.length <= LONGEST_REMEMBERED) shelved.set(key(definition), { inputSchema, at: now });
  }
}

/** How long a server that was listed from here is not listed again, in ms: a client may ask for any name. */
const RELIST_MS = 30_000;
/** How long a call waits for a listing, in ms: nothing is said to its client meanwhile. */
const LISTING_MS = 10_000;
/** How often another request's listing is looked in on, in ms. */
const LOOK_MS = 200;

type Listing = { readonly since: number; underway: boolean };

/** When this isolate last began to list each server version in each era, and whether it still does. */
const listings = new Kept<string, Listing>(1_000);

/** The tool's input schema as the server last listed it; undefined when the server does not list the tool. */
export async function schemaOf(
  { env, settings, request }: Way,
  grant: GrantRecord,
  target: Target,
  era: Era,
  tool: string,
): Promise<Json | undefined> {
  const shelf = shelfOf(env, grant);
  const { version } = listingOf(grant);
  const kept = await shelf.schemaOf(version, tool);
  if (kept !== null) return read(kept);
  if (leadsHome(target, request.headers.get("host"))) return undefined;
  // A grant that no longer stands must not make the gateway speak to a server.
  if ((await ledgerOf(env, grant.id).view()) === null) return undefined;
  // A client chooses its era: one that the server does not speak must cost nobody else their turn.
  const listed = `${era} ${version}`;
  const last = listings.get(listed);
  if (last === undefined || Date.now() - last.since > RELIST_MS) {
    const bounds = { maxBytes: settings.maxAnswerBytes, timeoutSeconds: settings.timeoutSeconds };
    const listing = listings.set(listed, { since: Date.now(), underway: true });
    await within(list(shelf, version, listTools(target, era, bounds), listing), LISTING_MS);
  } else {
    while (last.underway && Date.now() - last.since < LISTING_MS) await scheduler.wait(LOOK_MS);
  }
  const found = await shelf.schemaOf(version, tool);
  return found === null ? undefined : read(found);
}

async function list(
  shelf: DurableObjectStub<ToolShelf>,
  version: string,
  pages: AsyncIterable<JsonObject>,
  listing: Listing,
): Promise<void> {
  try {
    for await (const page of pages) await shelf.put(version, definitionsIn(page));
  } finally {
    listing.underway = false;
  }
}

function shelfOf(env: Env, grant: GrantRecord): DurableObjectStub<ToolShelf> {
  return env.TOOL_SHELF.getByName(listingOf(grant).shelf);
}

/** Whose list it is: a grant with its own credential may be shown other tools than the rest, so it has its own shelf. */
function listingOf({ id, server, serverVersion, credentialVersion }: GrantRecord) {
  return credentialVersion
    ? { shelf: `grant:${id}`, version: `${serverVersion} ${credentialVersion}` }
    : { shelf: server, version: serverVersion };
}

/** What was parsed is kept, because what a policy prepares of a schema hangs on the very object. */
const parsedSchemas = new Kept<string, Json>(500);

function read(text: string): Json | undefined {
  const known = text.length <= LONGEST_REMEMBERED ? parsedSchemas.get(text) : undefined;
  if (known !== undefined) return known;
  const parsed = parseJson(text);
  if (!parsed.ok) return undefined;
  return text.length <= LONGEST_REMEMBERED ? parsedSchemas.set(text, parsed.value) : parsed.value;
}
