/**
 * Lists in pages: known to their end by a look of the gateway's own, however long, slow or endless they are, and held page
 * by page.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Grant } from "./gateway.ts";
import { outcome, type Pinned, shown, startPinned, tool } from "./pinned.ts";
import type { Era } from "./speak.ts";
import type { Handler } from "./upstreams/recorder.ts";
import { answerTo, messageOf, sendJson } from "./upstreams/replies.ts";

const [READ, SEND] = [tool("read"), tool("send")];
const CHANGED = "(definition changed)";

let given: Pinned;
let slug: string;
let grant: Grant;
let other: Grant;

beforeAll(async () => {
  given = await startPinned();
});
beforeEach(async () => {
  slug = await given.register();
  [grant, other] = await Promise.all([given.gateway.grant(slug, "p"), given.gateway.grant(slug, "p")]);
  given.upstream.clear();
});
afterAll(() => given?.close());

/** Answers lists so; leaves the rest to the good server. */
function answering(how: Handler): void {
  given.upstream.answer((req, res) => (messageOf(req).method === "tools/list" ? how : given.server.handle)(req, res));
}

describe("a list in pages", () => {
  const TOOLS = Array.from({ length: 10_000 }, (_, at) => tool(`tool_${String(at).padStart(4, "0")}`));

  function paging(tools: readonly object[], size: number): void {
    answering((req, res) => {
      const message = messageOf(req);
      const from = Number(message.params?.cursor ?? 0);
      const nextCursor = from + size < tools.length ? { nextCursor: String(from + size) } : {};
      sendJson(res, answerTo(message, { tools: tools.slice(from, from + size), ...nextCursor }));
    });
  }

  it.each<[Era, number]>([
    ["legacy", 100],
    ["modern", 50],
  ])(
    "of 10,000 tools is known to its end, and a change on page 77 is held when it is seen: %s, %d a page",
    async (era, size) => {
      paging(TOOLS, size);
      expect(await outcome(era, grant, "tool_9999")).toBe("ok");
      expect(await given.inventory(slug, "limit=1")).toMatchObject({ complete: true, tools: 10_000, drifted: 0 });
      const at = 77 * size;
      const changed = TOOLS.with(at, tool(TOOLS[at]?.name ?? "", "Other"));
      paging(changed, size);
      expect(await shown(era, other, { cursor: String(at - size) })).toHaveLength(size);
      expect(await shown(era, other, { cursor: String(at) })).toHaveLength(size - 1);
      given.upstream.clear();
      expect(await outcome(era, grant, TOOLS[at]?.name ?? "")).toBe(CHANGED);
      expect(await outcome(era, grant, TOOLS[at + 1]?.name ?? "")).toBe("ok");
      expect(await outcome(era, grant, "tool_none")).toBe("-32602 Unknown tool: tool_none");
      expect(given.upstream.requests).toHaveLength(1);
      expect(await given.inventory(slug, "state=drifted")).toMatchObject({ drifted: 1, items: [{ state: "changed" }] });
    },
  );

  it("without end is followed so far and no further, and what comes behind is held", async () => {
    answering((req, res) => {
      const page = Number(messageOf(req).params?.cursor ?? 0);
      sendJson(res, answerTo(messageOf(req), { tools: [tool(`p${page}`)], nextCursor: String(page + 1) }));
    });
    await expect.poll(() => outcome("modern", grant, "p7"), { timeout: 20_000 }).toBe("ok");
    await expect.poll(() => given.inventory(slug), { timeout: 20_000 }).toMatchObject({ complete: true, tools: 1_000 });
    expect(await shown("modern", other, { cursor: "999" })).toEqual(["p999"]);
    expect(await shown("modern", other, { cursor: "1000" })).toEqual([]);
    expect(await outcome("modern", other, "p1000")).toBe(CHANGED);
  });

  it("of more tools than an inventory has is not followed to its end", async () => {
    answering((req, res) => {
      const from = Number(messageOf(req).params?.cursor ?? 0);
      const tools = Array.from({ length: 5_000 }, (_, at) => ({ name: `t${from + at}` }));
      sendJson(res, answerTo(messageOf(req), { tools, nextCursor: String(from + 5_000) }));
    });
    await expect.poll(() => outcome("modern", grant, "t19999"), { timeout: 20_000 }).toBe("ok");
    await expect.poll(() => given.inventory(slug, "limit=1")).toMatchObject({ complete: true, tools: 20_000 });
    expect(given.arrived("tools/list")).toBeLessThan(10);
    expect(await outcome("modern", grant, "t20000")).toBe("-32602 Unknown tool: t20000");
    expect(await shown("modern", grant, { cursor: "20000" })).toEqual([]);
  });

  it("that leads back to itself is not gone round and round", async () => {
    answering((req, res) => sendJson(res, answerTo(messageOf(req), { tools: [READ, SEND], nextCursor: "" })));
    expect(await outcome("modern", grant, "read")).toBe("ok");
    expect(given.arrived("tools/list")).toBe(2);
    expect(await given.inventory(slug)).toMatchObject({ complete: true, tools: 2 });
  });

  it("that is slow to come is read to its end, though its call could not wait for it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answering(async (req, res) => {
      const isLast = messageOf(req).params?.cursor === "2";
      if (isLast) await promise;
      sendJson(res, answerTo(messageOf(req), isLast ? { tools: [SEND] } : { tools: [READ], nextCursor: "2" }));
    });
    expect(await outcome("modern", grant, "send")).toBe("(definition unknown)");
    expect(given.called()).toEqual([]);
    resolve();
    await expect.poll(() => given.inventory(slug)).toMatchObject({ complete: true, tools: 2 });
    expect(await outcome("modern", grant, "send")).toBe("ok");
  });
});
