/** Tells the log what a list showed that was not so before. */
import { log } from "../observe/log.ts";
import type { Seen } from "../tools/pins/protocol.ts";
import { named } from "./named.ts";
import type { Way } from "./way.ts";

/** Names are the server's to choose. */
const MOST_NAMES = 20;

export function tellNews({ slug, requestId, trace }: Way, seen: Seen): Seen {
  if (seen.news.length > 0) {
    const names = seen.news.slice(0, MOST_NAMES).map(({ name, state }) => `${state} ${named(name)}`);
    log("warn", "tools drifted", {
      ...{ request: requestId, trace: trace.id, server: slug },
      ...{ count: seen.news.length, tool: names.join(", ") },
    });
  }
  return seen;
}
