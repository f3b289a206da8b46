/** What every step on the way of a call knows of it. */
import type { Env } from "../env.ts";
import type { Refusal } from "../mcp/refusal.ts";
import type { Attributes } from "../observe/span.ts";
import type { Trace } from "../observe/trace-context.ts";
import type { Bearer } from "./admit.ts";
import type { Incoming } from "./read.ts";
import type { Settings } from "./settings.ts";

/** One HTTP request on its way, and what it is on its way with. */
export type Way = {
  readonly request: Request;
  readonly env: Env;
  readonly ctx: ExecutionContext;
  /** Slug of the server in the URL. */
  readonly slug: string;
  readonly settings: Settings;
  /** Id of this request in the journal and in every answer of the gateway's own. */
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly arrivedAt: number;
  /** The trace that the message belongs to. */
  readonly trace: Trace;
  /** Whether Workers traces this request. */
  readonly traced: boolean;
};

/** What the span of every step says; null where there are none. */
export function told({ requestId, slug, trace, traced }: Way): Attributes | null {
  if (!traced) return null;
  return { "grantgate.request": requestId, "grantgate.server": slug, "grantgate.trace": trace.id };
}

/** How far a message has come: what is known of it should the way end here. */
export type Going = {
  way: Way;
  owner: Bearer | null;
  incoming: Incoming | Refusal | null;
};
