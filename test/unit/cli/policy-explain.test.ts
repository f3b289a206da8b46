import { describe, expect, test } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { context, folder, screen } from "./stage.ts";

const POLICY = `{
  "version": "1",
  "default": "deny",
  "hide": ["secret"],
  "all_tools": {
    "require": [{ "conditions": [{ "path": "grant.tags", "op": "contains", "value": "ops" }] }]
  },
  "tools": {
    "refund": {
      "deny_if": [
        { "conditions": [{ "any": [{ "path": "args.amount", "op": "gt", "value": 100 }, { "not": { "path": "args.to", "op": "exists", "value": true } }] }], "on_deny": "Too much." }
      ],
      "limits": [{ "counter": "euros", "window": "day", "max": 50, "increment_from": "args.amount", "scope": "server" }]
    },
    "run": { "unwrap": { "tool": "args.tool", "arguments": "args.with" } },
    "send": { "require": [{ "conditions": [{ "path": "args.to[*]", "op": "ends_with", "value": "@example.com" }] }] },
    "wipe": { "action": "require_approval", "reason": "Ask Ada." },
    "strict": { "arguments": "strict" }
  }
}
`;
const TOOLS =
  '{ "tools": [{ "name": "strict", "inputSchema": { "type": "object", "properties": { "a": { "type": "string" } } } }] }';

async function explain(tool: string, args: string, ...more: string[]) {
  const terminal = screen();
  const root = folder({ "shop/p.json": POLICY, "shop/tools.json": TOOLS });
  const line = ["policy", "explain", "shop/p.json", tool, args, "--tag", "ops", ...more];
  const exit = await run(line, context(terminal, { root, cwd: root }));
  return { exit, out: terminal.outText(), err: terminal.errText() };
}

describe("policy explain", () => {
  test("tells every rule that a call passes, with its place", async () => {
    const { exit, out } = await explain("refund", '{"amount":20,"to":"ada"}');
    expect(exit).toBe(0);
    expect(out.replaceAll("\\", "/")).toBe(`✓ shop/p.json:9:5  /tools/refund
    is the entry of refund
✓ shop/p.json:6:17  /all_tools/require/0
    requires that this holds
      grant.tags contains "ops": holds, it is ["ops"]  (6:34)
✓ shop/p.json:11:9  /tools/refund/deny_if/0
    denies when this holds
      any of: does not hold  (11:26)
        args.amount gt 100: does not hold, it is the number 20  (11:36)
        not args.to exists true: does not hold, it is the string "ada"  (11:91)
✓ shop/p.json:13:18  /tools/refund/limits/0
    takes 20 from "euros", at most 50 per day for all grants of this server together

allow
`);
  });

  test("shows which rule denies, what it saw, and what would have come after", async () => {
    const { exit, out } = await explain("refund", '{"amount":"20","to":"ada"}');
    expect(exit).toBe(1);
    expect(out).toContain('args.amount gt 100: can\'t be told, it is the string "20"');
    expect(out).toContain("what can't be told is denied");
    expect(out).toMatch(/^✗ .*:11:9 {2}\/tools\/refund\/deny_if\/0$/m);
    expect(out).toMatch(/^· .*\/tools\/refund\/limits\/0\n {4}can't tell what the call takes/m);
    expect(out).toContain("\ndeny  /tools/refund/deny_if/0\n[POLICY DENIED] Too much.\n");
  });

  test("counts on empty counters, which can be too small for one call", async () => {
    const { exit, out } = await explain("refund", '{"amount":51,"to":"ada"}');
    expect(exit).toBe(1);
    expect(out).toMatch(/^✗ .*\/tools\/refund\/limits\/0$/m);
    expect(out).toContain("\nlimit  /tools/refund/limits/0\n[POLICY DENIED] Limit reached: at most 50 per day");
  });

  test("goes into the call that a call carries", async () => {
    const { exit, out } = await explain("run", '{"tool":"send","with":{"to":["a@example.com","b@example.net"]}}');
    expect(exit).toBe(1);
    expect(out).toContain('carries a call of send {"to":["a@example.com","b@example.net"]}');
    expect(out).toMatch(/^ {2}✗ .*\/tools\/send\/require\/0$/m);
    expect(out).toContain('element 0: holds, it is the string "a@example.com"');
    expect(out).toContain('element 1: does not hold, it is the string "b@example.net"');
  });

  test.each([
    ["secret", "hides secret", "hide  (hidden)\nUnknown tool: secret"],
    ["other", "no entry names other, and what is not named is denied", "deny  (default deny)\n"],
    ["wipe", "asks a human about every call", "approval  /tools/wipe/action\n[POLICY DENIED] Ask Ada."],
    ["strict", "arguments have to fit the tool's schema", "allow\n"],
  ])("tells of %s", async (tool, rule, decision) => {
    const { out } = await explain(tool, "{}");
    expect(out).toContain(rule);
    expect(out).toContain(`\n${decision}`);
  });

  test("knows the tools' schemas from tools.json", async () => {
    expect(await explain("strict", '{"a":1}')).toMatchObject({
      exit: 1,
      out: expect.stringContaining("deny  /tools/strict/arguments"),
    });
  });

  test("sees the grant and the time it is asked about", async () => {
    const { out } = await explain("refund", "{}", "--label", "laptop", "--at", "2026-01-31T09:00:00Z", "--json");
    expect(JSON.parse(out)).toMatchObject({
      grant: { label: "laptop", tags: ["ops"] },
      at: "2026-01-31T09:00:00.000Z",
      decision: { effect: "deny", rule: "/tools/refund/deny_if/0" },
      steps: [
        { kind: "standing", rule: "/tools/refund", outcome: "passes", line: 9, column: 5 },
        { kind: "wall", conditions: [{ line: 6, column: 34, seen: [{ value: ["ops"] }] }] },
        { kind: "wall", outcome: "denies", conditions: [{ kind: "any", of: [{ column: 36 }, { negated: true }] }] },
        { kind: "limit", reached: false },
      ],
    });
  });

  test.each([
    ["shop/p.json refund {", "The arguments are not JSON"],
    ["nowhere.json refund", "There is no file or folder nowhere.json"],
    ["shop/p.json refund {} --at yesterday", '--at "yesterday" is no instant'],
    ["shop/tools.json refund", "shop/tools.json is not one policy"],
  ])("refuses `%s`", async (line, why) => {
    const terminal = screen();
    const root = folder({ "shop/p.json": POLICY, "shop/tools.json": TOOLS });
    expect(await run(["policy", "explain", ...line.split(" ")], context(terminal, { root, cwd: root }))).toBe(2);
    expect(terminal.errText()).toContain(why);
  });

  test("shows what is wrong with a policy instead", async () => {
    const terminal = screen();
    const root = folder({ "p.json": '{ "version": "1" }' });
    expect(await run(["policy", "explain", "p.json", "t"], context(terminal, { root, cwd: root }))).toBe(1);
    expect(terminal.errText()).toContain('p.json:1:1  "default" is missing');
  });
});
