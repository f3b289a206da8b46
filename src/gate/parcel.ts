/** What goes to the server: the decided message, less what the gateway takes out of it. */
import { listening, withoutTasks } from "../mcp/capabilities.ts";
import type { Message } from "../mcp/message.ts";
import type { Surface } from "../mcp/methods.ts";
import { reparented } from "../observe/message-trace.ts";
import type { Trace } from "../observe/trace-context.ts";
import type { Parcel } from "../upstream/headers.ts";
import type { Incoming } from "./read.ts";

export function parcelOf(incoming: Incoming, surface: readonly Surface[], trace: Trace): Parcel {
  const { verb, era, session } = incoming;
  const resumes = incoming.kind === "listen" ? incoming.resumes : null;
  if (incoming.kind !== "message") return { verb, era, session, resumes, trace, message: null };
  return { verb, era, session, resumes, trace, message: reparented(outgoing(incoming.message, era, surface), trace) };
}

function outgoing(message: Message, era: Parcel["era"], surface: readonly Surface[]): Message {
  if (message.kind !== "request") return message;
  const params = withoutTasks(era, message.method, message.params);
  const heard = message.method === "subscriptions/listen" ? listening(params, surface) : params;
  return { ...message, params: heard };
}
