/** The headers by which a legacy client resumes a stream of its session, as if it had seen the server's event of that id. */
import { openEventId, sealEventId } from "../../src/upstream/event-id.ts";
import { openSession as unsealSession } from "../../src/upstream/session.ts";
import type { Grant } from "./gateway.ts";
import { ROOT_KEY } from "./workerd.ts";

const ROOT = { present: ROOT_KEY, previous: null };

/** `session` are the headers that `openSession` gives; the server is the one in the grant's URL. */
export async function resuming(grant: Grant, session: readonly string[], eventId: string): Promise<string[]> {
  return [...session, "Last-Event-ID", await sealEventId(ROOT, await ownerOf(grant, session), eventId)];
}

/** The server's own event id behind one that the client of this session was given. */
export async function eventIdOf(grant: Grant, session: readonly string[], sealed: string): Promise<string | null> {
  return openEventId(ROOT, await ownerOf(grant, session), sealed);
}

async function ownerOf(grant: Grant, [, sealed = ""]: readonly string[]) {
  const owner = { grant: grant.id, server: new URL(grant.url).pathname.split("/")[2] ?? "" };
  const session = await unsealSession(ROOT, owner, sealed);
  if (session === null) throw new Error("this session is not of this grant");
  return { ...owner, session };
}
