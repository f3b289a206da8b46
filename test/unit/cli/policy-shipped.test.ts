import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { context, screen } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../../..");

async function policy(...line: string[]) {
  const terminal = screen();
  const exit = await run(["policy", ...line], context(terminal, { root: ROOT, cwd: ROOT }));
  return { exit, text: terminal.outText() + terminal.errText() };
}

describe("the policies that come along", () => {
  test("are without mistakes", async () => {
    expect(await policy("check", "policies", "--strict")).toEqual({
      exit: 0,
      text: expect.stringContaining("nothing wrong"),
    });
  });

  // Some four thousand mutants, each a policy of up to 584 tools that is read anew.
  test("are tested rule by rule: every case passes, every rule is reached, every mutant is noticed", {
    timeout: 120_000,
  }, async () => {
    const { exit, text } = await policy("test", "policies", "--mutate", "--require-coverage");
    expect(text).not.toContain("✗");
    expect(text).not.toContain("no cases");
    expect(exit).toBe(0);
  });
});
