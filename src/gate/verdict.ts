/**
 * The verdict on a message, with what it hangs on fetched first: how the tool stands in its server's inventory, and its
 * schema. What can't be fetched stays unknown, and the call is denied.
 */
import type { GrantRecord } from "../grant/record.ts";
import { paramHeaders } from "../mcp/params.ts";
import type { Refusal } from "../mcp/refusal.ts";
import type { Pin } from "../policy/call.ts";
import type { Stand } from "../tools/pins/protocol.ts";
import { pinnedHash, shelfOf, standOf } from "./book.ts";
import type { Contents } from "./contents.ts";
import { takeInventory } from "./inventory.ts";
import { judge, type Verdict, type Wanted } from "./judge.ts";
import type { Incoming } from "./read.ts";
import { refusalReply } from "./reply.ts";
import { knownSchema, type Schema, schemaAt } from "./schemas.ts";
import type { Way } from "./way.ts";

export async function verdictOn(
  way: Way,
  incoming: Incoming | Refusal,
  grant: GrantRecord,
  token: string,
  contents: Contents,
): Promise<Verdict> {
  if (incoming.kind === "refused") return { kind: "reply", reply: refusalReply(incoming), effect: "refuse" };
  const shelf = shelfOf(way.env, grant, contents.server);
  const pins = new Map<string, Pin>();
  const schemas = new Map<string, Schema | null>();
  const now = Date.now();
  const schemaOf = (tool: string) => schemas.get(tool) ?? knownSchema(pinnedHash(shelf, tool, now));
  const about = {
    grant,
    contents,
    paramHeaders: incoming.era === "modern" ? paramHeaders(way.request.headers) : [],
    ...(shelf.drift === "hold" && {
      pinOf: (tool: string) => pins.get(tool) ?? (pinnedHash(shelf, tool, now) === undefined ? "unread" : "pinned"),
    }),
    mirrors: (tool: string) => (schemas.get(tool) === null ? null : schemaOf(tool)?.mirrors),
    schemaOf: (tool: string) => schemaOf(tool)?.input,
    requestId: way.requestId,
    now,
  };
  const asked = new Set<string>();
  let looked = false;
  // Each round asks for something else of one call, which runs through five tools at most, and looks once.
  for (;;) {
    const verdict = judge(incoming, about);
    const wants = verdict.kind === "pass" ? undefined : verdict.wants;
    if (wants === undefined) return verdict;
    const question = `${wants.what} ${wants.tool}`;
    if (asked.has(question)) return verdict;
    asked.add(question);
    const stand = await standOf(shelf, wants.tool);
    if (!looked && isToBeLooked(stand, wants)) {
      looked = true;
      await takeInventory({ way, grant, token, target: contents.server, era: incoming.era, shelf });
      // What stood as pinned a moment ago may have drifted by what that showed.
      pins.clear();
      asked.clear();
    } else {
      pins.set(wants.tool, pinOf(stand, wants));
      const { what, tool } = wants;
      if (what === "schema" || what === "mirrors") {
        schemas.set(tool, stand.tool && (await schemaAt(shelf, stand.tool.hash)));
      }
    }
  }
}

/** What a whole list does not have is not there; while none has been seen, the server is asked. */
function isToBeLooked({ tool, complete }: Stand, { what }: Wanted): boolean {
  return tool === null && (what === "schema" || (what === "pin" && !complete));
}

function pinOf({ tool, complete }: Stand, { what }: Wanted): Pin {
  if (tool !== null) return tool.drifted ? "held" : "pinned";
  return complete || what !== "pin" ? "unlisted" : "unread";
}
