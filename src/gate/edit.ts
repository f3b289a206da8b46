/** What a client may see of an answer: lists without hidden tools, capabilities without what the gateway closes. */

import type { JsonObject } from "../json/value.ts";
import { offered } from "../mcp/capabilities.ts";
import { FAILED_CLOSED } from "../mcp/codes.ts";
import { filteredList, isToolList } from "../mcp/list.ts";
import type { Outcome } from "../mcp/message.ts";
import type { Surface } from "../mcp/methods.ts";
import type { Vet, Vetted } from "./vet.ts";

export type View = {
  readonly surface: readonly Surface[];
  readonly isListed: (tool: string) => boolean;
  /** Holds each list against what is pinned. */
  readonly vet: Vet;
  /** What part of its list a server was asked for; null for the first page. */
  readonly cursor: string | null;
};

export type Edited = {
  readonly outcome: Outcome;
  /** Of a list that was asked for: the revision of the inventory at which the same list is edited so again. */
  readonly revision: Vetted["revision"];
};

const UNVETTED: Edited = {
  outcome: {
    kind: "error",
    error: {
      code: FAILED_CLOSED,
      message:
        "Grantgate could not hold this list against what is pinned of its tools, so it is withheld. Try again shortly.",
    },
  },
  revision: null,
};

/**
 * The answer to a request of this method; null is an answer on a replayed stream, told by its form. A list is told by
 * its form under other methods too: where two requests of a session share an id, servers may answer one for the other.
 */
export async function edited(outcome: Outcome, method: string | null, view: View): Promise<Edited> {
  if (outcome.kind === "error") return { outcome, revision: null };
  let { result } = outcome;
  let revision: Vetted["revision"] = null;
  if (method === "tools/list" || isToolList(result, method)) {
    const vetted = await vettedBy(result, method, view).catch(() => null);
    if (vetted === null) return UNVETTED;
    result = filteredList(result, (tool) => view.isListed(tool) && vetted.shows(tool));
    revision = vetted.revision;
  }
  const greets = method === "initialize" || method === "server/discover";
  if (greets || (method === null && "capabilities" in result)) result = offered(result, view.surface);
  return { outcome: { kind: "result", result }, revision };
}

const NOTHING: Vetted = { shows: () => false, revision: null };

async function vettedBy(list: JsonObject, method: string | null, { vet, cursor }: View): ReturnType<Vet> {
  // What has no tools is no list: it must not pass for one in which all of them are gone.
  if (!Array.isArray(list.tools)) return NOTHING;
  return vet(list, { cursor, asked: method === "tools/list" });
}
