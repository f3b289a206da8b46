/**
 * A stream to a client that stays alive: a comment goes out when nothing else does, and every so often it is asked
 * whether the grant still stands. The comment is also how a gone client is noticed where the platform tells it late.
 */

import { KEEP_ALIVE } from "../mcp/sse.ts";
import { Patience } from "../upstream/patience.ts";
import { ageOf } from "./age.ts";

export type Pulse = {
  /** Longest silence, in seconds. */
  readonly seconds: number;
  /** False ends the stream: its grant was revoked, or its ledger can't be asked. */
  readonly stands: () => Promise<boolean>;
  /** The last words of a stream that is ended so; null for none. */
  readonly farewell: string | null;
  /** Called once when the stream is over for whatever reason: the upstream's side must end too. */
  readonly over: () => void;
};

const RECHECK_MS = 20_000;

export function liveStream(source: AsyncIterator<string | Uint8Array>, pulse: Pulse): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const patience = new Patience(pulse.seconds * 1000);
  const over = () => {
    patience.end();
    pulse.over();
  };
  let pending: Promise<IteratorResult<string | Uint8Array>> | null = null;
  let checkedAt = Date.now();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      pending ??= source.next();
      const next = await patience.wait(pending).catch((error: unknown) => {
        over();
        throw error;
      });
      if (next !== "late") pending = null;
      if (next !== "late" && next.done) {
        over();
        return controller.close();
      }
      if (next === "late" || ageOf(checkedAt) > RECHECK_MS) {
        checkedAt = Date.now();
        if (!(await pulse.stands())) {
          over();
          if (pulse.farewell !== null) controller.enqueue(encoder.encode(pulse.farewell));
          return controller.close();
        }
      }
      const said = next === "late" ? KEEP_ALIVE : next.value;
      controller.enqueue(typeof said === "string" ? encoder.encode(said) : said);
    },
    cancel() {
      over();
    },
  });
}
