/** docs/deploy.md names every setting there is, its sums add up, and what the deploy button needs is in its place. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { lineOf } from "../../../src/observe/log.ts";
import { blocksIn, pageText, proseOf, ROOT, spansIn, tableUnder } from "./page.ts";

const page = pageText("deploy.md");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

it("names every variable and every store of the environment", () => {
  const fields = [...read("src/env.ts").matchAll(/^ {2}readonly ([A-Z_]+)\??: (\w+)/gm)];
  const named = new Set(
    [...tableUnder(page, "name", "what it is", "default"), ...tableUnder(page, "binding", "what it is")].flatMap(
      ([name = ""]) => spansIn(name),
    ),
  );
  const objects = fields.filter(([, , type]) => type === "DurableObjectNamespace").map(([, name]) => name);
  const wanted = fields.map(([, name = ""]) => name).filter((name) => !objects.includes(name));
  expect([...named].filter((name) => name !== "GRANT_LEDGER").sort()).toEqual(wanted.sort());
});

it("adds up what a million calls cost", () => {
  const text = page.slice(page.indexOf("| per million calls"));
  const rows = text
    .slice(0, text.indexOf("\n\n"))
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").map((cell) => Number(cell.replace(/[$*\s]/g, ""))));
  const sum = (column: number) => rows.slice(0, -1).reduce((total, row) => total + (row[column] ?? 0), 0);
  const told = rows.at(-1) ?? [];
  expect([sum(4).toFixed(2), sum(6).toFixed(2)]).toEqual([told[4]?.toFixed(2), told[6]?.toFixed(2)]);
});

it("shows a line of the log as it is written", () => {
  const shown = blocksIn(page).find(({ body }) => body.startsWith('{"level"'))?.body ?? "";
  const { level, event, ...fields } = JSON.parse(shown);
  expect(JSON.parse(lineOf(level, event, fields))).toEqual(JSON.parse(shown));
});

it("links to what is there", () => {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  const anchors = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(" ", "-"),
  );
  const leads = (target: string): boolean =>
    target.startsWith("#")
      ? anchors.includes(target.slice(1))
      : existsSync(join(ROOT, "docs", target.replace(/#.*/, "")));
  expect(targets.filter((target) => !target.startsWith("https://") && !leads(target))).toEqual([]);
});

describe("the deploy button", () => {
  it("asks for the two secrets that a gateway can't do without, and proposes no value for them", () => {
    expect(parseEnv(read(".dev.vars.example"))).toEqual({ ADMIN_TOKEN: "", ROOT_KEY: "" });
  });

  it("describes them, and every store that it makes", () => {
    const { cloudflare, scripts } = JSON.parse(read("package.json"));
    const made = [...read("wrangler.toml").matchAll(/^\[\[(?:kv_namespaces|d1_databases)\]\]\nbinding = "(\w+)"/gm)];
    expect(Object.keys(cloudflare.bindings).sort()).toEqual(
      ["ADMIN_TOKEN", "ROOT_KEY", ...made.map(([, name]) => name)].sort(),
    );
    expect(scripts.deploy).toMatch(/wrangler deploy.*&& wrangler d1 migrations apply GRANTGATE_DB --remote/);
  });

  it("stands in the README and names a repository", () => {
    expect(read("README.md")).toMatch(
      /\(https:\/\/deploy\.workers\.cloudflare\.com\/button\)\]\(https:\/\/deploy\.workers\.cloudflare\.com\/\?url=https:\/\/github\.com\/\S+\)/,
    );
  });
});
