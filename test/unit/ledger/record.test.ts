import { describe, expect, it, test } from "vitest";
import type { Outcome } from "../../../src/ledger/joint.ts";
import type { JournalEntry, TakeRequest } from "../../../src/ledger/protocol.ts";
import { decidedText, endedText, isLetThrough } from "../../../src/ledger/record.ts";
import { demand, GRANT, NOON, UNIT } from "./given.ts";

const ENTRY: JournalEntry = { request: "r1", method: "tools/call", era: "legacy", effect: "allow" };
const TAKEN: Outcome = { kind: "taken", taken: [], counts: [] };
const FAILED: Outcome = { kind: "failed", cause: new Error("no") };

function request(entry: JournalEntry | null, over: Partial<TakeRequest> = {}): TakeRequest {
  return { policyVersion: "v1", serverVersion: "s1", demands: [], entry, settlements: [], ...over };
}

function decided(entry: Partial<JournalEntry> = {}, over: Partial<TakeRequest> = {}, outcome = TAKEN, grant = GRANT) {
  return JSON.parse(decidedText(NOON, grant, request({ ...ENTRY, ...entry }, over), outcome));
}

/** A call that took, of which each demand found `used` of `max`. */
function found(...counts: readonly (readonly [used: bigint, max: bigint])[]): Outcome {
  return { kind: "taken", taken: [], counts: counts.map(([used, max]) => ({ counter: "calls", used, max })) };
}

describe("a decision, written down", () => {
  it("says who did what, when, and what came of it, in canonical order and nothing else", () => {
    expect(decidedText(NOON, GRANT, request(ENTRY), TAKEN)).toBe(
      `{"at":${NOON},"effect":"allow","era":"legacy","grant":"g1","label":"laptop","method":"tools/call",` +
        `"request":"r1","server":"s"}`,
    );
  });

  it("says all that is known, in canonical order", () => {
    const all: Required<JournalEntry> = {
      ...ENTRY,
      tool: "pay",
      rule: "/tools/pay/deny_if/0",
      policy: "v1",
      arguments: '{"a":1.50}',
      bytes: 99,
      trace: "4bf9",
    };
    const outcome = found([2n * UNIT, 3n * UNIT]);
    expect(decidedText(NOON, GRANT, request(all, { demands: [demand()] }), outcome)).toBe(
      `{"arguments":{"a":1.50},"at":${NOON},"bytes":99,` +
        `"counters":[{"counter":"calls","max":"3","scope":"grant","used":"2","window":"day"}],"effect":"allow",` +
        `"era":"legacy","grant":"g1","label":"laptop","method":"tools/call","policy":{"name":"careful","version":"p1"},` +
        `"request":"r1","rule":"/tools/pay/deny_if/0","server":"s","tool":"pay","trace":"4bf9"}`,
    );
  });

  it("names no policy where none decided, or where the grant has none", () => {
    expect(decided()).not.toHaveProperty("policy");
    expect(decided({ policy: "v1" }, {}, TAKEN, { ...GRANT, policy: null })).not.toHaveProperty("policy");
  });

  it("is of effect limit, by the rule of the demand that refused, and says how that counter stood", () => {
    const demands = [demand({ rule: "/tools/x/limits/0" }), demand({ rule: "/tools/x/limits/1", counter: "money" })];
    const outcome: Outcome = {
      kind: "limited",
      demand: 1,
      used: 2_500_000n,
      max: 3n * UNIT,
      resetAt: NOON + 1,
      retryAfterMs: 1,
    };
    expect(decided({ rule: "/else" }, { demands }, outcome)).toMatchObject({
      effect: "limit",
      rule: "/tools/x/limits/1",
      counters: [{ counter: "money", used: "2.5", max: "3" }],
    });
  });

  it("is a denial that failed closed where it could not be decided, whatever the policy said", () => {
    const text = decided({ rule: "/tools/x" }, { demands: [demand()] }, FAILED);
    expect(text).toMatchObject({ effect: "deny", rule: "(failed closed)" });
    expect(text).not.toHaveProperty("counters");
  });

  it("says what each demand found, in their order", () => {
    const demands = [demand({ counter: "a", window: 90 }), demand({ counter: "b", scope: "server" })];
    expect(decided({}, { demands }, found([1n, UNIT], [UNIT, 2n * UNIT])).counters).toEqual([
      { counter: "a", max: "1", scope: "grant", used: "0.000001", window: "90" },
      { counter: "b", max: "2", scope: "server", used: "1", window: "day" },
    ]);
  });

  test.each([
    ["the session where there is one", "d1", "session"],
    ["the grant where there is none", null, "grant"],
    ["the grant where nothing is said of one", undefined, "grant"],
  ])("says of a demand on a session that it counted for %s", (_, session, scope) => {
    const demands = [demand({ scope: "session" })];
    const over = session === undefined ? { demands } : { demands, session };
    expect(decided({}, over, found([UNIT, UNIT])).counters[0].scope).toBe(scope);
  });

  it("says of no more than 100 counters how they stand", () => {
    const demands = Array.from({ length: 101 }, (_, nth) => demand({ counter: `c${nth}` }));
    const { counters } = decided({}, { demands }, found(...demands.map(() => [UNIT, UNIT] as const)));
    expect(counters).toHaveLength(100);
    expect(counters[99].counter).toBe("c99");
  });

  test.each([["effect"], ["era"], ["method"], ["request"], ["rule"], ["tool"], ["trace"]])(
    "keeps 512 characters of %s, and says where more was left out",
    (member) => {
      expect(decided({ [member]: "x".repeat(512) })[member]).toBe("x".repeat(512));
      expect(decided({ [member]: "x".repeat(513) })[member]).toBe(`${"x".repeat(511)}…`);
    },
  );

  it("keeps no more than that of the grant's label and of a counter's name", () => {
    const demands = [demand({ counter: "x".repeat(600) })];
    const text = decided({}, { demands }, found([UNIT, UNIT]), { ...GRANT, label: "y".repeat(600) });
    expect(text.label).toBe(`${"y".repeat(511)}…`);
    expect(text.counters[0].counter).toBe(`${"x".repeat(511)}…`);
  });

  it("keeps arguments of 64 KiB as they are written, and none that are longer", () => {
    const longest = JSON.stringify("x".repeat(65_534));
    expect(decided({ arguments: longest }).arguments).toHaveLength(65_534);
    expect(decided({ arguments: `${longest.slice(0, -1)}x"` })).not.toHaveProperty("arguments");
  });

  test.each(["", "{", '{"a":1},"at":0'])("keeps no arguments that are not JSON: %s", (text) => {
    const { at, ...rest } = decided({ arguments: text });
    expect(at).toBe(NOON);
    expect(rest).not.toHaveProperty("arguments");
  });

  it("is not made of a look that leaves no trace, nor of a demand that there is not", () => {
    expect(() => decidedText(NOON, GRANT, request(null), TAKEN)).toThrow(
      new TypeError("a look that leaves no trace is not written down"),
    );
    expect(() => decided({}, {}, found([UNIT, UNIT]))).toThrow(new RangeError("no such demand in this call"));
  });
});

describe("an ending, written down", () => {
  it("says how and when the call ended, in canonical order", () => {
    expect(endedText(NOON, { seq: 1, status: 200, latencyMs: 12, bytes: 34, giveBack: false }, false)).toBe(
      `{"at":${NOON},"bytes":34,"latencyMs":12,"status":200}`,
    );
  });

  it("says of units that they went back, and of an upstream that never answered that it had no status", () => {
    expect(endedText(NOON, { seq: 1, status: null, latencyMs: 12, giveBack: true }, true)).toBe(
      `{"at":${NOON},"gaveBack":true,"latencyMs":12,"status":null}`,
    );
  });
});

describe("an ending", () => {
  test.each([
    ["a call that was let through", ENTRY, TAKEN, true],
    ["a call that the policy denied", { ...ENTRY, effect: "deny" }, TAKEN, false],
    ["a call that could not be decided", ENTRY, FAILED, false],
    ["a look", null, TAKEN, false],
  ])("is to be expected of what was let through, and so of %s: %#", (_, entry, outcome, expected) => {
    expect(isLetThrough(request(entry), outcome)).toBe(expected);
  });
});
