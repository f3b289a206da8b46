/** One case: an honest message of one era, and what becomes of it. The same seed and number always make the same. */
import { isUtf8 } from "node:buffer";
import type { Grant } from "../../gate/gateway.ts";
import type { Raw } from "../../gate/raw.ts";
import { ERAS, type Era, headersFor, textOf } from "../../gate/speak.ts";
import { honest } from "./corpus.ts";
import { BYTE_MUTATIONS } from "./mutate-bytes.ts";
import { HEADER_MUTATIONS } from "./mutate-headers.ts";
import { STRUCTURE_MUTATIONS } from "./mutate-structure.ts";
import { INNER_MUTATIONS, RESPELLINGS, type TextMutation, TOKEN_MUTATIONS } from "./mutate-tokens.ts";
import { type Random, randomOf } from "./random.ts";

export type Sent = {
  readonly nth: number;
  readonly era: Era;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly chunked: boolean;
  /** Names of what was done to it. */
  readonly mutations: readonly string[];
  /** Whether it must reach the upstream; null once anything was done to it that may change what it says. */
  readonly passes: boolean | null;
};

/** A legacy session that stands: the headers that name it. */
export type Standing = { readonly grant: Grant; readonly session: readonly string[] };

export function requestOf(seed: number, nth: number, { grant, session }: Standing): Sent {
  const random = randomOf(seed, nth);
  const era = random.pick(ERAS);
  const { message, text, inSession, passes } = honest(random, nth, era);
  const region = message.params?.arguments;
  const sent: Sent = {
    nth,
    era,
    headers: [
      ...headersFor(era, grant, message),
      ...(inSession ? session : []),
      ...(era === "modern" ? mirrorOf(region) : []),
    ],
    body: Buffer.from(text ?? textOf(era, message)),
    chunked: random.oneIn(10),
    mutations: [],
    passes,
  };
  const steps = random.pick([0, 1, 1, 1, 1, 2, 2, 3]);
  let mutated = sent;
  for (let step = 0; step < steps; step++) mutated = mutate(mutated, random);
  return mutated;
}

/** What the tool `route` has mirrored of its arguments. */
function mirrorOf(args: unknown): string[] {
  const region = typeof args === "object" && args !== null && "region" in args ? args.region : undefined;
  if (typeof region !== "string") return [];
  return [
    "Mcp-Param-Region",
    /^[a-z]+$/.test(region) ? region : `=?base64?${Buffer.from(region).toString("base64")}?=`,
  ];
}

function mutate(sent: Sent, random: Random): Sent {
  if (sent.body.includes('"{') && random.oneIn(3)) return onText(sent, INNER_MUTATIONS, random, null);
  const kind = random.below(20);
  if (kind < 4) return onText(sent, RESPELLINGS, random, sent.passes);
  if (kind < 10) return onText(sent, TOKEN_MUTATIONS, random, null);
  if (kind < 13) return onText(sent, STRUCTURE_MUTATIONS, random, null);
  if (kind < 16) {
    const [name, change] = random.pick(Object.entries(BYTE_MUTATIONS));
    return { ...noted(sent, name), body: change(sent.body, random) };
  }
  const [name, change] = random.pick(Object.entries(HEADER_MUTATIONS));
  return { ...noted(sent, name), headers: change(sent.headers, random) };
}

function onText(
  sent: Sent,
  from: Readonly<Record<string, TextMutation>>,
  random: Random,
  passes: Sent["passes"],
): Sent {
  // Bytes that are no text are left alone, not mended.
  if (!isUtf8(sent.body)) return sent;
  const [name, change] = random.pick(Object.entries(from));
  return { ...noted(sent, name), passes, body: Buffer.from(change(sent.body.toString(), random)) };
}

function noted(sent: Sent, name: string): Sent {
  return { ...sent, passes: null, mutations: [...sent.mutations, name] };
}

/** As it goes out: with its number, by which it is known again on the other side. */
export function rawOf(sent: Sent): Raw {
  const { nth, headers, body, chunked } = sent;
  return { headers: ["Baggage", `case=${nth}`, ...headers], body, chunked };
}
