/** What the audit log says of calls that did not end as they should have: what the server had answered until then. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { open, send } from "./raw.ts";
import { call, ERAS, speak } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { endlessSse, halfJson, halfSse, only } from "./upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "./upstreams/recorder.ts";

type Ending = { readonly status: number | null; readonly bytes: number | null; readonly gaveBack: boolean };

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway({ KEEP_ALIVE_SECONDS: "1" })]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putPolicy("upstream", "open", { version: "1", default: "allow" });
});

beforeEach(async () => {
  grant = await gateway.grant("upstream", "open");
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

function answerCalls(handler: Handler): void {
  upstream.answer(only("tools/call", handler, minimalServer().handle));
}

async function endingOfCall(): Promise<Ending> {
  for (;;) {
    await gateway.admin("GET", `/audit/chain/${grant.id}`);
    const { body } = await gateway.admin("GET", `/audit?grant=${grant.id}&method=tools/call`);
    const { items } = body as { readonly items: readonly { readonly upstream: Ending | null }[] };
    const ending = items[0]?.upstream;
    if (ending != null) return ending;
  }
}

const SOME = expect.toSatisfy((bytes: unknown) => typeof bytes === "number" && bytes > 10);

describe.each(ERAS)("a %s call", (era) => {
  it("whose stream broke off has the status and the size of what came", async () => {
    answerCalls(halfSse());
    await send(grant.url, speak(era, grant, call("echo")));
    expect(await endingOfCall()).toMatchObject({ status: 200, bytes: SOME, gaveBack: false });
  });

  it("whose answer broke off has its status", async () => {
    answerCalls(halfJson());
    await send(grant.url, speak(era, grant, call("echo")));
    expect(await endingOfCall()).toMatchObject({ status: 200, gaveBack: false });
  });

  it("that the client left in the middle of its stream has the status and the size of what came", async () => {
    answerCalls(endlessSse(5));
    const stream = await open(grant.url, speak(era, grant, call("echo")));
    expect(await stream.next()).toContain("progress");
    stream.leave();
    expect(await endingOfCall()).toMatchObject({ status: 200, bytes: SOME, gaveBack: false });
  });
});
