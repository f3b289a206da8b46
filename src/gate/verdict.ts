/**
 * The verdict on a message, with what it hangs on fetched first: the schema of a tool whose arguments must be strict.
 * What can't be fetched stays unknown, and the policy denies it.
 */
import type { GrantRecord } from "../grant/record.ts";
import type { Json } from "../json/value.ts";
import type { Refusal } from "../mcp/refusal.ts";
import type { Contents } from "./contents.ts";
import { judge, type Verdict } from "./judge.ts";
import { knownMirrors } from "./mirrors.ts";
import type { Incoming } from "./read.ts";
import { refusalReply } from "./reply.ts";
import { schemaOf } from "./schemas.ts";
import type { Way } from "./way.ts";

export async function verdictOn(
  way: Way,
  incoming: Incoming | Refusal,
  grant: GrantRecord,
  contents: Contents,
): Promise<Verdict> {
  if (incoming.kind === "refused") return { kind: "reply", reply: refusalReply(incoming), effect: "refuse" };
  const schemas = new Map<string, Json | undefined>();
  const about = {
    grant,
    contents,
    headers: way.request.headers,
    mirrors: (tool: string) => knownMirrors(grant.serverVersion, tool),
    schemaOf: (tool: string) => schemas.get(tool),
    requestId: way.requestId,
    now: Date.now(),
  };
  // Each round asks for another tool of one call, and a call runs through five at most.
  for (;;) {
    const verdict = judge(incoming, about);
    const wanted = verdict.kind === "reply" ? verdict.unknownSchema : undefined;
    if (wanted === undefined || schemas.has(wanted)) return verdict;
    schemas.set(wanted, await schemaOf(way, grant, contents.server, incoming.era, wanted));
  }
}
