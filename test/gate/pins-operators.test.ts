/**
 * What operators do about drift: an acceptance lets through exactly what was looked at, from the next call on, and no
 * edit of a server is one.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Grant } from "./gateway.ts";
import { type Inventory, outcome, type Pinned, POLICY, shown, startPinned, tool } from "./pinned.ts";
import { ERAS } from "./speak.ts";
import { answerTo, messageOf, sendJson } from "./upstreams/replies.ts";

const READ = tool("read");
const SEND = tool("send");
const SECOND = tool("read", "The second");
const THIRD = tool("read", "The third");
const CHANGED = "(definition changed)";

let given: Pinned;
let slug: string;
let grant: Grant;

beforeAll(async () => {
  given = await startPinned();
});
beforeEach(async () => {
  given.upstream.answer(given.server.handle);
  slug = await given.register();
  grant = await given.gateway.grant(slug, "p");
  await lists(READ, SEND);
});
afterAll(() => given?.close());

/** The server lists these from now on, and a client sees that. */
async function lists(...tools: (typeof READ)[]): Promise<string[]> {
  given.server.tools = tools;
  return shown("legacy", grant);
}

const drifted = () => given.inventory(slug, "state=drifted");

async function seenHash(name = "read"): Promise<string> {
  const item = (await drifted()).items.find((each) => each.name === name);
  return item?.seenHash ?? item?.hash ?? "";
}

describe("an acceptance", () => {
  it.each(ERAS)("is in force for the very next call and list of all grants in the %s era", async (era) => {
    const other = await given.gateway.grant(slug, "p");
    expect(await outcome(era, other, "read")).toBe("ok");
    await lists(SECOND, SEND);
    expect(await outcome(era, other, "read")).toBe(CHANGED);
    given.upstream.clear();
    const hash = await seenHash();
    expect(await given.accept(slug, [{ name: "read", hash }])).toEqual({ status: 200, body: { accepted: 1 } });
    expect(await outcome(era, other, "read")).toBe("ok");
    expect(await shown(era, grant)).toEqual(["read", "send"]);
    expect(given.called()).toEqual(["read"]);
  });

  it("is refused when the tool has changed once more, and lets nothing through", async () => {
    await lists(SECOND, SEND, tool("extra"));
    const wanted = [
      { name: "extra", hash: await seenHash("extra") },
      { name: "read", hash: await seenHash() },
    ];
    await lists(THIRD, SEND, tool("extra"));
    const { status, body } = await given.accept(slug, wanted);
    expect([status, JSON.stringify(body)]).toEqual([409, expect.stringContaining('\\"read\\"')]);
    given.upstream.clear();
    for (const name of ["read", "extra"]) expect(await outcome("legacy", grant, name)).toBe(CHANGED);
    expect(given.called()).toEqual([]);
  });

  it("of one definition never lets another through", async () => {
    await lists(SECOND, SEND);
    await given.accept(slug, [{ name: "read", hash: await seenHash() }]);
    for (const tools of [THIRD, READ]) {
      expect(await lists(tools, SEND)).toEqual(["send"]);
      expect(await outcome("legacy", grant, "read")).toBe(CHANGED);
    }
    const made = [
      { name: "read", hash: "0".repeat(64) },
      { name: "read", hash: null },
      { name: "none", hash: await seenHash() },
      { name: "send", hash: await seenHash() },
    ];
    for (const wanted of made) expect(await given.accept(slug, [wanted])).toMatchObject({ status: 409 });
    expect(await outcome("legacy", grant, "read")).toBe(CHANGED);
  });

  it("by two operators at once is one acceptance, and two that differ let through what was listed last", async () => {
    await lists(SECOND, SEND);
    const second = await seenHash();
    const same = await Promise.all([1, 2].map(() => given.accept(slug, [{ name: "read", hash: second }])));
    expect(same.map(({ status }) => status)).toEqual([200, 200]);
    await lists(THIRD, SEND);
    const third = await seenHash();
    await Promise.all([second, third, second, third].map((hash) => given.accept(slug, [{ name: "read", hash }])));
    expect(await drifted()).toMatchObject({ drifted: 0, items: [] });
    expect((await given.inventory(slug)).items[0]).toMatchObject({ name: "read", hash: third });
  });

  it("lets go of a tool that is gone, and what comes back under its name is new", async () => {
    await lists(READ);
    expect((await drifted()).items).toMatchObject([{ name: "send", state: "gone" }]);
    expect(await given.accept(slug, [{ name: "send", hash: null }])).toMatchObject({ status: 200 });
    expect(await outcome("legacy", grant, "send")).toBe("-32602 Unknown tool: send");
    expect(await lists(READ, SEND)).toEqual(["read"]);
    expect(await outcome("legacy", grant, "send")).toBe(CHANGED);
  });
});

describe("an edit of the server", () => {
  const edit = (drift: string, url = given.upstream.url) => given.gateway.putServer(slug, { url, drift });
  const complete = (about: Partial<Inventory>) => expect.poll(() => given.inventory(slug)).toMatchObject(about);

  it("to warn shows what drifted and lets it be called, and back to hold holds it again", async () => {
    await edit("warn");
    expect(await lists(SECOND, SEND, tool("extra"))).toEqual(["read", "send", "extra"]);
    await complete({ drift: "warn", tools: 3, drifted: 2 });
    for (const name of ["read", "extra", "none"]) expect(await outcome("legacy", grant, name)).toBe("ok");
    await expect.poll(() => given.gateway.logs()).toContain("changed read, new extra");
    await edit("hold");
    for (const name of ["read", "extra"]) expect(await outcome("legacy", grant, name)).toBe(CHANGED);
    expect(await shown("legacy", grant)).toEqual(["send"]);
  });

  it("to allow follows what is listed from then on, and back to hold holds what comes after", async () => {
    await lists(SECOND, SEND);
    await edit("allow");
    expect(await outcome("legacy", grant, "read")).toBe("ok");
    expect(await lists(SECOND, SEND, tool("extra"))).toEqual(["read", "send", "extra"]);
    await complete({ drift: "allow", tools: 3, drifted: 0 });
    await edit("hold");
    for (const name of ["read", "extra"]) expect(await outcome("legacy", grant, name)).toBe("ok");
    expect(await lists(THIRD, SEND, tool("extra"))).toEqual(["send", "extra"]);
    expect(await outcome("legacy", grant, "read")).toBe(CHANGED);
  });

  it("to hold is not undone by a list that was asked for before and answered after", async () => {
    await edit("allow");
    const { promise, resolve } = Promise.withResolvers<void>();
    given.upstream.answer(async (req, res) => {
      await promise;
      sendJson(res, answerTo(messageOf(req), { tools: [SECOND, SEND] }));
    });
    given.upstream.clear();
    const late = shown("legacy", grant);
    await given.upstream.waitFor(({ method }) => method === "POST");
    await edit("hold");
    resolve();
    expect(await late).toEqual(["read", "send"]);
    given.upstream.answer(given.server.handle);
    expect(await lists(SECOND, SEND)).toEqual(["send"]);
    expect(await outcome("legacy", grant, "read")).toBe(CHANGED);
  });

  it("to another address begins anew there, and the first one's drift is still held", async () => {
    await lists(SECOND, SEND);
    await edit("hold", `${given.upstream.url}/moved`);
    expect(await given.inventory(slug)).toMatchObject({ complete: false, tools: 0 });
    expect(await outcome("legacy", grant, "read")).toBe("ok");
    expect(await shown("legacy", grant)).toEqual(["read", "send"]);
    await edit("hold");
    expect(await outcome("legacy", grant, "read")).toBe(CHANGED);
    expect(await shown("legacy", grant)).toEqual(["send"]);
  });

  it("that deletes it and makes it again accepts nothing", async () => {
    await lists(SECOND, SEND);
    await given.gateway.revoke(grant.id);
    for (const path of [`/policies/${slug}/p`, `/servers/${slug}`]) {
      expect(await given.gateway.admin("DELETE", path)).toMatchObject({ status: 204 });
    }
    expect(await given.gateway.admin("GET", `/servers/${slug}/tools`)).toMatchObject({ status: 404 });
    await edit("hold");
    await given.gateway.putPolicy(slug, "p", POLICY);
    grant = await given.gateway.grant(slug, "p");
    expect(await outcome("legacy", grant, "read")).toBe(CHANGED);
    expect(await shown("legacy", grant)).toEqual(["send"]);
  });
});
