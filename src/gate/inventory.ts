/**
 * The gateway's own look at a server's tools, page by page to the end: for a call that hangs on a tool which no list has
 * shown yet, and behind a list that a client reads in pages.
 */

import { Kept } from "../grant/kept.ts";
import type { GrantRecord } from "../grant/record.ts";
import { ledgerOf } from "../ledger/find.ts";
import type { Era } from "../mcp/era.ts";
import { definitionsIn, MOST_TOOLS } from "../tools/pins/definition.ts";
import { within } from "../upstream/body.ts";
import { listTools } from "../upstream/lister.ts";
import { leadsHome, type Target } from "../upstream/target.ts";
import { ageOf } from "./age.ts";
import { heardSeen, type Shelf } from "./book.ts";
import { tellNews } from "./news.ts";
import type { Way } from "./way.ts";

/** How long a server that was listed from here is not listed again, in ms: a client may ask for any name. */
const RELIST_MS = 30_000;
/** How long a call waits for a listing, in ms: nothing is said to its client meanwhile. */
const LISTING_MS = 10_000;
/** How often another request's listing is looked in on, in ms. */
const LOOK_MS = 200;

type Listing = { readonly since: number; underway: boolean };

/** When this isolate last began to list each server in each era, and whether it still does. */
const listings = new Kept<string, Listing>(1_000);

/** Whose call or list made the gateway look, and at what. */
export type Look = {
  readonly way: Way;
  readonly grant: GrantRecord;
  /** SHA-256 of the token that proved the grant. */
  readonly token: string;
  readonly target: Target;
  readonly era: Era;
  readonly shelf: Shelf;
};

/** Lists the server, or waits for who does; never again within half a minute. */
export async function takeInventory(look: Look): Promise<void> {
  const { way, grant, target, era } = look;
  if (leadsHome(target, way.request.headers.get("host"))) return;
  if (!(await isInForce(look))) return;
  // A client chooses its era: one that the server does not speak must cost nobody else their turn.
  const key = `${era} ${grant.serverVersion} ${grant.credentialVersion ? grant.id : ""}`;
  const last = listings.get(key);
  if (last === undefined || ageOf(last.since) > RELIST_MS) {
    const listing = listings.set(key, { since: Date.now(), underway: true });
    const listed = list(look, listing);
    // A long list is read to its end, though nobody waits for it so long.
    way.ctx.waitUntil(listed.catch(() => undefined));
    await within(listed, LISTING_MS);
  } else {
    while (last.underway && ageOf(last.since) < LISTING_MS) await scheduler.wait(LOOK_MS);
  }
}

/**
 * Whether the grant still stands, and this is still its server as an operator has it: what this isolate or a slow answer
 * knows may be of long ago, and must neither make the gateway speak to a server nor let anything be pinned there.
 */
export async function isInForce({ way, grant, token }: Pick<Look, "way" | "grant" | "token">): Promise<boolean> {
  const now = await ledgerOf(way.env, grant.id).view(token);
  if (now === null || now.serverVersion !== grant.serverVersion) return false;
  return (now.credentialVersion ?? null) === (grant.credentialVersion ?? null);
}

async function list(look: Look, listing: Listing): Promise<void> {
  const { way, target, era, shelf } = look;
  const { origin, drift, stub } = shelf;
  const { maxAnswerBytes: maxBytes, timeoutSeconds } = way.settings;
  const names = new Set<string>();
  const pages = listTools(target, era, { maxBytes, timeoutSeconds, leaks: target.leaks });
  try {
    let page = await pages.next();
    // What is more than an inventory can have is not followed: that is the list.
    for (; !page.done && names.size <= MOST_TOOLS; page = await pages.next()) {
      const definitions = await definitionsIn(page.value);
      for (const { name } of definitions) names.add(name);
      if (drift === "allow" && !(await isInForce(look))) return;
      heardSeen(shelf, tellNews(way, await stub().see({ origin, drift, definitions, whole: false })));
    }
    if (page.done && page.value === "cut off") return;
    heardSeen(shelf, tellNews(way, await stub().close(origin, [...names])));
  } finally {
    listing.underway = false;
    await pages.return("cut off");
  }
}
