/** Cases in batches: some at a time, under a grant of their own, with an honest call behind them. */
import { type Answer, send } from "../../gate/raw.ts";
import { header, type Recorded } from "../../gate/upstreams/recorder.ts";
import { DAY } from "../../gate/window.ts";
import type { Given } from "./answers.ts";
import { holdAnswer } from "./hold-answer.ts";
import type { Secrets } from "./hold-headers.ts";
import { holdReceived } from "./hold-received.ts";
import { MOST_RATIONS, MOST_SPENT, type Running } from "./policy.ts";
import { rawOf, requestOf, type Sent, type Standing } from "./requests.ts";
import { shrunk } from "./shrink.ts";
import { CREDENTIAL, SESSION, stillServes, type World } from "./world.ts";

/** A rule that was broken: by a request, by an answer of the upstream's, or by what a whole batch came to. */
export type Found = { readonly nth: number; readonly faults: readonly string[] } & (
  | { readonly kind: "request"; readonly sent: Sent }
  | { readonly kind: "answer"; readonly given: Given; readonly answer: string }
  | { readonly kind: "after" }
);

export type Cases = { readonly from: number; readonly count: number };

export type Tally = {
  cases: number;
  /** Of them, how many reached the upstream, and how many of those had been changed. */
  arrived: number;
  changedArrived: number;
  /** Refused before any policy was asked, and denied, hidden or limited. */
  refused: number;
  denied: number;
  /** Messages that reached the upstream and that a witness of the SDKs would not take. */
  notTaken: number;
};

export const noTally = (): Tally => ({ cases: 0, arrived: 0, changedArrived: 0, refused: 0, denied: 0, notTaken: 0 });

const AT_ONCE = 24;
const BATCH = 250;

/** Makes the cases from `from` on; gives the first that breaks a rule, made as small as it gets, or null. */
export async function fuzzRequests(
  world: World,
  seed: number,
  { from, count }: Cases,
  tally: Tally,
): Promise<Found | null> {
  for (let first = from; first < from + count; first += BATCH) {
    const standing = await world.grant();
    world.upstream.clear();
    const began = Date.now();
    const batch = Array.from({ length: Math.min(BATCH, from + count - first) }, (_, n) =>
      requestOf(seed, first + n, standing),
    );
    const answers = await someAtATime(batch, (sent) => send(standing.grant.url, rawOf(sent)));
    const found = holdBatch(batch, answers, world, standing, tally, daysSince(began));
    if (found !== null) return found.kind === "request" ? await smallest(world, standing, found) : found;
    const after = (await stillServes(standing)) ?? complaintIn(world.gateway.logs());
    if (after !== null) return { kind: "after", nth: first, faults: [after] };
  }
  return null;
}

/** How many windows of a day the batch touched. */
const daysSince = (began: number) => 1 + Math.floor(Date.now() / DAY) - Math.floor(began / DAY);

function holdBatch(
  batch: readonly Sent[],
  answers: readonly Answer[],
  { upstream }: World,
  standing: Standing,
  tally: Tally,
  days: number,
): Found | null {
  const arrived = Map.groupBy(upstream.requests, numberOf);
  const runs: Running[] = [];
  for (const [at, sent] of batch.entries()) {
    const answer = answers[at];
    const received = arrived.get(sent.nth) ?? [];
    if (answer === undefined) continue;
    const held = received.map((one) => holdReceived(sent, one, secretsOf(standing)));
    const faults = [...held.flatMap((one) => one.faults), ...holdAnswer(sent, answer, received.length)];
    if (received.length > 1) faults.push("it arrived more than once");
    if (sent.passes !== null && sent.passes !== (received.length === 1)) {
      faults.push(sent.passes ? "what is honest does not pass" : "what is denied passes");
    }
    if (faults.length > 0) return { kind: "request", nth: sent.nth, faults, sent };
    runs.push(...held.flatMap((one) => one.runs));
    count(tally, sent, answer, received.length);
    tally.notTaken += held.some(({ refusedBy }) => refusedBy > 0) ? 1 : 0;
  }
  const stray = (arrived.get(null) ?? []).find((one) => !isOwnLook(one));
  if (stray !== undefined) return { kind: "after", nth: -1, faults: [`nobody's message arrived: ${stray.text}`] };
  const over = overLimits(runs, days);
  return over === null ? null : { kind: "after", nth: batch[0]?.nth ?? -1, faults: [over] };
}

/** The number of the case that a message belongs to; null for what the gateway asks for itself, or a grant's greeting. */
function numberOf(received: Recorded): number | null {
  return numberIn(header(received, "baggage"));
}

export function numberIn(baggage: string | undefined): number | null {
  const number = /^case=(\d+)$/.exec(baggage ?? "")?.[1];
  return number === undefined ? null : Number(number);
}

/** The gateway lists a server's tools for itself; and sessions are opened without a number. */
function isOwnLook({ text, method }: Recorded): boolean {
  return method === "DELETE" || /"id":"grantgate-|"method":"(initialize|notifications\/initialized)"/.test(text);
}

function overLimits(runs: readonly Running[], days: number): string | null {
  const rations = runs.filter(({ tool }) => tool === "ration").length;
  if (rations > MOST_RATIONS * days) return `${rations} rations were given out, of ${MOST_RATIONS}`;
  const spent = runs.reduce((sum, { tool, args }) => sum + (tool === "spend" ? Number(args.amount) : 0), 0);
  return spent > MOST_SPENT * days + 1e-6 ? `${spent} was spent, of ${MOST_SPENT}` : null;
}

function count(tally: Tally, sent: Sent, answer: Answer, arrived: number): void {
  tally.cases++;
  tally.arrived += arrived;
  if (sent.mutations.length > 0) tally.changedArrived += arrived;
  if (answer.status >= 400) tally.refused++;
  else if (/io\.grantgate\/decision|Unknown tool/.test(answer.text)) tally.denied++;
}

function secretsOf({ grant, session }: Standing): Secrets {
  return { kept: [grant.token, session[1] ?? grant.token], session: SESSION, credential: CREDENTIAL };
}

/** What the gateway says only when something went wrong in it. */
export function complaintIn(logs: string): string | null {
  const at = logs.search(/\\"level\\":\\"error\\"|Uncaught|exception/i);
  return at < 0 ? null : `the gateway complains: ${logs.slice(at, at + 500)}`;
}

async function smallest(world: World, standing: Standing, found: Extract<Found, { kind: "request" }>): Promise<Found> {
  const faultsOf = async (smaller: Sent): Promise<readonly string[]> => {
    world.upstream.clear();
    const answer = await send(standing.grant.url, rawOf(smaller));
    return holdBatch([{ ...smaller, passes: null }], [answer], world, standing, noTally(), 1)?.faults ?? [];
  };
  const small = await shrunk(found.sent, async (smaller) => (await faultsOf(smaller)).length > 0);
  const faults = await faultsOf(small);
  return faults.length === 0 ? found : { ...found, faults, sent: small };
}

export async function someAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item !== undefined) results[at] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
