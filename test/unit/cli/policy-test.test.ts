import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { watching } from "../../../src/cli/commands/policy-test.ts";
import { junitXml } from "../../../src/cli/policy/junit.ts";
import { run } from "../../../src/cli/run.ts";
import { context, folder, POLICY, type Screen, screen } from "./stage.ts";

const CASES = `[
  { "name": "echo is allowed", "call": { "tool": "echo" }, "expect": { "effect": "allow" } },
  { "name": "shouting is not", "call": { "tool": "shout" }, "expect": { "effect": "deny", "rule": "(default deny)" } }
]`;
const FINE = { "policies/echo/standard.json": POLICY, "policies/echo/standard.cases.json": CASES };
const WRONG = CASES.replace('"effect": "allow"', '"effect": "deny", "text": "Not so loud"');
const CASES_FILE = join("policies", "echo", "standard.cases.json");
const POLICY_FILE = join("policies", "echo", "standard.json");

type Ran = { readonly exit: number; readonly out: string; readonly err: string; readonly root: string };

async function policyTest(files: Record<string, string>, ...more: string[]): Promise<Ran> {
  const terminal = screen();
  const root = folder(files);
  const exit = await run(["policy", "test", ...more], context(terminal, { root, cwd: root }));
  return { exit, out: terminal.outText(), err: terminal.errText(), root };
}

describe("policy test", () => {
  test("runs the cases of every policy under policies/ and sums up", async () => {
    const { exit, out } = await policyTest({ ...FINE, "policies/other/open.json": POLICY });
    expect(exit).toBe(0);
    expect(out).toBe(`✓ ${CASES_FILE}  2 cases
- ${join("policies", "other", "open.json")}  no cases

   Cases  2 passed
Policies  1 without cases, 1 tested
Coverage  2 of 4 rules reached
    Time  0 ms
`);
  });

  test("tells of a failing case what was expected, what came, and where the case stands", async () => {
    const { exit, out } = await policyTest({ ...FINE, "policies/echo/standard.cases.json": WRONG });
    expect(exit).toBe(1);
    expect(out).toContain(`✗ ${CASES_FILE}  2 cases, 1 failed`);
    expect(out).toContain(`${CASES_FILE}:2:3  echo is allowed
  expected  deny  "Not so loud"
  actual    allow
`);
    expect(out).toContain("   Cases  1 failed, 1 passed\n");
  });

  test("shows the mistakes of a policy that can't be read, and runs the others", async () => {
    const { exit, out } = await policyTest({
      ...FINE,
      "policies/bad/p.json": '{ "version": "1" }',
      "policies/bad/p.cases.json": "[]",
      "policies/bad/q.cases.json": "[]",
    });
    expect(exit).toBe(1);
    expect(out).toContain(`✗ ${join("policies", "bad", "p.json")}  can't be read`);
    expect(out).toContain(`${join("policies", "bad", "p.json")}:1:1  "default" is missing`);
    expect(out).toContain(`${join("policies", "bad", "q.json")} is missing`);
    expect(out).toContain(`✓ ${CASES_FILE}  2 cases`);
  });

  test("takes one server's folder, one policy or one cases file", async () => {
    for (const path of [join("policies", "echo"), POLICY_FILE, CASES_FILE]) {
      expect(await policyTest(FINE, path)).toMatchObject({ exit: 0, out: expect.stringContaining("2 passed") });
    }
  });

  test("knows the schemas of tools from tools.json", async () => {
    const strict = POLICY.replace('"echo": {}', '"echo": { "arguments": "strict" }');
    const files = {
      ...FINE,
      "policies/echo/standard.json": strict,
      "policies/echo/tools.json": '{ "tools": [{ "name": "echo", "inputSchema": { "type": "object" } }] }',
    };
    expect(await policyTest(files)).toMatchObject({ exit: 0 });
    const { "policies/echo/tools.json": _, ...without } = files;
    expect(await policyTest(without)).toMatchObject({ exit: 1, out: expect.stringContaining("schema") });
    expect(await policyTest({ ...files, "policies/echo/tools.json": "[]" })).toMatchObject({
      exit: 1,
      out: expect.stringContaining(`✗ ${join("policies", "echo", "tools.json")}  can't be read`),
    });
  });

  test("exits 2 where there is nothing to run", async () => {
    expect(await policyTest({ "policies/echo/standard.json": POLICY })).toMatchObject({
      exit: 2,
      err: expect.stringContaining("policies holds no cases"),
    });
    expect(await policyTest({}, "nowhere")).toMatchObject({ exit: 2 });
  });

  test("lists every rule with --coverage, and the unreached ones with --require-coverage", async () => {
    const files = { ...FINE, "policies/echo/standard.json": POLICY.replace('"echo": {}', '"echo": {}, "look": {}') };
    const all = await policyTest(files, "--coverage");
    expect(all.exit).toBe(0);
    expect(all.out).toContain(`${POLICY_FILE}  2 of 3 rules reached
  ✓ ${POLICY_FILE}:3:3  /default
  ✓ ${POLICY_FILE}:5:5  /tools/echo
  ✗ ${POLICY_FILE}:5:17  /tools/look
`);
    const required = await policyTest(files, "--require-coverage");
    expect(required.exit).toBe(1);
    expect(required.out).not.toContain("/tools/echo\n");
    expect(required.out).toContain("/tools/look\n");
    expect(await policyTest(FINE, "--require-coverage")).toMatchObject({ exit: 0 });
  });

  test("lists with --mutate what no case notices", async () => {
    expect(await policyTest(FINE, "--mutate")).toMatchObject({
      exit: 0,
      out: expect.stringContaining("2 of 2 noticed"),
    });
    const limited = POLICY.replace('"echo": {}', '"echo": { "rate_limit": "1/minute" }');
    const { exit, out } = await policyTest({ ...FINE, "policies/echo/standard.json": limited }, "--mutate");
    expect(exit).toBe(1);
    expect(out).toContain(`${POLICY_FILE}  2 of 4 mutants noticed (1 more would be no valid policy)
  ✗ ${POLICY_FILE}:5:15  /tools/echo/rate_limit  max 1 → 2
  ✗ ${POLICY_FILE}:5:15  /tools/echo/rate_limit  limit dropped
`);
    expect(out).toContain(" Mutants  2 of 4 noticed\n");
  });

  test("does not call cases good that fail, or that there are none of", async () => {
    const failing = await policyTest({ ...FINE, "policies/echo/standard.cases.json": WRONG }, "--mutate");
    expect(failing).toMatchObject({
      exit: 1,
      out: expect.stringContaining("not mutated: its cases have to pass first"),
    });
    expect(await policyTest({ ...FINE, "policies/echo/none.json": POLICY }, "--mutate")).toMatchObject({ exit: 1 });
  });

  test("says the same to programs", async () => {
    const { exit, out } = await policyTest(
      { ...FINE, "policies/echo/standard.cases.json": WRONG },
      "--json",
      "--mutate",
    );
    expect(exit).toBe(1);
    const report = JSON.parse(out);
    expect(report.summary).toMatchObject({ passed: 1, failed: 1, rules: 2, reached: 2 });
    expect(report.policies).toMatchObject([
      {
        policy: "echo/standard",
        file: POLICY_FILE,
        casesFile: CASES_FILE,
        cases: [
          {
            name: "echo is allowed",
            line: 2,
            passed: false,
            expected: { effect: "deny" },
            actual: { effect: "allow" },
          },
          { name: "shouting is not", line: 3, passed: true, actual: { rule: "(default deny)" } },
        ],
      },
    ]);
  });

  test("shows how far it is with mutants only to somebody who watches", async () => {
    const told: string[] = [];
    const terminal: Screen = { ...screen(), status: (text) => told.push(text) };
    const names = Array.from({ length: 60 }, (_, index) => `"t${index}": {}`);
    const root = folder({
      ...FINE,
      "policies/echo/standard.json": POLICY.replace('"echo": {}', `"echo": {}, ${names}`),
    });
    await run(["policy", "test", "--mutate"], context(terminal, { root, cwd: root }));
    expect(told).toEqual([`${POLICY_FILE}  50 mutants`, ""]);
  });
});

describe("a JUnit report", () => {
  test("is written where it is wanted", async () => {
    const files = { ...FINE, "policies/echo/standard.cases.json": WRONG };
    const { exit, root } = await policyTest(files, "--junit", join("reports", "junit.xml"));
    expect(exit).toBe(1);
    const xml = readFileSync(join(root, "reports", "junit.xml"), "utf8");
    expect(xml).toContain('<testsuite name="echo/standard" tests="2" failures="1" errors="0"');
    expect(xml).toContain('name="echo is allowed"');
    expect(xml).toMatch(/<testcase classname="echo\/standard" name="shouting is not" file="[^"]+" line="3"\/>/);
    expect(xml).toContain("&quot;Not so loud&quot;");
  });

  test("is well-formed whatever a case is called", () => {
    const problem = { file: "a<b", line: 1, column: 1, message: 'a "&" \u0000\u001b\ud800 ]]>' };
    const xml = junitXml([{ kind: "broken", file: "f", policy: 'x"<y', problems: [problem] }], 1500);
    expect(xml).toContain('<testsuite name="x&quot;&lt;y" tests="1" failures="0" errors="1"');
    expect(xml).toContain("a&lt;b:1:1  a &quot;&amp;&quot; \ufffd\ufffd\ufffd ]]&gt;");
    expect(xml).toContain('time="1.500"');
  });
});

describe("--watch", () => {
  test("runs again after a change, also when files are half saved, and ends when it is told to", async () => {
    const root = folder(FINE);
    const written: string[] = [];
    let heard = (): void => undefined;
    const note = (text: string): void => {
      written.push(text);
      heard();
    };
    const until = (part: string): Promise<void> =>
      new Promise((resolve) => {
        heard = () => {
          if (written.some((text) => text.includes(part))) resolve();
        };
        heard();
      });
    const { promise: stop, resolve: end } = Promise.withResolvers<void>();
    const terminal: Screen = { ...screen(), out: note, err: note };
    const watched = watching(context(terminal, { root, cwd: root }), "policies", {}, stop);
    await until("Waiting for changes");
    writeFileSync(join(root, CASES_FILE), Uint8Array.of(0xff));
    await until("it is not UTF-8");
    await until("Waiting for changes");
    writeFileSync(join(root, CASES_FILE), WRONG);
    await until("1 failed");
    end();
    await watched;
    expect(written.filter((text) => text.includes("2 passed"))).toHaveLength(1);
  });
});
