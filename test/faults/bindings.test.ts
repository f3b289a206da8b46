/**
 * Whatever the gateway uses of the platform on the way of a call fails once, one use after the other, in every way that it
 * can: each time the call is refused with an explanation, or decided all the same where that can be had elsewhere; nothing
 * that was refused reaches the server; nothing is counted that did not run, but for what broke off in the middle; and the
 * next call goes through as if nothing had been.
 *
 * Which uses there are is not written down here: each run goes on until a call makes no more of them.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../gate/raw.ts";
import { type Fate, PASS } from "./fronted.ts";
import { expectInvariants, expectNoneOpen } from "./invariants.ts";
import { type Outcome, outcomeOf, requestIn } from "./outcome.ts";
import { MOST, type Scene, type Stage, startStage } from "./scenes.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

type Way = "throws" | "is done, but nobody hears of it" | "finds nothing" | "answers garbage";

const FATES: Readonly<Record<Way, Fate>> = {
  throws: { fate: "fail" },
  "is done, but nobody hears of it": { fate: "lose" },
  "finds nothing": { fate: "answer", answer: null },
  "answers garbage": { fate: "answer", answer: {} },
};

/** What may come of a call when one use fails so; for all others it is closed. */
function mayBe(use: string, way: Way): readonly Outcome[] {
  const found = way === "finds nothing" || way === "answers garbage";
  switch (use) {
    // Nobody knows yet who calls.
    case "GRANTGATE_KV.get token":
      return found ? ["unauthorized"] : ["unread"];
    // D1 has every text too.
    case "GRANTGATE_KV.get server":
    case "GRANTGATE_KV.get policy":
      return way === "finds nothing" ? ["ran"] : ["closed"];
    // A grant of which nothing is known is none, nor may a server be spoken to for it.
    case "GRANT_LEDGER.view":
    case "GRANTGATE_DB.first":
      return found ? ["unauthorized", "unknown tool", "closed"] : ["closed"];
    case "CREDENTIAL_KEEPER.token":
      return ["unknown tool", "no credential"];
    // What is no answer is asked for once more.
    case "GRANT_LEDGER.take":
      return way === "answers garbage" ? ["closed", "ran"] : ["closed"];
    default:
      return ["closed"];
  }
}

/** Nothing of the call came to be known to its ledger, or the answer did not come back. */
const UNRECORDED = new Set(["GRANTGATE_KV.get token", "GRANT_LEDGER.view", "GRANTGATE_DB.first", "GRANT_LEDGER.take"]);

const WANTED = [
  "GRANTGATE_KV.get token",
  "GRANTGATE_KV.get server",
  "GRANTGATE_KV.get policy",
  "GRANT_LEDGER.take",
  "SERVER_LEDGER.take",
  "TOOL_SHELF.stand",
  "CREDENTIAL_KEEPER.token",
];

const sentBy = ({ number }: Scene, more = 0): string => JSON.stringify({ number: number + more });

/** The use that failed; null when the call made fewer. */
async function failAt(place: number, way: Way): Promise<string | null> {
  const scene = await stage.scene();
  scene.arm(place, FATES[way]);
  const answer = await scene.call();
  const use = scene.uses[place];
  const told = outcomeOf(answer, scene.era, sentBy(scene));
  const where = `${use}, use ${place}, ${way}`;
  if (use === undefined) expect(told).toBe("ran");
  else expect(mayBe(use, way), where).toContain(told);
  expect(scene.ran(), where).toBe(told === "ran" ? 1 : 0);
  await expectHealed(scene, use === "GRANTGATE_KV.get token" && way === "answers garbage", where);
  await expectRecorded(scene, answer, told, use, where);
  return use ?? null;
}

/** A list shows what a look at the tools could not, at once; by itself the gateway looks again after half a minute. */
async function expectHealed(scene: Scene, staysUnknown: boolean, where: string): Promise<void> {
  if (staysUnknown) return;
  const before = scene.ran();
  scene.arm(null, FATES.throws);
  await scene.ask({ method: "tools/list" });
  expect(outcomeOf(await scene.call(1), scene.era, sentBy(scene, 1)), where).toBe("ran");
  expect(scene.ran(), where).toBe(before + 1);
}

async function expectRecorded(
  { grant, slug, number, ran }: Scene,
  answer: Answer,
  told: Outcome,
  use: string | undefined,
  where: string,
): Promise<void> {
  const interrupted = use?.endsWith("LEDGER.take") ? 1 : 0;
  const counters = [
    { counter: "own", of: { grant: grant.id }, max: MOST, tools: ["echo"], interrupted },
    { counter: "shared", of: { server: slug }, max: MOST, tools: ["echo"], interrupted },
  ];
  const trails = await expectInvariants({
    gateway: stage.gateway.url,
    upstream: stage.authority.upstream,
    grants: [grant.id],
    answered: told === "ran" ? [number] : [],
    ran: (one) => one >= number && one < number + 10,
    counters,
  });
  const rows = trails.get(grant.id)?.rows ?? [];
  const request = requestIn(answer);
  const about = rows.filter((row) => request !== undefined && row.request === request);
  if (use === undefined || told === "ran") return;
  if (!UNRECORDED.has(use)) expect(about, where).toMatchObject([{ effect: "deny", upstream: null }]);
  else expect(about.length, where).toBeLessThanOrEqual(1);
  const allowed = rows.filter(({ method, effect }) => method === "tools/call" && effect === "allow").length;
  expect([0, interrupted], where).toContain(allowed - ran());
}

describe("one use of the platform on the way of a call", () => {
  it.concurrent.each<Way>(["throws", "is done, but nobody hears of it", "finds nothing", "answers garbage"])(
    "that %s costs that call at most, and nothing else",
    async (way) => {
      const failed: string[] = [];
      for (let place = 0; ; place++) {
        const use = await failAt(place, way);
        if (use === null) break;
        failed.push(use);
      }
      expect(failed).toEqual(expect.arrayContaining(WANTED));
    },
  );
});

describe("a use of the platform that hangs", () => {
  it("keeps its call from the server, and no other call; when it goes on after all, the call runs once", async () => {
    const honest = await stage.scene();
    const places = [];
    for (const use of WANTED) {
      const scene = await stage.scene();
      const { promise: freed, resolve: free } = Promise.withResolvers<void>();
      const { promise: held, resolve: hold } = Promise.withResolvers<void>();
      scene.hold(use, async () => {
        hold();
        await freed;
        return PASS;
      });
      places.push({ scene, held, free });
    }
    const answers = places.map(({ scene }) => scene.call());
    await Promise.all(places.map(({ held }) => held));
    expect(outcomeOf(await honest.call(), honest.era, sentBy(honest))).toBe("ran");
    expect(places.map(({ scene }) => scene.ran())).toEqual(places.map(() => 0));
    for (const { free } of places) free();
    for (const [nth, { scene }] of places.entries()) {
      const answer = await answers[nth];
      expect(answer && outcomeOf(answer, scene.era, sentBy(scene))).toBe("ran");
      expect(scene.ran()).toBe(1);
    }
  });
});

it("nothing of it all leaves a stream open at the server", () => expectNoneOpen(stage.authority.upstream));
