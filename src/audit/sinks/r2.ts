/** The audit trail as objects in an R2 bucket: `audit/<day>/<grant>/<first link>-<last link>.ndjson`, by UTC days. */
import type { Sink } from "../gather.ts";
import { linesOf, NDJSON, spanOf } from "./lines.ts";

export function r2Sink(bucket: R2Bucket): Sink {
  return {
    name: "r2",
    framed: true,
    async deliver(grant, links) {
      const { first, last } = spanOf(links);
      const { at }: { at: number } = JSON.parse(first.text);
      const day = new Date(at).toISOString().slice(0, 10);
      const key = `audit/${day}/${grant}/${String(first.link).padStart(12, "0")}-${last.link}.ndjson`;
      await bucket.put(key, linesOf(grant, links), { httpMetadata: { contentType: NDJSON } });
    },
  };
}
