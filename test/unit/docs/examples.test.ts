/** What docs/ shows is what there is: every policy on a page is a file in docs/examples, and every such file is tested. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { canonicalJson } from "../../../src/json/canonical.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { isObject, type Json } from "../../../src/json/value.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import { context, screen } from "../cli/stage.ts";
import { EXAMPLES, exampleOf } from "./examples.ts";
import { type Block, blocksIn, PAGES, pageText, ROOT } from "./page.ts";

const blocks = PAGES.flatMap((page) => blocksIn(pageText(page))).filter(({ language }) => language === "json");
const labelled = (kind: string) =>
  blocks.flatMap((block) => {
    const [, name] = new RegExp(`^${kind}: (.+)$`).exec(block.label ?? "") ?? [];
    return name === undefined ? [] : [{ name, block }];
  });

describe("a policy on a page", () => {
  it("says which file it is, unless it is there for its mistakes", () => {
    const policies = blocks.filter(({ body }) => body.includes('"version": "1"'));
    expect(policies.length).toBeGreaterThan(15);
    for (const { label, body } of policies) expect(label, body).toMatch(/^(?:example: .+|mistakes)$/);
  });

  it.each(labelled("example"))("is that of docs/examples called $name", ({ name, block }) => {
    expect(canonicalJson(jsonOf(block.body))).toBe(canonicalJson(exampleOf(name).tested.document));
  });

  it.each(labelled("cases"))("has cases that stand in the file of $name", ({ name, block }) => {
    const written = listOf(jsonOf(readFileSync(join(ROOT, `docs/examples/${name}.cases.json`), "utf8"))).map(
      canonicalJson,
    );
    const shown = listOf(jsonOf(block.body)).map(canonicalJson);
    expect(shown.length).toBeGreaterThan(0);
    expect(written).toEqual(expect.arrayContaining(shown));
  });
});

describe("a policy in docs/examples", () => {
  it("is shown on a page", () => {
    const shown = [...labelled("example"), ...labelled("cases")].map(({ name }) => name);
    expect(EXAMPLES.map(({ name }) => name).sort()).toEqual([...new Set(shown)].sort());
  });

  it.each(EXAMPLES)("reads and has cases that all come as expected: $name", ({ tested, results }) => {
    expect(readPolicy(tested.text).ok).toBe(true);
    expect(results.length).toBeGreaterThan(0);
    for (const { case: each, actual, wrong } of results)
      expect({ actual, wrong }, each.name).toEqual({ actual, wrong: [] });
  });

  it("is tested rule by rule: every rule is reached, and no change of one goes unnoticed", async () => {
    const terminal = screen();
    const line = ["policy", "test", "docs/examples", "--mutate", "--require-coverage"];
    const exit = await run(line, context(terminal, { root: ROOT, cwd: ROOT }));
    expect(terminal.outText()).not.toContain("✗");
    expect(exit).toBe(0);
  });

  it("follows schemas that are there", () => {
    const folder = join(ROOT, "docs/examples");
    const named = readdirSync(folder).flatMap((name) => {
      const value = jsonOf(readFileSync(join(folder, name), "utf8"));
      return isObject(value) && typeof value.$schema === "string" ? value.$schema : [];
    });
    expect(named).toHaveLength(2);
    for (const schema of named) expect(existsSync(join(folder, schema)), schema).toBe(true);
  });

  it("is the README's, where the page says so", () => {
    const [policy] = blocksIn(readFileSync(join(ROOT, "README.md"), "utf8")).filter(isPolicy);
    expect(canonicalJson(jsonOf(policy?.body ?? ""))).toBe(canonicalJson(exampleOf("support").tested.document));
  });
});

describe("a policy with mistakes", () => {
  it("is refused in the words that stand below it", () => {
    const all = blocksIn(pageText("policy.md"));
    const at = all.findIndex(({ label }) => label === "mistakes");
    const read = readPolicy(all[at]?.body ?? "");
    const told = read.ok ? [] : read.problems.map(({ line, column, message }) => `${line}:${column}  ${message}`);
    expect(all[at + 1]?.body.trimEnd().split("\n")).toEqual(told);
  });
});

function isPolicy({ language, body }: Block): boolean {
  const value = language === "json" ? jsonOf(body) : null;
  return isObject(value) && value.version !== undefined;
}

function jsonOf(text: string): Json {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`no strict JSON: ${text}`);
  return parsed.value;
}

function listOf(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw new Error("this is no list");
  return value;
}
