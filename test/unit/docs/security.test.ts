/** docs/security.md names files that are there, tests that test, and breaches that take out just what it says. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Listed, readTopics, topicNames } from "../../breaches/runner/topics.ts";
import { pageText, ROOT, spansIn, tablesIn } from "./page.ts";

const page = pageText("security.md");
const rows = tablesIn(page)
  .filter(([header]) => header?.join() === "defence,in,tests,breach")
  .flatMap((table) => table.slice(1))
  .map(([defence = "", places = "", tests = "", breach = ""]) => ({
    defence,
    places: spansIn(places).map((place) => `src/${place}.ts`),
    tests: spansIn(tests).map((test) => `test/${test}.test.ts`),
    topics: spansIn(breach),
    unbreached: breach === "–",
  }));

const there = (file: string): boolean => existsSync(join(ROOT, file));

describe("each defence", () => {
  it.each(rows)("is where the page says, and tested there: $defence", ({ places, tests }) => {
    expect(Math.min(places.length, tests.length)).toBeGreaterThan(0);
    expect([...places, ...tests].filter((file) => !there(file))).toEqual([]);
  });

  it("has a breach that is of it, or none is claimed", async () => {
    const listed = await readTopics(topicNames());
    const isOf =
      ({ places, tests }: (typeof rows)[number], topic: string) =>
      (one: Listed) =>
        one.topic === topic &&
        places.includes(one.breach.file) &&
        one.breach.tests.some((test) => tests.includes(test));
    const claims = rows.flatMap((row) => row.topics.map((topic) => ({ row, topic })));
    expect(claims.length).toBeGreaterThan(30);
    expect(claims.filter(({ row, topic }) => !listed.some(isOf(row, topic))).map(({ row }) => row.defence)).toEqual([]);
    const breached = rows.filter(
      (row) => row.unbreached && topicNames().some((topic) => listed.some(isOf(row, topic))),
    );
    expect(breached.map(({ defence }) => defence)).toEqual([]);
  });
});

describe("the page", () => {
  it("has every file of attacks and faults", () => {
    const files = globSync("test/{hostile,faults}/*.test.ts", { cwd: ROOT }).map((file) => file.replaceAll("\\", "/"));
    const named = new Set(rows.flatMap(({ tests }) => tests));
    expect(files.filter((file) => !named.has(file))).toEqual([]);
  });

  it("has every topic of breaches", () => {
    expect([...new Set(rows.flatMap(({ topics }) => topics))].sort()).toEqual([...topicNames()].sort());
  });

  it.each(["docs/security.md", "docs/architecture.md"])("runs what can be run: %s", (name) => {
    const text = readFileSync(join(ROOT, name), "utf8");
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const run = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = ""]) => script);
    expect(run.length).toBeGreaterThan(0);
    expect(run.filter((script) => !(script in scripts))).toEqual([]);
    expect([...text.matchAll(/npx node (\S+)/g)].filter(([, file = ""]) => !there(file))).toEqual([]);
  });
});
