/**
 * A list that comes again just as it was is answered from memory. Nobody may be able to tell: what a client is shown, what
 * is held and what is recorded is what reading the list anew would give.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Grant } from "./gateway.ts";
import { outcome, type Pinned, POLICY, shown, startPinned, tool } from "./pinned.ts";
import { open, send } from "./raw.ts";
import { ERAS, type Era, headersFor, ID, openSession, textOf } from "./speak.ts";
import { type Handler, header, type Recorded } from "./upstreams/recorder.ts";
import { isModern, messageOf, openSse } from "./upstreams/replies.ts";

const [READ, SEND, VAULT] = [tool("read"), tool("send", "Sends é → 𝄞"), tool("vault")];
const EVIL = tool("read", "Does reed");
const LIST = { method: "tools/list" };

type Form = "json" | "stream";
const FORMS: readonly Form[] = ["json", "stream"];
const WAYS = ERAS.flatMap((era) => FORMS.map((form) => ({ era, form })));
/** Where the id stands among the members, as peers write them. */
const ORDERS = {
  first: (id: string, result: string) => `{"id": ${id}, "jsonrpc": "2.0", "result": ${result}}`,
  "in the middle": (id: string, result: string) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`,
  last: (id: string, result: string) => `{"result":${result},"jsonrpc":"2.0","id":${id}}\n`,
};
type Order = keyof typeof ORDERS;
const IDS = [
  "2",
  "-5",
  "0",
  "9007199254740993",
  '""',
  '"id"',
  '"é → 𝄞"',
  '"{\\"id\\":1}"',
  `"${"x".repeat(300)}"`,
  "2",
];

let given: Pinned;
let slug: string;
let grant: Grant;
let other: Grant;

beforeAll(async () => {
  given = await startPinned();
});
beforeEach(async () => {
  given.upstream.answer(given.server.handle);
  slug = await given.register();
  [grant, other] = await Promise.all([given.gateway.grant(slug, "p"), given.gateway.grant(slug, "p")]);
});
afterAll(() => given?.close());

const idOf = ({ text }: Recorded): string => /"id":("(?:[^"\\]|\\.)*"|-?\d+)/.exec(text)?.[1] ?? "";

type Saying = { readonly form?: Form; readonly order?: Order; readonly behind?: string };

/** Answers lists with these tools, or what else the result of this request has. */
function listing(result: (req: Recorded) => object, { form, order = "in the middle", behind = "" }: Saying = {}): void {
  const how: Handler = async (req, res) => {
    const modern = isModern(messageOf(req)) ? { resultType: "complete", ttlMs: 90_000, cacheScope: "public" } : {};
    const text = ORDERS[order](idOf(req), JSON.stringify({ ...modern, ...result(req) }));
    if (form !== "stream") {
      res.writeHead(200, { "Content-Type": "application/json" }).end(text);
      return;
    }
    openSse(res);
    const written = Buffer.from(`event: message\ndata: ${text.trim()}\n\n${behind}`);
    // The cut may be within a character.
    res.write(written.subarray(0, 150));
    await new Promise((resolve) => setImmediate(resolve));
    res.end(written.subarray(150));
  };
  given.upstream.answer((req, res) => (messageOf(req).method === "tools/list" ? how : given.server.handle)(req, res));
}

/** The text of the answer to a list with this id, whatever carries it. */
async function listed(era: Era, whose: Grant, id = String(ID), headers: string[] = []): Promise<string> {
  const body = textOf(era, LIST).replace(`"id":${ID}`, () => `"id":${id}`);
  const { status, text } = await send(whose.url, { headers: [...headersFor(era, whose, LIST), ...headers], body });
  expect(status).toBe(200);
  return text.replace(/^event: message\ndata: /, "").trim();
}

async function often<T>(ask: () => Promise<T>): Promise<T[]> {
  return [await ask(), await ask(), await ask()];
}

describe.each(WAYS)("a $era list in $form", ({ era, form }) => {
  it.each(Object.keys(ORDERS) as Order[])(
    "goes to each request with the id it has, which the server puts %s",
    async (order) => {
      listing(() => ({ tools: [READ, VAULT, SEND] }), { form, order });
      const first = await listed(era, grant, '"the first"');
      expect(JSON.parse(first)).toMatchObject({ jsonrpc: "2.0", id: "the first", result: { tools: [READ, SEND] } });
      expect(first).not.toContain("vault");
      for (const id of IDS) {
        const expected = first.replace('"the first"', () => id);
        expect(await listed(era, grant, id)).toBe(expected);
        expect(await listed(era, other, id)).toBe(expected);
      }
    },
  );

  it("is filtered by a policy as it was edited a moment ago", async () => {
    listing(() => ({ tools: [READ, VAULT, SEND] }), { form });
    const ask = () => shown(era, grant);
    expect(await often(ask)).toEqual(Array(3).fill(["read", "send"]));
    await given.gateway.putPolicy(slug, "p", { ...POLICY, hide: ["send"] });
    expect(await often(ask)).toEqual(Array(3).fill(["read", "vault"]));
    await given.gateway.putPolicy(slug, "p", POLICY);
    expect(await often(ask)).toEqual(Array(3).fill(["read", "send"]));
  });

  it("is filtered for each grant by its own policy", async () => {
    await given.gateway.putPolicy(slug, "q", { ...POLICY, hide: ["read"] });
    const [strict, none] = [await given.gateway.grant(slug, "q"), await given.gateway.grant(slug, null)];
    listing(() => ({ tools: [READ, VAULT, SEND] }), { form });
    const ask = () => Promise.all([grant, strict, none].map((whose) => shown(era, whose)));
    expect(await often(ask)).toEqual(Array(3).fill([["read", "send"], ["vault", "send"], []]));
  });

  it("that differs in one byte is read, and what changed is held, until an operator accepts it", async () => {
    const ask = () => shown(era, grant);
    listing(() => ({ tools: [READ, SEND] }), { form });
    expect(await often(ask)).toEqual(Array(3).fill(["read", "send"]));
    listing(() => ({ tools: [tool("read", "Does reaD"), SEND] }), { form });
    expect(await often(ask)).toEqual(Array(3).fill(["send"]));
    // It has drifted, and to say again what was remembered does not undo that.
    listing(() => ({ tools: [READ, SEND] }), { form });
    expect(await often(ask)).toEqual(Array(3).fill(["send"]));
    listing(() => ({ tools: [EVIL, SEND] }), { form });
    expect(await often(ask)).toEqual(Array(3).fill(["send"]));
    const { items } = await given.inventory(slug, "state=drifted");
    const hash = items[0]?.seenHash ?? "none";
    expect(await given.accept(slug, [{ name: "read", hash }])).toMatchObject({ status: 200 });
    expect(await often(ask)).toEqual(Array(3).fill(["read", "send"]));
    expect(await outcome(era, grant, "read")).toBe("ok");
  });

  it("shows at once what another client's list made known", async () => {
    const whose = (req: Recorded) =>
      (header(req, "mcp-param-x") ?? req.text.includes('"odd"')) ? [EVIL, SEND] : [READ, SEND];
    listing((req) => ({ tools: whose(req) }), { form });
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["read", "send"]));
    expect(await shown(era, other, { filter: "odd" })).toEqual(["send"]);
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["send"]));
  });

  it("comes in pages that are not taken for each other", async () => {
    listing((req) => (messageOf(req).params?.cursor === "2" ? { tools: [SEND] } : { tools: [READ], nextCursor: "2" }), {
      form,
    });
    const ask = () => Promise.all([listed(era, grant), shown(era, grant, { cursor: "2" })]);
    for (const [first, second] of await often(ask)) {
      expect(JSON.parse(first).result).toMatchObject({ tools: [READ], nextCursor: "2" });
      expect(second).toEqual(["send"]);
    }
    // A server may also forget what was asked: the same text under another cursor.
    listing(() => ({ tools: [SEND] }), { form });
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["send"]));
  });

  it("is recorded like any other", async () => {
    listing(() => ({ tools: [READ, VAULT, SEND] }), { form });
    await often(() => listed(era, grant));
    type Item = { readonly upstream: { readonly status: number; readonly bytes: number } | null };
    const ended = async (): Promise<Item[]> => {
      await given.gateway.admin("GET", `/audit/chain/${grant.id}`);
      const { body } = await given.gateway.admin("GET", `/audit?grant=${grant.id}&method=tools/list`);
      return Object(body).items;
    };
    // An ending may travel for a second.
    const statuses = async () => (await ended()).map(({ upstream }) => upstream?.status);
    await expect.poll(statuses, { timeout: 10_000 }).toEqual([200, 200, 200]);
    const [last, ...others] = await ended();
    expect(last).toMatchObject({ effect: "allow", upstream: { bytes: expect.toSatisfy((bytes) => bytes > 200) } });
    for (const { upstream } of others) {
      expect(upstream).toMatchObject({ status: last?.upstream?.status, bytes: last?.upstream?.bytes });
    }
  });

  it("goes to no revoked grant", async () => {
    listing(() => ({ tools: [READ, SEND] }), { form });
    await often(() => shown(era, grant));
    await given.gateway.revoke(grant.id);
    const { status, text } = await send(grant.url, { headers: headersFor(era, grant, LIST), body: textOf(era, LIST) });
    expect(status).toBe(401);
    expect(text).not.toContain("read");
    expect(await shown(era, other)).toEqual(["read", "send"]);
  });

  it("of a grant with a credential of its own is held against its own inventory, for each credential", async () => {
    listing(() => ({ tools: [READ, SEND] }), { form });
    const own = await given.gateway.grant(slug, "p");
    const credential = (tenant: string) =>
      given.gateway.admin("PUT", `/grants/${own.id}/credential`, { headers: { "X-Tenant": tenant } });
    await credential("one");
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["read", "send"]));
    listing((req) => ({ tools: header(req, "x-tenant") === undefined ? [READ, SEND] : [EVIL] }), { form });
    expect(await often(() => shown(era, own))).toEqual(Array(3).fill(["read"]));
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["read", "send"]));
    listing(() => ({ tools: [READ, SEND] }), { form });
    expect(await often(() => shown(era, own))).toEqual(Array(3).fill([]));
    await credential("two");
    expect(await often(() => shown(era, own))).toEqual(Array(3).fill([]));
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["read", "send"]));
  });

  it.each(["warn", "allow"])("is all shown where drift is %s, and the inventory is what came last", async (drift) => {
    slug = await given.register({ drift });
    grant = await given.gateway.grant(slug, "p");
    const last = async () => {
      const { items } = await given.inventory(slug, "definitions=true");
      return items.map(({ pinned, seen }) => Object(seen ?? pinned).description);
    };
    for (const one of [READ, READ, EVIL, EVIL, READ, READ]) {
      listing(() => ({ tools: [one] }), { form });
      expect(await shown(era, grant)).toEqual(["read"]);
      await expect.poll(last).toEqual([one.description]);
    }
    await given.gateway.putServer(slug, { url: given.upstream.url, drift: "hold" });
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(drift === "warn" ? [] : ["read"]));
  });

  it("is not remembered of an answer that is none", async () => {
    listing(() => ({ tools: [READ, SEND] }), { form });
    await often(() => shown(era, grant));
    listing(() => ({ tools: null }), { form });
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill([]));
    listing(() => ({ tools: [READ, SEND] }), { form });
    expect(await often(() => shown(era, grant))).toEqual(Array(3).fill(["read", "send"]));
  });

  it("answered to another request than this one is refused, though its text is known", async () => {
    listing(() => ({ tools: [READ, SEND] }), { form });
    await often(() => shown(era, grant));
    const { handle } = given.server;
    given.upstream.answer((req, res) => {
      if (messageOf(req).method !== "tools/list") return handle(req, res);
      const modern = era === "modern" ? { resultType: "complete", ttlMs: 90_000, cacheScope: "public" } : {};
      const text = ORDERS["in the middle"]("8", JSON.stringify({ ...modern, tools: [READ, SEND] }));
      if (form === "stream") openSse(res);
      else res.writeHead(200, { "Content-Type": "application/json" });
      return void res.end(form === "stream" ? `event: message\ndata: ${text}\n\n` : text);
    });
    const answers = await often(() => listed(era, grant));
    for (const answer of answers) expect(JSON.parse(answer)).toMatchObject({ id: ID, error: { code: -31004 } });
  });
});

describe.each(ERAS)("a stream of the %s era that goes on behind its list", (era) => {
  it("goes on to the client, which is told nothing twice", async () => {
    const told = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "é" } };
    const again = { jsonrpc: "2.0", id: ID, result: { tools: [VAULT] } };
    const behind = `data: ${JSON.stringify(told)}\n\n\ufeffdata: ${JSON.stringify(told)}\n\ndata: ${JSON.stringify(again)}\n\n`;
    listing(() => ({ tools: [READ, VAULT, SEND] }), { form: "stream", behind });
    const raw = { headers: headersFor(era, grant, LIST), body: textOf(era, LIST) };
    const streams = await often(async () => (await open(grant.url, raw)).rest());
    expect(streams[0]?.[0]).toContain('"read"');
    expect(streams[0]?.[1]).toContain("notifications/message");
    expect(streams.join()).not.toContain("vault");
    expect(streams[1]).toEqual(streams[0]);
    expect(streams[2]).toEqual(streams[0]);
  });
});

describe("a list of a legacy session", () => {
  it("teaches no more than it did, and a list without one is read for what is gone", async () => {
    const session = await openSession(grant);
    listing(() => ({ tools: [READ, SEND] }));
    expect(await often(() => shown("legacy", grant))).toEqual(Array(3).fill(["read", "send"]));
    listing((req) => ({ tools: req.text.includes("grantgate-tools/list") ? [READ, SEND] : [SEND] }));
    expect(await often(() => shown("legacy", grant, {}, session))).toEqual(Array(3).fill(["send"]));
    expect((await given.inventory(slug)).items.map(({ state }) => state)).toEqual(["pinned", "pinned"]);
    listing(() => ({ tools: [SEND] }));
    expect(await shown("legacy", other)).toEqual(["send"]);
    expect((await given.inventory(slug)).items.map(({ state }) => state)).toEqual(["gone", "pinned"]);
  });
});
