/** A call on its course: what ends it, what keeps it alive, and who hears how it went. */
import type { Env } from "../env.ts";
import type { GrantRecord } from "../grant/record.ts";
import { ledgerOf } from "../ledger/find.ts";
import { accepts } from "../mcp/media.ts";
import type { Message } from "../mcp/message.ts";
import { causeOf, log } from "../observe/log.ts";
import { step } from "../observe/span.ts";
import { isListed } from "../policy/decide.ts";
import { sealEventId } from "../upstream/event-id.ts";
import type { Parcel } from "../upstream/headers.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import { sealSession } from "../upstream/session.ts";
import type { Ending, Exchange } from "./exchange.ts";
import type { Pulse } from "./live.ts";
import { settle } from "./outbox.ts";
import { recallOf } from "./recall.ts";
import type { Passed } from "./standing.ts";
import { measured } from "./tally.ts";
import { vetting } from "./vet.ts";
import { told, type Way } from "./way.ts";

export type Course = {
  readonly abort: AbortController;
  readonly timeoutSeconds: number;
  readonly exchange: Exchange;
  readonly pulse: Omit<Pulse, "farewell">;
  /** Whether the client takes an event stream. */
  readonly takesStream: boolean;
  /** Seals the session id that the upstream gave to a new session. */
  readonly seal: (upstreamId: string) => Promise<string>;
};

export function setOff(way: Way, passed: Passed, parcel: Parcel): Course {
  const { request, env, ctx, settings, requestId } = way;
  const { grant, token, contents, seq, subject } = passed;
  const abort = new AbortController();
  const cursor = cursorOf(parcel.message);
  // In the modern era a client that leaves has cancelled; in the legacy era it has only left.
  if (parcel.era === "modern") {
    if (request.signal.aborted) abort.abort();
    request.signal.addEventListener("abort", () => abort.abort());
  }
  const came: Exchange["came"] = { status: null, bytes: 0 };
  const ended = once(({ failed, giveBack, ...ending }) => {
    const status = ending.status ?? came.status;
    const bytes = ending.bytes ?? (came.bytes || undefined);
    if (failed !== undefined) tellFailure(way, passed, status, failed);
    measured(way, subject, { status, answer: bytes ?? null });
    if (seq === null) return;
    const end = { seq, status, latencyMs: Date.now() - startedAt, giveBack, ...(bytes !== undefined && { bytes }) };
    const settling = settle(env, grant.id, end);
    if (settling === null) return;
    const settled = step("settle", told(way), () => settling);
    ctx.waitUntil(settled.catch((error: unknown) => tellUnsettled(way, grant.id, error)));
  });
  const startedAt = Date.now();
  return {
    abort,
    timeoutSeconds: settings.timeoutSeconds,
    takesStream: accepts(request.headers.get("accept"), "text/event-stream"),
    seal: (upstreamId) => sealSession(rootKeyOf(env), { grant: grant.id, server: grant.server }, upstreamId),
    exchange: {
      era: parcel.era,
      request: parcel.message?.kind === "request" ? parcel.message : null,
      requestId,
      inSession: parcel.session !== null,
      eventId: eventIdsOf(env, grant, parcel),
      bounds: {
        maxBytes: settings.maxAnswerBytes,
        timeoutSeconds: settings.timeoutSeconds,
        leaks: contents.server.leaks,
      },
      recall: recallOf(env, passed, parcel, cursor),
      came,
      view: {
        surface: contents.server.surface,
        isListed: (tool) => isListed(contents.policy, tool),
        vet: vetting(way, passed, parcel),
        cursor,
      },
      ended,
    },
    pulse: {
      seconds: settings.keepAliveSeconds,
      stands: () => {
        const look = () => ledgerOf(env, grant.id).view(token);
        // A ledger is out of reach for a moment while a new version of it is deployed, and that must cost no answer.
        return look()
          .catch(look)
          .then(
            (now) => now !== null,
            () => false,
          );
      },
      over: () => {
        abort.abort();
        ended({ status: null, giveBack: false });
      },
    },
  };
}

/** A stream is resumed by a GET in a session, which the modern era has not (specification 2026-07-28, "Streamable HTTP"). */
function eventIdsOf(env: Env, { id, server }: GrantRecord, { session }: Parcel): Exchange["eventId"] {
  if (session === null) return null;
  return (upstreamId) => sealEventId(rootKeyOf(env), { grant: id, server, session }, upstreamId);
}

/** Null only where nothing was given: any cursor is no first page, and a server may take more for a filter. */
function cursorOf(message: Message | null): string | null {
  if (message?.kind !== "request" || message.method !== "tools/list") return null;
  const { _meta, ...given } = message.params;
  return Object.keys(given).length === 0 ? null : JSON.stringify(given);
}

/** A server that fails, or no longer takes the gateway's credential, is its operator's to mend. */
function tellFailure(
  { requestId, trace, slug }: Way,
  { grant, subject }: Passed,
  status: number | null,
  cause: string,
): void {
  const refused = status === 401 || status === 403;
  const { method, tool } = subject ?? {};
  log("warn", refused ? "upstream refused the credential" : "upstream failed", {
    request: requestId,
    trace: trace.id,
    grant: grant.id,
    server: slug,
    method,
    tool,
    status,
    cause,
  });
}

function tellUnsettled({ requestId, slug }: Way, grant: string, error: unknown): void {
  log("error", "ledger failed, ending not recorded", {
    request: requestId,
    grant,
    server: slug,
    cause: causeOf(error),
  });
}

function once(hear: (ending: Ending) => void): (ending: Ending) => void {
  let heard = false;
  return (ending) => {
    if (heard) return;
    heard = true;
    hear(ending);
  };
}
