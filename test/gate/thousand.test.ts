/** One admin call brings a change into force for a thousand grants: each of them is decided by it on its very next call. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { each, type Many, startMany, versionsBy } from "./many.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { call } from "./wire.ts";

const COUNT = 1_000;
const SAMPLED = 50;

/** `echo` goes through, and what `shut` answers says which version decided. */
function policy(description: string): object {
  return { version: "1", description, default: "deny", tools: { echo: {}, shut: { action: "deny" } } };
}

let upstream: Recorder;
let moved: Recorder;
let many: Many;

beforeAll(async () => {
  [upstream, moved] = await Promise.all([startRecorder(), startRecorder()]);
  for (const one of [upstream, moved]) one.answer(minimalServer().handle);
  many = await startMany(COUNT, upstream.url, policy("first"));
  // Now every ledger lives, and knows of another version than those that follow.
  await many.admin("PUT", "/policies/files/many", policy("second"));
});

afterAll(async () => {
  await many?.close();
  await Promise.all([upstream?.close(), moved?.close()]);
});

function sample() {
  return many.grants.filter((_, nth) => nth % (COUNT / SAMPLED) === 7);
}

/** What came besides is the gateway's own look at the server's tools. */
function called({ requests }: Recorder): number {
  return requests.filter(({ text }) => text.includes("tools/call")).length;
}

it("a policy that is edited, and one that is rolled back", async () => {
  const second = await versionsBy(sample(), "shut");
  expect(second).toHaveLength(1);
  const edited = await many.admin("PUT", "/policies/files/many", policy("third"));
  expect(edited.grants).toBe(COUNT);
  expect(await versionsBy(sample(), "shut")).toEqual([edited.version]);
  const back = await many.admin("POST", "/policies/files/many/rollback", { revision: 2 });
  expect(await versionsBy(sample(), "shut")).toEqual([back.version]);
  expect([back.version]).toEqual(second);
});

it("a server that moves", async () => {
  await each(sample(), (grant) => call(grant, "echo"));
  expect(called(upstream)).toBe(SAMPLED);
  await many.admin("PUT", "/servers/files", { name: "files", url: moved.url });
  await each(sample(), (grant) => call(grant, "echo"));
  expect([called(upstream), called(moved)]).toEqual([SAMPLED, SAMPLED]);
});

it("leaves no ledger behind", async () => {
  const { behind } = await many.admin("GET", "/status");
  expect(behind).toEqual({ grants: 0, since: null });
});

it("one grant of them is suspended, resumed, moved and revoked, and no other", async () => {
  const [one, other] = many.grants;
  if (one === undefined || other === undefined) throw new Error("there are no grants");
  const outcome = async () => {
    const { status, result } = await call(one, "echo");
    expect((await call(other, "echo")).result?.isError).toBeFalsy();
    return status === 200 ? (result?.isError === true ? "denied" : "allowed") : status;
  };
  expect(await outcome()).toBe("allowed");
  await many.admin("POST", `/grants/${one.id}/suspend`);
  expect(await outcome()).toBe(401);
  await many.admin("POST", `/grants/${one.id}/resume`);
  expect(await outcome()).toBe("allowed");
  await many.admin("PUT", `/grants/${one.id}/policy`, { policy: null });
  expect(await outcome()).toBe("denied");
  await many.admin("PUT", `/grants/${one.id}/policy`, { policy: "many" });
  expect(await outcome()).toBe("allowed");
  await many.admin("POST", `/grants/${one.id}/revoke`);
  expect(await outcome()).toBe(401);
});
