/** What a client may see of an answer: lists without hidden tools, capabilities without what the gateway closes. */

import type { JsonObject } from "../json/value.ts";
import { offered } from "../mcp/capabilities.ts";
import { filteredList, isToolList } from "../mcp/list.ts";
import type { Outcome } from "../mcp/message.ts";
import type { Surface } from "../mcp/methods.ts";

export type View = {
  readonly surface: readonly Surface[];
  readonly isListed: (tool: string) => boolean;
  /** Hears every answer to `tools/list` before it is filtered. */
  readonly seen: (list: JsonObject) => void;
};

/**
 * The answer to a request of this method; null is an answer on a replayed stream, told by its form. A list is told by
 * its form under other methods too: where two requests of a session share an id, servers may answer one for the other.
 */
export function edited(outcome: Outcome, method: string | null, view: View): Outcome {
  if (outcome.kind === "error") return outcome;
  const { result } = outcome;
  if (method === "tools/list" || isToolList(result, method)) {
    // What is only taken for a list may be a call's result, which a client has a hand in.
    if (method === "tools/list" && !("content" in result)) view.seen(result);
    return { kind: "result", result: filteredList(result, view.isListed) };
  }
  const greets = method === "initialize" || method === "server/discover";
  if (greets || (method === null && "capabilities" in result)) {
    return { kind: "result", result: offered(result, view.surface) };
  }
  return outcome;
}
