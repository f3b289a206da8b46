/**
 * From what a server lists to a policy that a person would sign, and the cases that hold the policy to it.
 *
 * A starting point by class: looking is open, changing is counted, what loses something is hidden, what costs money is
 * denied, and all that is not listed is closed. It must never open a tool that it can't name exactly, and never carry a
 * server's own sentences into the policy.
 */
import { bareObject, type JsonObject } from "../../json/value.ts";
import { MAX_POLICY_BYTES } from "../../policy/read.ts";
import type { Tool } from "../classify/classify.ts";
import { casesFor } from "./cases.ts";
import { entryFor } from "./entry.ts";
import { type Left, type Ruling, rulingsFor } from "./ruling.ts";

export type RecommendOptions = {
  /** Arguments have to fit the tool's schema. */
  readonly strict: boolean;
  /** One counter for all tools of a class, in place of one for each tool. */
  readonly shared: boolean;
  /** Of the policy, for people; empty for none. */
  readonly description: string;
};

export type Recommendation = {
  /** A policy document. It reads without a problem (`readPolicy`). */
  readonly document: JsonObject;
  /** What belongs into the `<policy>.cases.json` beside it. */
  readonly cases: readonly JsonObject[];
  /** One for each tool that the policy names, in its order. */
  readonly rulings: readonly Ruling[];
  /** Tools that no entry can name; the policy's default denies them. */
  readonly left: readonly Left[];
  /** Tools whose schema takes nothing that could be made up for a case: none shows them pass. Only under `strict`. */
  readonly unshown: readonly string[];
};

/** As many entries as a policy may have (policy/crosscheck.ts). */
const MOST_TOOLS = 5_000;
const GROUPS = 'write entries with globs, such as "get_*", for the groups among them';

/**
 * The dangerous come first, since they are what a person has to look at before signing; then by name. The same tools
 * make the same policy, in whatever order they are listed. Throws a RangeError that explains itself for more tools than
 * fit into one policy.
 */
export function recommend(tools: readonly Tool[], { strict, shared, description }: RecommendOptions): Recommendation {
  const { rulings, left } = rulingsFor(tools, { strict, shared });
  if (rulings.length > MOST_TOOLS) {
    throw new RangeError(
      `A policy names at most ${MOST_TOOLS} tools, and this server lists ${rulings.length}: ${GROUPS}.`,
    );
  }
  const entries = bareObject();
  for (const ruling of rulings) entries[ruling.name] = entryFor(ruling, strict);
  const document: JsonObject = Object.assign(
    bareObject(),
    { version: "1" },
    description === "" ? {} : { description },
    { default: "deny", tools: entries },
  );
  // As it is laid out for people, or longer.
  if (new TextEncoder().encode(JSON.stringify(document, null, 2)).length > MAX_POLICY_BYTES) {
    throw new RangeError(
      `The ${rulings.length} tools of this server do not fit into one policy, which is at most 1 MiB: ${GROUPS}.`,
    );
  }
  return { document, rulings, left, ...casesFor(rulings, left, strict) };
}
