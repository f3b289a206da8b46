/** Breaches are tried by hand, and the source moves on: here they are kept such that they can be tried. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Breach } from "../breaches/breach.ts";
import { outcomeOf } from "../breaches/runner/attempt.ts";
import { breached } from "../breaches/runner/change.ts";
import { faultsIn } from "../breaches/runner/check.ts";
import { readTopics, topicNames } from "../breaches/runner/topics.ts";

function readHere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const breach: Breach = {
  defence: "the door is shut",
  file: "src/door.ts",
  from: "shut($)",
  to: "open($&)",
  tests: ["test/unit/door.test.ts"],
  expects: /door/,
};
const files: { readonly [file: string]: string } = {
  "src/door.ts": "if (night) shut($);",
  "src/two.ts": "shut($); shut($);",
  "test/unit/door.test.ts": "",
};

function faultsOf(...breaches: Partial<Breach>[]): string[] {
  const listed = breaches.map((one, at) => ({ topic: "house", number: at + 1, breach: { ...breach, ...one } }));
  return faultsIn(listed, (file) => files[file]).map((fault) => fault.split("): ")[1] ?? fault);
}

describe("the breaches", () => {
  it("can all be tried: each stands once in its file, changes it, and names tests that are there", async () => {
    expect(faultsIn(await readTopics(topicNames()), readHere)).toEqual([]);
  });
});

describe("a breach", () => {
  it("that can be tried has no faults", () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each<[string, Partial<Breach>, string]>([
    ["of a file that is gone", { file: "src/gone.ts" }, "there is no src/gone.ts"],
    ["of text that is gone", { from: "lock(" }, "`from` stands 0 times in src/door.ts"],
    ["of text that stands twice", { file: "src/two.ts" }, "`from` stands 2 times in src/two.ts"],
    ["that changes nothing", { to: "shut($)" }, "`to` is the same as `from`"],
    ["without tests", { tests: [] }, "it names no tests"],
    ["with a test that is gone", { tests: ["test/unit/x.test.ts"] }, "there is no test/unit/x.test.ts"],
    ["with a test of no project", { tests: ["src/door.ts"] }, "src/door.ts is no test file"],
    ["with an expression that remembers", { expects: /door/g }, "`expects` has a flag that remembers"],
  ])("%s can't be tried", (_, given, fault) => {
    expect(faultsOf(given)).toEqual([fault]);
  });

  it("that its topic has already can't be tried again", () => {
    expect(faultsOf({}, { defence: "another" }, {})).toEqual(["its topic has that defence already"]);
  });

  it("puts its text in as it is, and is not made where the text does not stand once", () => {
    expect(breached("if (night) shut($);", breach)).toBe("if (night) open($&);");
    expect(() => breached("if (night);", breach)).toThrow("src/door.ts is not as it was");
    expect(() => breached("shut($); shut($);", breach)).toThrow("src/door.ts is not as it was");
  });
});

describe("the outcome", () => {
  const file = { file: "test/unit/door.test.ts", passed: 2, failed: [], broken: undefined };
  const ran = (...results: object[]) => ({
    kind: "ran" as const,
    files: results.map((result) => ({ ...file, ...result })),
    clean: false,
  });

  it("is that a breach was noticed if the named test is among those that failed", () => {
    const outcome = outcomeOf(ran({ failed: ["a wall"] }, { failed: ["a door"] }), breach.expects);
    expect(outcome).toEqual({ kind: "noticed", by: ["a door"], failed: 2, of: 6 });
  });

  it("is that it was not if only others failed, or none", () => {
    expect(outcomeOf(ran({ failed: ["a wall"] }), breach.expects)).toEqual({
      kind: "not noticed",
      failed: ["a wall"],
      of: 3,
    });
    expect(outcomeOf(ran({}), breach.expects)).toEqual({ kind: "not noticed", failed: [], of: 2 });
  });

  it("is that it was not tried if a file could not be loaded, or nothing ran", () => {
    const why = "test/unit/door.test.ts: no such word";
    expect(outcomeOf(ran({ broken: "no such word" }), breach.expects)).toEqual({ kind: "not tried", why });
    const late = { kind: "not run" as const, why: "it is late" };
    expect(outcomeOf(late, breach.expects)).toEqual({ kind: "not tried", why: "it is late" });
  });
});
