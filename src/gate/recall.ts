/**
 * What this isolate remembers of answers to `tools/list`: how the very same text was edited for the very same policy,
 * when the inventory was what it is. It must never show what the long way would not show now.
 */

import type { Env } from "../env.ts";
import { Kept } from "../grant/kept.ts";
import { aroundId, type Echo, Follower, firstEvent, withId } from "../mcp/echo.ts";
import type { Parcel } from "../upstream/headers.ts";
import { ageOf } from "./age.ts";
import { revisionOf, shelfOf } from "./book.ts";
import { targetKey } from "./contents.ts";
import type { Passed } from "./standing.ts";
import type { Vetted } from "./vet.ts";

/** An echo is not believed for longer, in ms: so often the inventory hears of a list that stays the same. */
const MOST_AGE_MS = 60_000;
/** Of a list that came and of what went out, in UTF-16 units: with eight echoes, what all of this may take of memory. */
const LONGEST = 1024 * 1024;

type Remembered = {
  readonly echo: Echo;
  /** The inventory's, at which it was edited so. */
  readonly revision: number;
  /** Unix milliseconds. */
  readonly since: number;
};

const echoes = new Kept<string, Remembered>(8);

/** Native, and as fast as comparing can be. */
const same = (a: Uint8Array, b: Uint8Array) => crypto.subtle.timingSafeEqual(a, b);

type Following = {
  readonly follower: Follower;
  /** What goes to the client when all of it has come; null where it must be read after all. */
  readonly gives: () => Promise<Uint8Array | null>;
};

export type Recall = {
  /** What goes to the client for a whole body; null where it has to be read. */
  readonly body: (came: Uint8Array) => Promise<Uint8Array | null>;
  /** Follows a stream from its first byte on; null where nothing is remembered. */
  readonly stream: () => Following | null;
  /** `came` is a body, or what a stream began with; `gave` is what its answer went out as. */
  readonly keep: (form: Form, came: string, gave: string, revision: Vetted["revision"]) => void;
};

type Form = "body" | "stream";

/** Null for what is no list. */
export function recallOf(
  env: Env,
  { grant, contents }: Passed,
  { message, era, session }: Parcel,
  cursor: string | null,
): Recall | null {
  if (message?.kind !== "request" || message.method !== "tools/list") return null;
  const { id } = message;
  const shelf = shelfOf(env, grant, contents.server);
  // A session's list teaches less than another one does.
  const place = [targetKey(grant), grant.policy?.version ?? null, era, session !== null, cursor];
  const keyOf = (form: Form) => JSON.stringify([form, place]);

  function follow(form: Form): Following | null {
    const known = echoes.get(keyOf(form));
    if (known === undefined || ageOf(known.since) > MOST_AGE_MS) return null;
    const { came, gave } = known.echo;
    // As the long way would, when the answer has come: what is accepted or held meanwhile is in force.
    const gives = () =>
      revisionOf(shelf).then(
        (revision) => (revision === known.revision ? withId(gave, id) : null),
        () => null,
      );
    return { follower: new Follower(came, id, same), gives };
  }

  return {
    async body(came) {
      const known = follow("body");
      const step = known?.follower.push(came);
      return known && step?.kind === "whole" && step.rest.length === 0 ? known.gives() : null;
    },
    stream: () => follow("stream"),
    keep(form, came, gave, revision) {
      const text = form === "body" ? came : firstEvent(came);
      if (revision === null || text === undefined || Math.max(text.length, gave.length) > LONGEST) return;
      const [before, after] = [aroundId(text, id), aroundId(gave, id)];
      if (before === null || after === null) return;
      const echo = { came: before, gave: after };
      const remember = (at: number | null) =>
        at !== null && echoes.set(keyOf(form), { echo, revision: at, since: Date.now() });
      revision.then(remember, () => undefined);
    },
  };
}
