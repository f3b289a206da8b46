/**
 * While an answer is awaited, its grant is looked at every so often. One look that fails, as looks do for a moment while a
 * new version is deployed, costs no answer; a ledger that stays out of reach ends the call.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { open } from "../gate/raw.ts";
import { call, speak } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { only } from "../gate/upstreams/misbehave.ts";
import { type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, textResult } from "../gate/upstreams/replies.ts";
import { type Fronted, PASS, startFronted } from "./fronted.ts";

let upstream: Recorder;
let gateway: Fronted;
const { promise: goOn, resolve } = Promise.withResolvers<void>();

beforeAll(async () => {
  upstream = await startRecorder(
    only(
      "tools/call",
      async (req, res) => {
        openSse(res);
        await goOn;
        res.end(event(answerTo(messageOf(req), textResult("done"))));
      },
      minimalServer().handle,
    ),
  );
  gateway = await startFronted({ KEEP_ALIVE_SECONDS: "0.2" });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

it("a call that runs keeps its answer when one look at its grant fails, as it does while ledgers are deployed", async () => {
  await gateway.putServer("one", { url: upstream.url });
  await gateway.putPolicy("one", "p", { version: "1", default: "allow" });
  const grant = await gateway.grant("one", "p");
  const stream = await open(grant.url, speak("legacy", grant, call("echo", {})));
  expect(await stream.next()).toBe(": keep-alive");
  let left = 1;
  gateway.decide(({ use }) => (use === "GRANT_LEDGER.view" && left-- > 0 ? { fate: "fail" } : PASS));
  expect(await stream.next()).toBe(": keep-alive");
  resolve();
  expect((await stream.rest()).at(-1)).toContain('"done"');
});

it("a call that runs is given up when its grant can't be looked at at all", async () => {
  await gateway.putServer("two", { url: upstream.url });
  await gateway.putPolicy("two", "p", { version: "1", default: "allow" });
  const grant = await gateway.grant("two", "p");
  const { promise: never, resolve: end } = Promise.withResolvers<void>();
  upstream.answer(
    only(
      "tools/call",
      async (req, res) => {
        openSse(res);
        await never;
        res.end(event(answerTo(messageOf(req), textResult("done"))));
      },
      minimalServer().handle,
    ),
  );
  const stream = await open(grant.url, speak("legacy", grant, call("echo", {})));
  expect(await stream.next()).toBe(": keep-alive");
  gateway.decide(({ use }) => (use === "GRANT_LEDGER.view" ? { fate: "fail" } : PASS));
  const said = await stream.rest();
  end();
  expect(said.join()).not.toContain('"done"');
  expect(said.at(-1)).toMatch(/UPSTREAM FAILED.*could not be checked; the answer is withheld/);
});
