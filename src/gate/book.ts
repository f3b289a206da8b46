/**
 * What this isolate knows of how tools stand in their server's inventory. The shelf is the authority; what was heard from
 * it is believed for a few seconds, and of a tool that drifted it is asked each time, so that an acceptance is in force at
 * once.
 */

import type { Env } from "../env.ts";
import { Kept } from "../grant/kept.ts";
import type { GrantRecord } from "../grant/record.ts";
import type { Drift, Seen, Stand } from "../tools/pins/protocol.ts";
import type { ToolShelf } from "../tools/pins/shelf.ts";
import type { Target } from "../upstream/target.ts";
import { ageOf } from "./age.ts";

/** How long what was heard is believed, in ms: so late is a drift that another location noticed known here. */
const FRESH_MS = 5_000;
/** Names are the clients' to choose, though only those of tools that exist are kept. */
const MOST_TOOLS = 5_000;

type Book = {
  revision: number;
  /** When the shelf last confirmed that revision, Unix milliseconds. */
  confirmedAt: number;
  /** Hashes of the definitions of tools that have not drifted. */
  readonly tools: Map<string, string>;
};

export type Shelf = {
  /** Asked for only when it is needed, which on the way of most calls it is not. */
  readonly stub: () => DurableObjectStub<ToolShelf>;
  /** Address at which the server is listed. */
  readonly origin: string;
  readonly drift: Drift;
  readonly book: Book;
};

const books = new Kept<string, Book>(200);

/** A grant with its own credential may be shown other tools than the rest, so its server has a shelf of its own for it. */
export function shelfOf(env: Env, { id, server, credentialVersion }: GrantRecord, { url, drift }: Target): Shelf {
  const name = credentialVersion ? `grant:${id}` : server;
  const key = `${name} ${url}`;
  const book = books.get(key) ?? books.set(key, { revision: -1, confirmedAt: 0, tools: new Map() });
  return { stub: () => env.TOOL_SHELF.getByName(name), origin: url, drift, book };
}

/** Hash of the definition of a tool that is known to stand as pinned, without asking. */
export function pinnedHash({ book }: Shelf, tool: string, now: number): string | undefined {
  return ageOf(book.confirmedAt, now) <= FRESH_MS ? book.tools.get(tool) : undefined;
}

export async function standOf({ stub, origin, book }: Shelf, tool: string): Promise<Stand> {
  const stand = await stub().stand(origin, tool);
  heard(book, stand.revision);
  if (stand.tool !== null && !stand.tool.drifted && stand.revision === book.revision) {
    if (book.tools.size >= MOST_TOOLS) book.tools.clear();
    book.tools.set(tool, stand.tool.hash);
  }
  return stand;
}

/** Takes in what a list changed, so that here it is in force with the answer that showed it. */
export function heardSeen({ book }: Shelf, { revision }: Seen): void {
  heard(book, revision);
}

/** The inventory's revision as it is now. */
export async function revisionOf({ stub, origin, book }: Shelf): Promise<number> {
  heard(book, await stub().revision(origin));
  return book.revision;
}

/** Answers may come in another order than they were given. */
function heard(book: Book, revision: number): void {
  if (revision < book.revision) return;
  if (revision > book.revision) book.tools.clear();
  book.revision = revision;
  book.confirmedAt = Date.now();
}
