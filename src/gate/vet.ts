/**
 * Holds a list of tools against what is pinned, before a client sees any of it: what a model is shown is what an operator
 * has seen. What can't be held against it is not shown.
 */

import type { JsonObject } from "../json/value.ts";
import { causeOf, log } from "../observe/log.ts";
import { definitionsIn } from "../tools/pins/definition.ts";
import type { Seen } from "../tools/pins/protocol.ts";
import type { Parcel } from "../upstream/headers.ts";
import { ageOf } from "./age.ts";
import { heardSeen, shelfOf } from "./book.ts";
import { isInForce, takeInventory } from "./inventory.ts";
import { tellNews } from "./news.ts";
import type { Passed } from "./standing.ts";
import type { Way } from "./way.ts";

/** How long after a look at all pages of a list the gateway looks again, when a client reads the first, in ms. */
const LOOK_AGAIN_MS = 600_000;

export type Vetting = {
  /** What part was asked for; null for the first page. */
  readonly cursor: string | null;
  /** Whether a list was asked for; what is only taken for one teaches nothing. */
  readonly asked: boolean;
};

export type Vetted = {
  /** Whether a tool of the list may be shown. */
  readonly shows: (tool: string) => boolean;
  /** The revision of the inventory at which that holds for the very same list; null where nothing was learned of it. */
  readonly revision: Promise<number | null> | null;
};

export type Vet = (list: JsonObject, vetting: Vetting) => Promise<Vetted>;

export function vetting(way: Way, { grant, token, contents }: Passed, { era, session }: Parcel): Vet {
  const shelf = shelfOf(way.env, grant, contents.server);
  const { origin, drift, stub } = shelf;
  const look = { way, grant, token, target: contents.server, era, shelf };
  const learned = async (list: JsonObject, cursor: string | null) => {
    const definitions = await definitionsIn(list);
    const paged = cursor !== null || "nextCursor" in list;
    // A session's requests can share an id, and servers then answer the one with another page than it asked for.
    const whole = paged ? false : session === null || "unsure";
    const seen = await stub().see({ origin, drift, definitions, whole });
    heardSeen(shelf, tellNews(way, seen));
    if (seen.open || (paged && cursor === null && isDue(seen))) later(way, takeInventory(look));
    return { shows: allBut(definitions, seen.drifted), revision: Promise.resolve(seen.revision) };
  };
  const compared = async (list: JsonObject, asked: boolean) => {
    const definitions = await definitionsIn(list);
    const drifted = await stub().compare({ origin, definitions });
    // A server that lists so must not have its drift stay unknown.
    if (asked && drifted.length > 0) later(way, takeInventory(look));
    return { shows: allBut(definitions, drifted), revision: null };
  };
  const followed = async (list: JsonObject, cursor: string | null) => {
    // By the time of a slow answer its server may have moved, or its operator may have said to hold.
    return drift !== "allow" || (await isInForce(look)) ? (await learned(list, cursor)).revision : null;
  };
  return async (list, { cursor, asked }) => {
    // So can a call and a list, and a client has a hand in the call's result, which has content.
    const learns = asked && (session === null || !("content" in list));
    if (drift === "hold") {
      return (learns ? learned(list, cursor) : compared(list, asked)).catch((error: unknown) => {
        tell(way, error);
        throw error;
      });
    }
    const revision = learns ? followed(list, cursor) : null;
    // Nothing hangs on it, so nobody waits for it.
    if (revision !== null) later(way, revision);
    return { shows: () => true, revision };
  };
}

function later(way: Way, work: Promise<unknown>): void {
  way.ctx.waitUntil(work.catch((error: unknown) => tell(way, error)));
}

function tell({ slug, requestId }: Way, error: unknown): void {
  log("error", "tools not looked at", { request: requestId, server: slug, cause: causeOf(error) });
}

function allBut(definitions: readonly { readonly name: string }[], drifted: readonly string[]) {
  const shown = new Set(definitions.map(({ name }) => name));
  for (const name of drifted) shown.delete(name);
  return (tool: string): boolean => shown.has(tool);
}

function isDue({ completeAt }: Seen): boolean {
  return completeAt === null || ageOf(completeAt) > LOOK_AGAIN_MS;
}
