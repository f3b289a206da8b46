/** What a client may see of an answer: lists without hidden tools, capabilities without what the gateway closes. */

import type { JsonObject } from "../json/value.ts";
import { offered } from "../mcp/capabilities.ts";
import { FAILED_CLOSED } from "../mcp/codes.ts";
import { filteredList, isToolList } from "../mcp/list.ts";
import type { Outcome } from "../mcp/message.ts";
import type { Surface } from "../mcp/methods.ts";
import type { Vet } from "./vet.ts";

export type View = {
  readonly surface: readonly Surface[];
  readonly isListed: (tool: string) => boolean;
  /** Holds each list against what is pinned. */
  readonly vet: Vet;
  /** What part of its list a server was asked for; null for the first page. */
  readonly cursor: string | null;
};

const UNVETTED: Outcome = {
  kind: "error",
  error: {
    code: FAILED_CLOSED,
    message:
      "Grantgate could not hold this list against what is pinned of its tools, so it is withheld. Try again shortly.",
  },
};

/**
 * The answer to a request of this method; null is an answer on a replayed stream, told by its form. A list is told by
 * its form under other methods too: where two requests of a session share an id, servers may answer one for the other.
 */
export async function edited(outcome: Outcome, method: string | null, view: View): Promise<Outcome> {
  if (outcome.kind === "error") return outcome;
  let { result } = outcome;
  if (method === "tools/list" || isToolList(result, method)) {
    const mayShow = await shownBy(result, method, view).catch(() => null);
    if (mayShow === null) return UNVETTED;
    result = filteredList(result, (tool) => view.isListed(tool) && mayShow(tool));
  }
  const greets = method === "initialize" || method === "server/discover";
  if (greets || (method === null && "capabilities" in result)) result = offered(result, view.surface);
  return { kind: "result", result };
}

async function shownBy(list: JsonObject, method: string | null, { vet, cursor }: View): ReturnType<Vet> {
  // What has no tools is no list: it must not pass for one in which all of them are gone.
  if (!Array.isArray(list.tools)) return () => false;
  return vet(list, { cursor, asked: method === "tools/list" });
}
