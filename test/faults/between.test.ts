/**
 * Objects go while calls are out at a slow server, with all that is under way in them and all that they had in memory.
 * The calls end as if nothing had been, each record closes once, what goes back goes back once, and counters stay exact.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { messageIn } from "../gate/explained.ts";
import type { Grant } from "../gate/gateway.ts";
import { type Opened, open } from "../gate/raw.ts";
import { ERAS, type Era, ID, call as message, speak } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { only } from "../gate/upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "../gate/upstreams/replies.ts";
import { type CallAnswer, call, callModern, decisionOf, listedTools } from "../gate/wire.ts";
import { type Fate, type Fronted, PASS, startFronted, type Use } from "./fronted.ts";
import { type Counted, callsIn, expectInvariants, expectNoneOpen, usedOf } from "./invariants.ts";
import { numberOf, type Row, trailOf } from "./trail.ts";

const MOST = 8;
const MOST_SHARED = 12;
/** Of one scene. */
const MOST_NUMBERS = 1_000;

let upstream: Recorder;
let endpoint: Recorder;
let gateway: Fronted;
/** One that soon keeps streams alive. */
let streaming: Fronted;
/** What is to come of uses, by the object that they are of. */
const fates = new Map<string, (use: Use) => Fate | Promise<Fate>>();
/** The server answers these no sooner than it is let, by the scene. */
const held = new Map<number, Promise<void>>();

/** The tool says by its name what becomes of a call. */
const handle: Handler = async (req, res) => {
  const called = messageOf(req);
  const { name, arguments: args } = called.params as { name: string; arguments: { number: number } };
  if (name === "stream") {
    openSse(res);
    res.write(event({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "begun" } }));
  }
  await held.get(Math.floor(args.number / MOST_NUMBERS));
  const unknown = { jsonrpc: "2.0", id: called.id, error: { code: -32602, message: "Unknown tool" } };
  if (name === "stream") res.end(event(answerTo(called, textResult("done"))));
  else if (name === "absent") sendJson(res, unknown);
  else sendJson(res, answerTo(called, textResult("done")));
};

beforeAll(async () => {
  const tools = ["charge", "absent", "stream"].map((name) => ({ name, inputSchema: { type: "object" } }));
  // Of so short a life that the keeper is visited again and again.
  const token = { access_token: "token", token_type: "Bearer", expires_in: 1 };
  upstream = await startRecorder(only("tools/call", handle, minimalServer({ tools }).handle));
  endpoint = await startRecorder((_req, res) => sendJson(res, token));
  // Only of a stream that is silent so long it is asked whether its grant still stands.
  [gateway, streaming] = await Promise.all([startFronted(), startFronted({ KEEP_ALIVE_SECONDS: "0.2" })]);
  for (const one of [gateway, streaming]) one.decide((use) => fates.get(use.about)?.(use) ?? PASS);
});

afterAll(async () => {
  await Promise.all([gateway?.close(), streaming?.close()]);
  await Promise.all([upstream?.close(), endpoint?.close()]);
});

type Scene = {
  readonly gateway: Fronted;
  readonly slug: string;
  readonly grants: readonly [Grant, Grant];
  /** The numbers of its calls so far. */
  readonly numbers: number[];
  /** Calls under one grant and the other in turn, in one era and the other; each bears the next number. */
  calls(tool: string, times: number): Calls;
  /** Opens a call that is streamed, under the first grant. */
  stream(era: Era): Promise<Opened>;
  /** Has calls wait at the server until the returned function is called. */
  hold(): () => void;
};

type Calls = {
  readonly numbers: readonly number[];
  /** What was told so far, in the order of the calls. */
  readonly told: (string | undefined)[];
  readonly all: Promise<string[]>;
};

let scenes = 0;

async function newScene(at: Fronted = gateway): Promise<Scene> {
  const nth = ++scenes;
  const slug = `between-${nth}`;
  const oauth = { tokenUrl: endpoint.url, clientId: "gateway", clientSecret: `\${secret:CLIENT}` };
  const secrets = { CLIENT: "secret-of-the-test" };
  await at.putServer(slug, { url: upstream.url, drift: "hold", credential: { oauth }, secrets });
  const limits = [
    { counter: "own", window: "month", max: MOST },
    { counter: "shared", window: "month", max: MOST_SHARED, scope: "server" },
  ];
  const record = { arguments: "full" };
  const tools = { charge: { limits }, absent: { limits }, stream: {} };
  await at.putPolicy(slug, "p", { version: "1", default: "deny", record, tools });
  const grants = [await at.grant(slug, "p"), await at.grant(slug, "p")] as const;
  const numbers: number[] = [];
  const next = () => numbers[numbers.push(nth * MOST_NUMBERS + numbers.length) - 1] ?? 0;
  return {
    gateway: at,
    slug,
    grants,
    numbers,
    calls(tool, times) {
      const mine = Array.from({ length: times }, next);
      const told: (string | undefined)[] = mine.map(() => undefined);
      const each = mine.map(async (number, place) => {
        const send = Math.floor(number / 2) % 2 === 0 ? call : callModern;
        const answer = toldBy(await send(grants[number % 2 === 0 ? 0 : 1], tool, { number }));
        told[place] = answer;
        return answer;
      });
      return { numbers: mine, told, all: Promise.all(each) };
    },
    stream: (era) => open(grants[0].url, speak(era, grants[0], message("stream", { number: next() }))),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(nth, promise);
      return resolve;
    },
  };
}

/** That a call ran, that the server says it did not, that its limit is reached, or by which rule it was denied. */
function toldBy(answer: CallAnswer): string {
  if (answer.result !== undefined && answer.result.isError !== true) return "ran";
  if (answer.error?.code === -32602) return "did not run";
  const { effect, rule } = Object(decisionOf(answer));
  return effect === "limit" ? "limited" : String(rule);
}

const ranIn = ({ numbers }: Pick<Scene, "numbers">) =>
  callsIn(upstream).filter(({ number }) => numbers.includes(number));

const count = (told: readonly string[], what: string) => told.filter((one) => one === what).length;

/** Each of the calls is at the server, or was answered. */
async function allOut({ numbers, told }: Calls): Promise<void> {
  await vi.waitFor(
    () => {
      const ran = new Set(ranIn({ numbers: [...numbers] }).map(({ number }) => number));
      expect(numbers.filter((number, place) => !ran.has(number) && told[place] === undefined)).toEqual([]);
    },
    { timeout: 20_000, interval: 10 },
  );
}

/** An ending comes behind its answer: waits until each call that ran has its own. */
async function allEnded(scene: Scene): Promise<void> {
  await vi.waitFor(
    async () => {
      const trails = await Promise.all(scene.grants.map(({ id }) => trailOf(scene.gateway.url, id)));
      const rows = trails.flatMap((trail) => trail.rows);
      const ended = new Set(rows.filter((row) => row.upstream !== null).map(numberOf));
      expect(ranIn(scene).filter(({ number }) => !ended.has(number))).toEqual([]);
    },
    { timeout: 20_000, interval: 100 },
  );
}

/** `unsure` are calls that could not be decided: they may have been counted, and need not be recorded. */
async function expectExact(scene: Scene, interrupted = 0, unsure: readonly number[] = []): Promise<readonly Row[]> {
  const counted = { tools: ["charge", "absent"], interrupted };
  const own = scene.grants.map(({ id }): Counted => ({ ...counted, counter: "own", of: { grant: id }, max: MOST }));
  const trails = await expectInvariants({
    gateway: scene.gateway.url,
    upstream,
    grants: scene.grants.map(({ id }) => id),
    answered: scene.numbers.filter((number) => !unsure.includes(number)),
    ran: (number) => scene.numbers.includes(number),
    counters: [...own, { ...counted, counter: "shared", of: { server: scene.slug }, max: MOST_SHARED }],
  });
  return [...trails.values()].flatMap(({ rows }) => rows);
}

type Objects = (scene: Scene) => readonly (readonly [binding: string, name: string])[];

const OBJECTS: Readonly<Record<string, Objects>> = {
  "the ledgers of the grants": ({ grants }) => grants.map(({ id }) => ["GRANT_LEDGER", id]),
  "the ledger of the server": ({ slug }) => [["SERVER_LEDGER", slug]],
  "the shelf of its tools": ({ slug }) => [["TOOL_SHELF", slug]],
  "the keeper of its credential": ({ slug }) => [["CREDENTIAL_KEEPER", `server:${slug}`]],
  "the caretaker": () => [["CARETAKER", "caretaker"]],
};

describe.concurrent("while calls are out at a slow server", () => {
  it.each(Object.entries(OBJECTS))(
    "%s can go again and again: the calls end once, and what ran counts",
    async (_, of) => {
      const scene = await newScene();
      const go = () => Promise.all(of(scene).map(([binding, name]) => gateway.abort(binding, name)));
      const letGo = scene.hold();
      const [charged, absent] = [scene.calls("charge", 6), scene.calls("absent", 4)];
      await Promise.all([charged, absent].map(allOut));
      await go();
      const more = scene.calls("charge", 6);
      await allOut(more);
      await go();
      letGo();
      expect(await charged.all).toEqual(Array(6).fill("ran"));
      expect(await absent.all).toEqual(Array(4).fill("did not run"));
      const told = await more.all;
      expect([count(told, "ran"), count(told, "limited")]).toEqual([2, 4]);
      // What did not run goes back behind the answers; a ledger that goes before it has is stricter than the truth.
      const used = () => usedOf(gateway.url, { server: scene.slug }, "shared");
      await vi.waitFor(
        async () => {
          // An ending that found its ledger gone rides on the next message.
          await Promise.all(scene.grants.map(listedTools));
          expect(await used()).toBe(MOST_SHARED - 4);
        },
        { timeout: 30_000, interval: 100 },
      );
      await go();
      await allEnded(scene);
      const last = await scene.calls("charge", 8).all;
      await allEnded(scene);
      const rows = await expectExact(scene);
      expect(count(last, "ran")).toBe(4);
      expect(rows.filter((row) => row.upstream?.gaveBack)).toHaveLength(4);
    },
  );
});

describe.concurrent("when many call at once and", () => {
  it.each([
    ["the ledger of a grant", "GRANT_LEDGER.take", ({ grants }: Scene) => grants[0].id],
    ["the ledger of the server", "SERVER_LEDGER.take", ({ slug }: Scene) => slug],
  ])("%s goes in the middle, nothing runs that is not counted, and each is told", async (_, which, of) => {
    const scene = await newScene();
    await scene.calls("charge", 2).all;
    let uses = 0;
    fates.set(of(scene), ({ use }) => (use === which && [1, 4].includes(uses++) ? { fate: "crash" } : PASS));
    const { numbers, all } = scene.calls("charge", 20);
    const told = await all;
    const unsure = numbers.filter((_, place) => told[place] === "(failed closed)");
    expect(unsure.length).toBeGreaterThan(0);
    expect(count(told, "ran") + count(told, "limited") + unsure.length).toBe(20);
    expect(ranIn(scene)).toHaveLength(2 + count(told, "ran"));
    await allEnded(scene);
    await expectExact(scene, unsure.length, unsure);
  });
});

describe.concurrent("the end of a call", () => {
  it.each<[string, Fate, number]>([
    ["that can't be told to its ledger", { fate: "fail" }, 0],
    ["that is told, though nobody hears that it was,", { fate: "lose" }, 0],
    // What the server's ledger is owed can be lost between the two: then it stays taken.
    ["that is told while the ledger goes", { fate: "crash" }, 1],
  ])("%s is told with the next one, and counts once", async (_, fate, interrupted) => {
    const scene = await newScene();
    const { id } = scene.grants[0];
    let left = 1;
    fates.set(id, ({ use }) => (use === "GRANT_LEDGER.settle" && left-- > 0 ? fate : PASS));
    expect(await scene.calls("absent", 2).all).toEqual(["did not run", "did not run"]);
    expect(await scene.calls("charge", 2).all).toEqual(["ran", "ran"]);
    await allEnded(scene);
    const rows = await expectExact(scene, interrupted);
    expect(rows.filter((row) => row.upstream?.gaveBack)).toHaveLength(2);
    expect(left).toBeLessThanOrEqual(0);
  });
});

describe.concurrent.each(ERAS)("a stream of a %s call", (era) => {
  it("goes on while the ledger of its grant goes again and again", async () => {
    const scene = await newScene(streaming);
    const letGo = scene.hold();
    const stream = await scene.stream(era);
    expect(await stream.next()).toContain('"begun"');
    for (let beat = 0; beat < 3; beat++) {
      const gone = streaming.abort("GRANT_LEDGER", scene.grants[0].id);
      // Asked in that very moment, it could not say that the grant stands, and the stream would end.
      fates.set(scene.grants[0].id, ({ use }) => (use === "GRANT_LEDGER.view" ? gone.then(() => PASS) : PASS));
      await gone;
      expect(await stream.next()).toBe(": keep-alive");
    }
    letGo();
    expect((await stream.rest()).at(-1)).toContain('"done"');
    await allEnded(scene);
    await expectExact(scene);
  });

  it("ends with an explanation, on both sides, when nobody can say whether its grant still stands", async () => {
    const scene = await newScene(streaming);
    scene.hold();
    const stream = await scene.stream(era);
    expect(await stream.next()).toContain('"begun"');
    fates.set(scene.grants[0].id, ({ use }) => (use === "GRANT_LEDGER.view" ? { fate: "fail" } : PASS));
    const text = (await stream.rest()).at(-1) ?? "";
    fates.delete(scene.grants[0].id);
    const told = expect.stringContaining("could not be checked; the answer is withheld.");
    expect(messageIn({ text, json: undefined, status: 200, headers: {} })).toMatchObject({
      id: ID,
      result: { isError: true, content: [{ text: told }] },
    });
    const isMine = ({ number }: { number: number }) => scene.numbers.includes(number);
    await upstream.waitFor((req) => req.disconnectedAt !== undefined && callsIn({ requests: [req] }).some(isMine));
    await allEnded(scene);
    await expectExact(scene);
  });
});

it("nothing of it all leaves a stream open at the server", () => expectNoneOpen(upstream));
