import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { charge, emptyBooks } from "../../../../src/cli/policy/count.ts";
import { decide } from "../../../../src/policy/decide.ts";
import { leastFor, type RecordedCall } from "../../../../src/tools/recommend/from-calls.ts";
import { boundFor, peaksOf } from "../../../../src/tools/recommend/peaks.ts";
import { failing, judged, survivors } from "./given.ts";

const OPTIONS = { description: "Least.", unwraps: () => false };
const GRANT = { id: "g", label: "g", tags: [] };
const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

function calls(tool: string, count: number, apart: number, effect = "allow"): readonly RecordedCall[] {
  return Array.from({ length: count }, (_, index) => ({ tool, effect, at: NOON + index * apart }));
}

function least(...made: readonly (readonly RecordedCall[])[]) {
  return leastFor(made.flat(), OPTIONS);
}

describe("the least that recorded calls needed", () => {
  it("is the tools that were let through, with room for half as much again, and nothing else", () => {
    const { document } = least(calls("get_ticket", 3, 1), calls("pay", 2, 1, "deny"));
    expect(JSON.parse(JSON.stringify(document))).toEqual({
      version: "1",
      description: "Least.",
      default: "deny",
      tools: {
        get_ticket: {
          description: "Called 3 times: at most 3 in a minute, 3 in an hour, 3 in a day.",
          limits: [{ counter: "get_ticket", window: "day", max: 5 }],
        },
      },
    });
  });

  it("has no limit that another makes idle", () => {
    const limits = (...made: readonly RecordedCall[]) => least(made).needed[0]?.limits;
    // One a minute for a day: a hundred an hour is less than two a minute.
    expect(limits(...calls("x", 60 * 24, MINUTE))).toEqual([
      { window: "minute", max: 2 },
      { window: "hour", max: 100 },
      { window: "day", max: 2_000 },
    ]);
    // All in one hour: what a day may have, an hour may.
    expect(limits(...calls("x", 40, MINUTE))).toEqual([
      { window: "minute", max: 2 },
      { window: "day", max: 100 },
    ]);
    // Three a minute for half a day: 500 an hour is more than five a minute let through.
    expect(limits(...calls("x", 3 * 60 * 12, MINUTE / 3))).toEqual([
      { window: "minute", max: 5 },
      { window: "day", max: 5_000 },
    ]);
  });

  it("tells what was asked for and refused, the most frequent first", () => {
    const { refused } = least(calls("a", 1, 1), calls("pay", 2, 1, "deny"), calls("pay", 3, 1, "limit"));
    expect(refused).toEqual([
      { tool: "pay", effect: "limit", calls: 3 },
      { tool: "pay", effect: "deny", calls: 2 },
    ]);
  });

  it("asks for a look at a tool whose name says that it destroys", () => {
    const { document } = least(calls("delete_ticket", 1, 1));
    expect(JSON.stringify(document)).toContain("By its name it is destructive: look at this one.");
  });

  it.each<[string, string, (tool: string) => boolean]>([
    ["its name says that it runs others", "execute_tool", () => false],
    ["the policy in force says so", "proxy", (tool) => tool === "proxy"],
    ["its name would be a glob", "get_*", () => false],
  ])("opens no tool when %s, and says so", (_, tool, unwraps) => {
    const made = leastFor(calls(tool, 3, 1), { description: "", unwraps });
    expect(made.document.tools).toEqual({});
    expect(made.left).toMatchObject([{ name: tool }]);
  });

  it("has cases that notice every change of a rule", () => {
    const made = judged(least(calls("a", 1, 1), calls("b", 40, 1), calls("c", 90, MINUTE / 3)));
    expect(made.advice).toEqual([]);
    expect(failing(made)).toEqual([]);
    expect(survivors(made)).toEqual([]);
  });
});

const anyCalls = fc.array(
  fc.record({
    tool: fc.constantFrom("get_ticket", "rate_limit x", "__proto__", "call_tool", "b*", "", "Ü"),
    // Bursts, and calls that lie weeks apart.
    at: fc.oneof(fc.nat(MINUTE), fc.nat(86_400_000), fc.nat(30 * 86_400_000)).map((after) => NOON + after),
    effect: fc.constantFrom("allow", "allow", "allow", "deny", "limit"),
  }),
  { maxLength: 200 },
);

test("whatever was recorded, the policy lets it all pass again, but what it says that it leaves out", () => {
  fc.assert(
    fc.property(anyCalls, (recorded) => {
      const made = judged(leastFor(recorded, OPTIONS));
      const left = new Set(made.left.map(({ name }) => name));
      const books = emptyBooks();
      const again = recorded.filter(({ tool, effect }) => effect === "allow" && !left.has(tool));
      for (const { tool, at } of again.toSorted((a, b) => a.at - b.at)) {
        const call = { tool, arguments: {}, server: "s", grant: GRANT, time: at };
        const decision = decide(made.policy, call);
        expect(decision.effect).toBe("allow");
        if (decision.effect === "allow")
          expect(charge(books, decision.limits, { id: "g", session: null }, at)).toBeNull();
      }
      expect(made.advice).toEqual([]);
      expect(failing(made)).toEqual([]);
    }),
  );
});

test("a limit is half as much again as the peak, rounded up to 2, 5 or 10 and their tens", () => {
  expect([1, 2, 3, 4, 7, 13, 14, 34, 66, 67, 1_000].map(boundFor)).toEqual([
    2, 5, 5, 10, 20, 20, 50, 100, 100, 200, 2_000,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (peak) => {
      expect(boundFor(peak)).toBeGreaterThanOrEqual(peak * 1.5);
      expect(boundFor(peak)).toBeLessThan(peak * 4);
    }),
  );
});

test("a peak is counted in the calendar's windows", () => {
  const at = (text: string) => Date.parse(`2026-11-21T${text}Z`);
  expect(peaksOf([at("11:59:59"), at("12:00:00"), at("12:00:59"), at("12:01:00")])).toEqual({
    minute: 2,
    hour: 3,
    day: 4,
  });
});
