/**
 * W3C Trace Context: which trace a call belongs to, and how the gateway's own part of it is named to either side.
 *
 * Everything comes from outside and is taken strictly: what is not well-formed begins a trace of its own. The client's
 * own operation must never be named to the upstream as its parent: that is the gateway's.
 * https://www.w3.org/TR/trace-context-1/ ; `traceresponse` is of the drafts that follow it.
 */

import { hex } from "../grant/digest.ts";

export type Trace = {
  /** 32 hex digits. */
  readonly id: string;
  /** The gateway's own operation, 16 hex digits. */
  readonly span: string;
  /** The client's operation; null for a trace that begins here. */
  readonly parent: string | null;
  /** Two hex digits. */
  readonly flags: string;
  /** What tracing systems say to each other (`tracestate`), bounded; null for nothing. */
  readonly state: string | null;
};

/** What a request or a message says of its trace, unread. */
export type Carried = { readonly traceparent: unknown; readonly tracestate: unknown };

/** The names of the gateway's own operation: the trace's where it begins here, and the operation's. */
export type Own = { readonly traceId: string; readonly spanId: string };

/** `random` gives 24 bytes. */
export function ownNames(random: Uint8Array): Own {
  return { traceId: named(random.subarray(0, 16)), spanId: named(random.subarray(16, 24)) };
}

/**
 * The flag "sampled" of a trace that begins here: every decision is recorded, in the audit log. Without it, servers that
 * follow their caller would record nothing.
 */
const RECORDED = "01";

/** The trace that is carried, continued by the gateway's operation, or a new one. */
export function traceOf(carried: Carried, own: Own): Trace {
  const begun: Trace = { id: own.traceId, span: own.spanId, parent: null, flags: RECORDED, state: null };
  return continued(begun, carried) ?? begun;
}

/** The trace that is carried, continued by the same operation; null where none is. */
export function continued({ span }: Pick<Trace, "span">, carried: Carried): Trace | null {
  const parent = readTraceparent(carried.traceparent);
  return parent === null ? null : { ...parent, span, state: readTracestate(carried.tracestate) };
}

/** As the upstream is told it in `traceparent`, and the client in `traceresponse`. */
export function traceparentOf({ id, span, flags }: Trace): string {
  return `00-${id}-${span}-${flags}`;
}

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
/** "sampled", and "random trace id" (level 2). Of later versions only the first is known to mean the same. */
const KNOWN_FLAGS = 0b11;
const LASTING_FLAGS = 0b01;

function readTraceparent(text: unknown): Pick<Trace, "id" | "parent" | "flags"> | null {
  if (typeof text !== "string") return null;
  const [, version, id, parent, flags, more] = TRACEPARENT.exec(text) ?? [];
  if (id === undefined || parent === undefined || flags === undefined) return null;
  if (version === "ff" || (version === "00" && more !== undefined)) return null;
  if (ZEROS.test(id) || ZEROS.test(parent)) return null;
  const kept = Number.parseInt(flags, 16) & (version === "00" ? KNOWN_FLAGS : LASTING_FLAGS);
  return { id, parent, flags: kept.toString(16).padStart(2, "0") };
}

const MEMBER = /^[a-z\d][a-z\d_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MOST_MEMBERS = 32;
/** What is longer is not read. */
const LONGEST_READ = 8_192;
/** What the specification asks to be passed on at least. */
const LONGEST_STATE = 512;
const LONGEST_KEPT_MEMBER = 128;

/** Null where there is none, or one that breaks the rules. A long one loses its long members, then its last ones. */
function readTracestate(text: unknown): string | null {
  if (typeof text !== "string" || text.length > LONGEST_READ) return null;
  const members = text.split(",").map((member) => member.trim());
  const given = members.filter(Boolean);
  const keys = new Set(given.map((member) => member.slice(0, member.indexOf("="))));
  if (given.length > MOST_MEMBERS || keys.size < given.length || !given.every((member) => MEMBER.test(member))) {
    return null;
  }
  const short = given.join().length <= LONGEST_STATE ? given : given.filter((one) => one.length <= LONGEST_KEPT_MEMBER);
  while (short.join().length > LONGEST_STATE) short.pop();
  return short.length === 0 ? null : short.join();
}

/** All zeros would be no name. */
function named(bytes: Uint8Array): string {
  const text = hex(bytes);
  return ZEROS.test(text) ? `${text.slice(1)}1` : text;
}
