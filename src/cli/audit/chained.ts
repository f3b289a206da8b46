/**
 * An exported record as a link of its chain: the texts that were hashed, made again from the fields that are shown. So
 * what is verified is what people read, and not a text that stands beside it. Pure.
 */
import type { Chained } from "../../audit/chain.ts";
import { canonicalJson } from "../../json/canonical.ts";
import { isObject, type Json, JsonNumber, type JsonObject, member } from "../../json/value.ts";

/** Undefined when it is no audit record, or its id does not fit its grant and number. */
export function chained(record: Json): Chained | undefined {
  if (!isObject(record)) return undefined;
  const grant = inside(record, "grant");
  const chain = inside(record, "chain");
  const id = text(grant, "id");
  const [seq, link, hash] = [count(record, "seq"), count(chain, "link"), text(chain, "hash")];
  const decided = decidedText(record, grant);
  if (id === undefined || seq === undefined || link === undefined || hash === undefined || decided === undefined) {
    return undefined;
  }
  if (text(record, "id") !== `${id}:${seq}`) return undefined;
  const upstream = inside(record, "upstream");
  return {
    grant: id,
    seq,
    record: decided,
    link,
    hash,
    ending: upstream === undefined ? null : (endedText(upstream) ?? ""),
    endLink: count(chain, "endLink") ?? null,
    endHash: text(chain, "endHash") ?? null,
  };
}

/** See `Decided` in `src/audit/record.ts`: what is not there was left out. */
function decidedText(record: JsonObject, grant: JsonObject | undefined): string | undefined {
  const at = milliseconds(record);
  if (at === undefined || grant === undefined) return undefined;
  return canonicalJson({
    at,
    grant: member(grant, "id") ?? null,
    label: member(grant, "label") ?? null,
    ...present(record, ["request", "server", "method", "tool", "era", "effect", "rule", "policy"]),
    ...counters(record),
    ...present(record, ["arguments", "bytes", "trace"]),
  });
}

function counters(record: JsonObject): JsonObject {
  const list = member(record, "counters");
  if (!Array.isArray(list) || list.length === 0) return {};
  return {
    counters: list.map((counter) =>
      isObject(counter) ? { ...counter, ...amounts(counter, ["used", "max"]) } : counter,
    ),
  };
}

/** Amounts are kept as decimal text, and may be shown as numbers with the same digits. */
function amounts(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = member(object, key);
      if (typeof value === "number") return [[key, String(value)]];
      return value instanceof JsonNumber ? [[key, value.text]] : [];
    }),
  );
}

/** See `Ended` there. */
function endedText(upstream: JsonObject): string | undefined {
  const at = milliseconds(upstream);
  if (at === undefined) return undefined;
  return canonicalJson({
    at,
    status: member(upstream, "status") ?? null,
    ...present(upstream, ["latencyMs", "bytes"]),
    ...(member(upstream, "gaveBack") === true && { gaveBack: true }),
  });
}

function present(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = member(object, key);
      return value === undefined || value === null ? [] : [[key, value]];
    }),
  );
}

/** Only in the one form in which the gateway writes an instant: another one for the same is a change too. */
function milliseconds(object: JsonObject): number | undefined {
  const time = text(object, "time");
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) || new Date(at).toISOString() !== time ? undefined : at;
}

function inside(object: JsonObject, key: string): JsonObject | undefined {
  const value = member(object, key);
  return isObject(value) ? value : undefined;
}

function text(object: JsonObject | undefined, key: string): string | undefined {
  const value = object === undefined ? undefined : member(object, key);
  return typeof value === "string" ? value : undefined;
}

function count(object: JsonObject | undefined, key: string): number | undefined {
  const value = object === undefined ? undefined : member(object, key);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}
