/**
 * Which trace a call belongs to: by its headers, and by the message, since MCP carries trace context in `_meta` too
 * (SEP-414), in both eras.
 *
 * There it is the caller's word about the call, where a header is the word of whatever sent the request on; so where
 * both say something, the message counts, as everywhere in this gateway. What goes to the upstream says the same in
 * both places, and a message that said nothing of a trace is left as it is.
 */
import { isObject, type JsonObject, member } from "../json/value.ts";
import type { Message } from "../mcp/message.ts";
import { continued, type Own, type Trace, traceOf, traceparentOf } from "./trace-context.ts";

const PARENT = "traceparent";
const STATE = "tracestate";

export function traceOfRequest(headers: Headers, own: Own): Trace {
  return traceOf({ traceparent: headers.get(PARENT), tracestate: headers.get(STATE) }, own);
}

/** The trace that the message belongs to: its own word, or else what its headers said. */
export function traceOfMessage(message: Message, trace: Trace): Trace {
  const meta = metaOf(message);
  if (meta === null) return trace;
  return continued(trace, { traceparent: member(meta, PARENT), tracestate: member(meta, STATE) }) ?? trace;
}

/** The message as the upstream gets it: where it speaks of a trace, it names the gateway's operation. */
export function reparented(message: Message, trace: Trace): Message {
  const meta = metaOf(message);
  if (meta === null || message.kind === "response") return message;
  if (!Object.hasOwn(meta, PARENT) && !Object.hasOwn(meta, STATE)) return message;
  const { [STATE]: _, ...rest } = meta;
  const state = trace.state === null ? {} : { [STATE]: trace.state };
  return { ...message, params: { ...message.params, _meta: { ...rest, [PARENT]: traceparentOf(trace), ...state } } };
}

function metaOf(message: Message): JsonObject | null {
  if (message.kind === "response") return null;
  const meta = member(message.params, "_meta");
  return isObject(meta) ? meta : null;
}
