import { describe, expect, test } from "vitest";
import { coverage } from "../../../src/cli/policy/coverage.ts";
import { runCases } from "../../../src/cli/policy/run-cases.ts";
import { readCases } from "../../../src/policy/cases.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { readPolicy } from "../../../src/policy/read.ts";

const ABOUT = { server: "shop", schemaOf: () => undefined };

function readAll(policy: object, cases: readonly object[]) {
  const read = readPolicy(JSON.stringify({ version: "1", default: "deny", ...policy }));
  const named = cases.map((each, index) => ({ name: `case ${index}`, expect: { effect: "allow" }, ...each }));
  const readIn = readCases(JSON.stringify(named));
  if (!read.ok || !readIn.ok) throw new Error(JSON.stringify({ read, readIn }));
  const compiled = compilePolicy(read.document);
  return { document: read.document, compiled, results: runCases(compiled, readIn.cases, ABOUT) };
}

/** What came of each case, as `effect rule`. */
function came(policy: object, ...cases: readonly object[]): string[] {
  return readAll(policy, cases).results.map(({ actual: { effect, rule } }) => (rule ? `${effect} ${rule}` : effect));
}

function limit(more: object): object {
  return { tools: { t: { limits: [{ counter: "c", window: "minute", max: 2, ...more }] } } };
}

const T = { tool: "t" };
const REFUSED = "limit /tools/t/limits/0";

describe("a case", () => {
  test("passes when all that it expects has come, and says what has not", () => {
    const denies = { tools: { t: { deny_if: [{ conditions: [], on_deny: "Closed." }] } } };
    const { results } = readAll(denies, [
      { call: T, expect: { effect: "deny", rule: "/tools/t/deny_if/0", text: "[POLICY DENIED] Closed." } },
      { call: T, expect: { effect: "deny", text: "Open." } },
      { call: T, expect: { effect: "limit", rule: "/tools/t/limits/0" } },
      { call: T },
    ]);
    expect(results.map(({ wrong }) => wrong)).toEqual([[], ["text"], ["effect", "rule"], ["effect"]]);
  });

  test("can expect every effect", () => {
    const policy = { hide: ["h"], tools: { t: {}, d: { action: "deny" }, a: { action: "require_approval" } } };
    expect(
      came(
        policy,
        { call: T },
        { call: { tool: "d" } },
        { call: { tool: "h" } },
        { call: { tool: "a" } },
        { call: { tool: "?" } },
      ),
    ).toEqual(["allow", "deny /tools/d/action", "hide (hidden)", "approval /tools/a/action", "deny (default deny)"]);
    expect(came(policy, { call: T, grant: null })).toEqual(["deny (no policy)"]);
  });

  test("sees its grant, its server and its time in conditions", () => {
    const conditions = [
      { path: "grant.tags", op: "contains", value: "ops" },
      { path: "grant.label", op: "eq", value: "laptop" },
      { path: "server", op: "eq", value: "shop" },
      { path: "time.hour", op: "gte", value: 9 },
    ];
    const policy = { tools: { t: { require: [{ conditions }] } } };
    const grant = { label: "laptop", tags: ["ops"] };
    const at = "2026-01-05T09:00:00Z";
    expect(came(policy, { call: T, grant, at }, { call: T, grant }, { call: T, grant: { tags: ["ops"] }, at })).toEqual(
      ["allow", "deny /tools/t/require/0", "deny /tools/t/require/0"],
    );
  });

  test("starts with empty counters and takes as often as it says", () => {
    expect(came(limit({}), { call: T, times: 2 }, { call: T, times: 3 }, { call: T, times: 2 })).toEqual([
      "allow",
      REFUSED,
      "allow",
    ]);
  });

  test("is told of a limit as the client would be", () => {
    const { results } = readAll(limit({}), [{ call: T, times: 3, at: "2026-01-01T00:00:30Z" }]);
    expect(results[0]?.actual.text).toBe(
      "[POLICY DENIED] Limit reached: at most 2 per minute for this grant, and 2 used. " +
        "Try again in 30 seconds, after 2026-01-01T00:01:00.000Z.",
    );
  });

  test("counts by the calendar, or by how long ago it was", () => {
    const before = [{ call: T, times: 2, at: "2026-01-01T00:00:50Z" }];
    const later = { before, call: T, at: "2026-01-01T00:01:10Z" };
    expect(came(limit({}), later)).toEqual(["allow"]);
    expect(came(limit({ align: "rolling" }), later, { ...later, at: "2026-01-01T00:01:50Z" })).toEqual([
      REFUSED,
      "allow",
    ]);
  });

  test("counts for the grant, the session or the whole server", () => {
    const before = [{ call: T, times: 2, grant: { id: "a", session: "one" } }];
    const sameGrant = { before, call: T, grant: { id: "a", session: "two" } };
    const other = { before, call: T, grant: { id: "b", session: "one" } };
    expect(came(limit({}), sameGrant, other)).toEqual([REFUSED, "allow"]);
    expect(came(limit({ scope: "session" }), sameGrant, other)).toEqual(["allow", "allow"]);
    expect(came(limit({ scope: "server" }), sameGrant, other)).toEqual([REFUSED, REFUSED]);
  });

  test("takes all its limits or none, of the grant and of the server, and names the first that refuses", () => {
    const limits = [
      { counter: "s", window: "day", max: 3, scope: "server" },
      { counter: "g", window: "minute", max: 2 },
    ];
    const policy = { tools: { t: { limits } } };
    const later = { call: T, at: "2026-01-01T00:01:00Z" };
    expect(
      came(
        policy,
        { call: T, times: 9 },
        { ...later, before: [{ call: T, times: 9 }] },
        { ...later, before: [{ call: T, times: 9 }], times: 2 },
      ),
    ).toEqual(["limit /tools/t/limits/1", "allow", "limit /tools/t/limits/0"]);
  });

  test("counts nothing for a step that is refused", () => {
    const guarded = {
      tools: {
        t: { deny_if: [{ conditions: [{ path: "args.no", op: "exists", value: true }] }], rate_limit: "1/minute" },
      },
    };
    const before = [{ call: { tool: "t", arguments: { no: 1 } }, times: 5 }];
    expect(came(guarded, { before, call: T })).toEqual(["allow"]);
  });
});

describe("coverage", () => {
  const policy = {
    hide: ["secret", "old_*"],
    all_tools: { limits: [{ counter: "all", window: "day", max: 9 }] },
    tools: {
      t: { deny_if: [{ conditions: [{ path: "args.x", op: "gt", value: 1 }] }], rate_limit: "2/minute" },
      gone: { action: "hide" },
      off: { action: "deny" },
      run: {
        unwrap: { tool: "args.tool", arguments: "args.with" },
        approval: { when: [{ path: "args.ask", op: "exists", value: true }] },
      },
    },
  };

  function reached(...cases: readonly object[]): string[] {
    const { document, compiled, results } = readAll(policy, cases);
    return coverage(document, compiled, results, ABOUT).flatMap((rule) => (rule.reached ? [rule.pointer] : []));
  }

  test("knows every rule", () => {
    const { document, compiled } = readAll(policy, []);
    expect(coverage(document, compiled, [], ABOUT)).toEqual(
      [
        "/default",
        "/hide/0",
        "/hide/1",
        "/all_tools/limits/0",
        "/tools/t",
        "/tools/t/deny_if/0",
        "/tools/t/rate_limit",
        "/tools/gone/action",
        "/tools/off/action",
        "/tools/run",
        "/tools/run/unwrap",
        "/tools/run/approval",
      ].map((pointer) => expect.objectContaining({ pointer, reached: false })),
    );
  });

  test.each([
    [{ call: T }, ["/tools/t"]],
    [{ call: { tool: "t", arguments: { x: 2 } } }, ["/tools/t/deny_if/0"]],
    [{ call: T, times: 3 }, ["/tools/t/rate_limit"]],
    [{ call: { tool: "old_one" } }, ["/hide/1"]],
    [{ call: { tool: "gone" } }, ["/tools/gone/action"]],
    [{ call: { tool: "off" } }, ["/tools/off/action"]],
    [{ call: { tool: "?" } }, ["/default"]],
    [{ call: T, grant: null }, []],
    [{ call: { tool: "run", arguments: { tool: "t" } } }, ["/tools/t", "/tools/run", "/tools/run/unwrap"]],
    [{ call: { tool: "run" } }, ["/tools/run/unwrap"]],
    [{ call: { tool: "run", arguments: { tool: "secret" } } }, ["/hide/0"]],
    [{ call: { tool: "run", arguments: { tool: "t", ask: 1 } } }, ["/tools/run/approval"]],
  ])("%j is decided by %j", (each, pointers) => {
    expect(reached(each)).toEqual(pointers);
  });
});
