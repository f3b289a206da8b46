/**
 * A record as people and programs are shown it: whatever is not known is null, and numbers have the digits that were
 * recorded. All that the chain's hashes are of is in it, so that it can be verified from what is shown.
 */
import { parseJson } from "../json/parse.ts";
import { bareObject, isObject, type Json, JsonNumber, type JsonObject, member } from "../json/value.ts";
import type { AuditRow } from "./query.ts";

type Shown = { readonly [key: string]: Json | Shown | readonly Shown[] };

export function shownRecord(row: AuditRow): Shown {
  const { grant, seq, link, hash, endLink, endHash } = row;
  const decided = objectIn(row.record);
  const of = (key: string): Json => member(decided, key) ?? null;
  return {
    id: `${grant}:${seq}`,
    time: timeIn(decided),
    request: of("request"),
    grant: { id: of("grant"), label: of("label") },
    seq,
    server: of("server"),
    method: of("method"),
    tool: of("tool"),
    era: of("era"),
    effect: of("effect"),
    rule: of("rule"),
    policy: of("policy"),
    counters: countersIn(decided),
    arguments: of("arguments"),
    bytes: of("bytes"),
    trace: of("trace"),
    upstream: row.ending === null ? null : shownEnding(objectIn(row.ending)),
    chain: { link, hash, endLink, endHash },
  };
}

function shownEnding(ended: JsonObject): Shown {
  const of = (key: string): Json => member(ended, key) ?? null;
  return {
    time: timeIn(ended),
    status: of("status"),
    latencyMs: of("latencyMs"),
    bytes: of("bytes"),
    gaveBack: member(ended, "gaveBack") === true,
  };
}

function countersIn(decided: JsonObject): readonly Shown[] {
  const counters = member(decided, "counters");
  if (!Array.isArray(counters)) return [];
  return counters.filter(isObject).map((state) => ({
    ...state,
    used: amount(member(state, "used")),
    max: amount(member(state, "max")),
  }));
}

/** Decimal text as the number it is. */
function amount(text: Json | undefined): Json {
  return typeof text === "string" && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? new JsonNumber(text) : (text ?? null);
}

function timeIn(record: JsonObject): string | null {
  const at = member(record, "at");
  return typeof at === "number" && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : null;
}

/** What somebody has tampered with is shown as far as it can be read, and does not hide the others. */
function objectIn(text: string): JsonObject {
  const parsed = parseJson(text);
  return parsed.ok && isObject(parsed.value) ? parsed.value : bareObject();
}
