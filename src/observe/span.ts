/**
 * Spans of the way of a call, recorded and exported by Workers itself. Where a request is not traced, or the runtime
 * knows no tracing, a step costs one look. Arguments, tokens and credentials must never become attributes.
 */
import * as workers from "cloudflare:workers";
import { type Own, ownNames } from "./trace-context.ts";

export type Step = "admit" | "read" | "decide" | "take" | "forward" | "settle" | "answer";
export type Attributes = Readonly<Record<string, string | undefined>>;

/** Seen through the namespace: a runtime without it must still load this module. */
const tracing: Partial<Tracing> | undefined = workers.tracing;

/** The innermost step that each error came out of. */
const origins = new WeakMap<object, Step>();

/** Runs a step of the way, in a span of its own; null attributes are a request that is not traced. */
export async function step<T>(name: Step, attributes: Attributes | null, run: () => Promise<T>): Promise<T> {
  try {
    if (attributes === null || tracing?.enterSpan === undefined) return await run();
    return await tracing.enterSpan(name, (span) => {
      describe(span, attributes);
      return run();
    });
  } catch (error) {
    if (typeof error === "object" && error !== null && !origins.has(error)) origins.set(error, name);
    throw error;
  }
}

/** Says more of the span that runs now; outside of any step that is the span of the whole request. */
export function note(attributes: Attributes): void {
  const span = active();
  if (span !== null) describe(span, attributes);
}

/** The step that an error came out of, where it is known. */
export function stepOf(error: unknown): Step | undefined {
  return typeof error === "object" && error !== null ? origins.get(error) : undefined;
}

/**
 * Whether Workers traces the request that runs now, and how its operation is named: by new names, or by those that Workers
 * gave it where it traces it, so that the upstream's spans hang on its own. `random` gives 24 bytes. To be asked once for
 * each request: it costs more than all that a step does with it.
 */
export function spanHere(random: Uint8Array): { readonly traced: boolean; readonly own: Own } {
  const span = active();
  const { traceId, spanId } = span?.spanContext?.() ?? { traceId: "", spanId: "" };
  const own = NAMES.test(traceId + spanId) ? { traceId, spanId } : ownNames(random);
  return { traced: span !== null, own };
}

const NAMES = /^(?!0{32})[\da-f]{32}(?!0{16})[\da-f]{16}$/;

function active(): Span | null {
  const span = tracing?.getActiveSpan?.();
  return span?.isTraced === true ? span : null;
}

function describe(span: Span, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) span.setAttribute(name, value);
}
