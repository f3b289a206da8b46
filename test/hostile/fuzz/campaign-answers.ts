/** The other direction: the upstream's answers are what is mutated, and what its client received is what is held. */
import { type Answer, send } from "../../gate/raw.ts";
import { speak } from "../../gate/speak.ts";
import { type Handler, header } from "../../gate/upstreams/recorder.ts";
import { type Given, givenOf } from "./answers.ts";
import { type Cases, complaintIn, type Found, numberIn, someAtATime } from "./campaign.ts";
import { holdGiven } from "./hold-given.ts";
import { honestly, stillServes, type World } from "./world.ts";

export type AnswerTally = {
  cases: number;
  /** Of them, how many were changed and yet served as they were. */
  changedServed: number;
  /** How many came as an explained failure. */
  failed: number;
};

export const noAnswers = (): AnswerTally => ({ cases: 0, changedServed: 0, failed: 0 });

const BATCH = 250;

export async function fuzzAnswers(
  world: World,
  seed: number,
  { from, count }: Cases,
  tally: AnswerTally,
): Promise<Found | null> {
  const { gateway, upstream } = world;
  const standing = await world.grant();
  const { grant } = standing;
  upstream.answer(answering(seed));
  try {
    for (let first = from; first < from + count; first += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, from + count - first) }, (_, n) => givenOf(seed, first + n));
      const answers = await someAtATime(batch, ({ nth, era, message }) => {
        const { headers, ...raw } = speak(era, grant, message);
        return send(grant.url, { ...raw, headers: [...headers, "Baggage", `case=${nth}`] });
      });
      upstream.clear();
      for (const [at, given] of batch.entries()) {
        const answer = answers[at];
        if (answer === undefined) continue;
        const faults = holdGiven(given, answer);
        if (faults.length > 0) return { kind: "answer", nth: given.nth, faults, given, answer: answer.text };
        tallied(tally, given, answer);
      }
      const after = (await stillServes(standing)) ?? complaintIn(gateway.logs());
      if (after !== null) return { kind: "after", nth: first, faults: [after] };
    }
    return null;
  } finally {
    upstream.answer(honestly());
  }
}

/** Each case gets its own answer; whoever asks without a number gets an honest one. */
function answering(seed: number): Handler {
  const honest = honestly();
  return (req, res) => {
    const nth = numberIn(header(req, "baggage"));
    if (nth === null) return honest(req, res);
    const { status, type, body } = givenOf(seed, nth);
    res.writeHead(status, { "Content-Type": type }).end(body);
  };
}

function tallied(tally: AnswerTally, { mutations }: Given, { text }: Answer): void {
  tally.cases++;
  if (text.includes("-31004")) tally.failed++;
  else if (mutations.length > 0) tally.changedServed++;
}
