import { describe, expect, it } from "vitest";
import { type Asked, limitedReply } from "../../src/gate/denial.ts";
import { edited } from "../../src/gate/edit.ts";
import { endingOf } from "../../src/gate/exchange.ts";
import type { Vet } from "../../src/gate/vet.ts";
import type { JsonObject } from "../../src/json/value.ts";
import type { Outcome } from "../../src/mcp/message.ts";

const error = (code: number): Outcome => ({ kind: "error", error: { code, message: "no" } });

describe("units", () => {
  it.each([-32700, -32600, -32601, -32602])("go back for error %i, which says that nothing ran", (code) => {
    expect(endingOf(200, error(code), false)).toEqual({ status: 200, giveBack: true });
  });

  it.each([-32603, -32000, -32002, 0, 1])("stay for error %i, which does not say so", (code) => {
    expect(endingOf(200, error(code), false).giveBack).toBe(false);
  });

  it("stay for an error in a session, which may be another request's of the same id", () => {
    expect(endingOf(200, error(-32602), true).giveBack).toBe(false);
    expect(endingOf(400, error(-32600), true).giveBack).toBe(true);
  });
});

describe("a list of tools", () => {
  const learned = async (method: string | null, result: JsonObject): Promise<readonly JsonObject[]> => {
    const heard: JsonObject[] = [];
    const vet: Vet = async (list, { asked }) => {
      if (asked) heard.push(list);
      return { shows: () => true, revision: null };
    };
    await edited({ kind: "result", result }, method, { surface: ["tools"], isListed: () => true, cursor: null, vet });
    return heard;
  };
  const tools = [{ name: "echo", inputSchema: { type: "object" } }];

  it("is learned from the answer to tools/list", async () => {
    expect(await learned("tools/list", { tools })).toEqual([{ tools }]);
  });

  it.each([
    ["tools/call", { tools }],
    ["prompts/get", { tools, messages: [] }],
    [null, { tools, content: [] }],
    ["tools/list", {}],
    ["tools/list", { tools: {} }],
  ])("is not learned from what is none, or was not asked for: %s %j", async (method, result) => {
    expect(await learned(method, result)).toEqual([]);
  });

  it("is withheld, whole, when it can't be held against what is pinned", async () => {
    const vet: Vet = () => Promise.reject(new Error("the shelf is gone"));
    const view = { surface: ["tools"] as const, isListed: () => true, cursor: null, vet };
    const { outcome, revision } = await edited({ kind: "result", result: { tools } }, "tools/list", view);
    expect(outcome).toMatchObject({ kind: "error", error: { code: -31005 } });
    expect(revision).toBeNull();
  });
});

describe("a limit", () => {
  it("is told with every digit", () => {
    const asked: Asked = {
      era: "legacy",
      request: { kind: "request", id: 7, method: "tools/call", params: { name: "pay" } },
      requestId: "01J",
      policy: null,
    };
    const [used, max] = [999_999_999_999_123_457n, 1_000_000_000_000_000_000n];
    const limit = { rule: "/all_tools/limits/0", counter: "money", window: "day", align: "calendar" } as const;
    const demand = { ...limit, scope: "grant", max, amount: 1_000_000n } as const;
    const answer = { kind: "limited", demand: 0, used, max, resetAt: 0, retryAfterMs: 1000, at: 0 } as const;
    expect(limitedReply(asked, demand, answer).body).toContain('"limit":1000000000000,"used":999999999999.123457,');
  });

  it("does not invite to wait where waiting never helps", () => {
    const asked: Asked = {
      era: "legacy",
      request: { kind: "request", id: 7, method: "tools/call", params: { name: "pay" } },
      requestId: "01J",
      policy: null,
    };
    const limit = { rule: "/all_tools/limits/0", counter: "money", window: "day", align: "calendar" } as const;
    const answer = {
      kind: "limited",
      demand: 0,
      used: 0n,
      max: 5_000_000n,
      resetAt: 0,
      retryAfterMs: 1000,
      at: 0,
    } as const;
    const told = (amount: bigint) => limitedReply(asked, { ...limit, scope: "grant", max: answer.max, amount }, answer);
    expect(told(6_000_000n)).not.toHaveProperty("retryAfter");
    expect(told(6_000_000n).body).toContain("this call alone counts 6. Waiting won't help; ask for less.");
    expect(told(5_000_000n)).toMatchObject({ retryAfter: 1, body: expect.stringContaining("Try again in 1 second,") });
  });
});
