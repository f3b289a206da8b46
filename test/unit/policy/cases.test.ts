import { describe, expect, test } from "vitest";
import { type PolicyCase, readAt, readCases } from "../../../src/policy/cases.ts";

function cases(document: unknown): readonly PolicyCase[] {
  const read = readCases(typeof document === "string" ? document : JSON.stringify(document));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.cases;
}

function problems(text: string): string[] {
  const read = readCases(text);
  return read.ok
    ? []
    : read.problems.map(({ pointer, line, column, message }) => `${line}:${column} ${pointer} ${message}`);
}

/** With pointers, and without lines. */
function mistakes(document: unknown): string[] {
  const read = readCases(JSON.stringify(document));
  return read.ok ? [] : read.problems.map(({ pointer, message }) => `${pointer}: ${message}`);
}

const CASE = { name: "a", call: { tool: "echo" }, expect: { effect: "allow" } };

describe("a cases file", () => {
  test("gives what a case leaves out", () => {
    expect(cases([CASE])).toMatchObject([
      {
        name: "a",
        call: { tool: "echo", arguments: {} },
        grant: { id: "case", label: "case", tags: [], session: null },
        at: Date.UTC(2026, 0, 1),
        times: 1,
        before: [],
        expect: { effect: "allow" },
      },
    ]);
  });

  test("is a list, or an object with a $schema for editors", () => {
    const inObject = cases({ $schema: "https://example.com/cases.json", cases: [CASE, CASE] });
    expect(inObject.map(({ pointer }) => pointer)).toEqual(["/cases/0", "/cases/1"]);
    expect(cases([CASE]).map(({ pointer }) => pointer)).toEqual(["/0"]);
  });

  test("knows where each case stands", () => {
    const [, second] = cases(`[\n  ${JSON.stringify(CASE)},\n  ${JSON.stringify(CASE)}\n]`);
    expect(second).toMatchObject({ line: 3, column: 3 });
  });

  test("reads instants to the millisecond, in any zone", () => {
    const [one] = cases([{ ...CASE, at: "2026-03-01T01:00:00.25+01:00" }]);
    expect(one?.at).toBe(Date.UTC(2026, 2, 1, 0, 0, 0, 250));
    expect(readAt("2026-03-01T00:00:00.12345Z")).toBe(Date.UTC(2026, 2, 1, 0, 0, 0, 123));
    expect(readAt("2026-03-01T00:00:00")).toBeUndefined();
  });

  test("gives all that a case says", () => {
    const grant = { id: "g", label: "l", tags: ["a", "b"], session: "s" };
    const step = { call: { tool: "t", arguments: { a: 1 } }, grant, at: "2026-01-02T00:00:00Z", times: 100_000 };
    const expected = { effect: "limit", rule: "/r", text: "no" };
    const [one] = cases([{ name: "n", ...step, expect: expected }]);
    expect(one).toEqual({
      ...{ name: "n", ...step, at: Date.UTC(2026, 0, 2), before: [], expect: expected },
      ...{ pointer: "/0", line: 1, column: 2 },
    });
    expect(cases([{ ...CASE, grant: null, times: 1 }])[0]).toMatchObject({ grant: null, times: 1 });
  });

  test("keeps the digits of arguments", () => {
    const [one] = cases(
      `[{"name":"a","call":{"tool":"t","arguments":{"n":9007199254740993}},"expect":{"effect":"allow"}}]`,
    );
    expect(JSON.stringify(one?.call.arguments)).toBe('{"n":9007199254740993}');
  });

  test("makes earlier steps under the grant of the case, unless they name another", () => {
    const before = [
      { call: { tool: "a" } },
      { call: { tool: "b" }, grant: { id: "other" } },
      { call: { tool: "c" }, grant: null },
    ];
    const [one] = cases([{ ...CASE, grant: { id: "mine", session: "s" }, before }]);
    expect(one?.before.map(({ grant }) => grant?.id)).toEqual(["mine", "other", undefined]);
    expect(one?.before[0]?.grant?.session).toBe("s");
  });
});

describe("mistakes in a cases file", () => {
  test("are told all at once, each with its place and what may be meant", () => {
    const text = `[
  { "name": "", "call": { "tool": "t", "args": {} }, "expect": { "effect": "denny" } },
  { "name": "b", "call": { "tool": "t" }, "times": 0, "expects": {} },
  { "name": "c", "call": { "tool": "t", "arguments": [] }, "at": "2026-02-30T00:00:00Z", "expect": { "effect": "deny" } }
]`;
    const found = problems(text);
    expect(found[0]).toMatch(/^2:13 \/0\/name a case's name must not be empty/);
    expect(found[1]).toMatch(/^2:40 \/0\/call\/args "args" is no field of a call/);
    expect(found[2]).toMatch(/^2:76 \/0\/expect\/effect expected "allow".*did you mean "deny"\?/);
    expect(found[3]).toMatch(/^3:3 \/1 "expect" is missing in a case/);
    expect(found[4]).toMatch(/^3:52 \/1\/times expected a whole number from 1/);
    expect(found[5]).toMatch(/^3:55 \/1\/expects "expects" is no field of a case; did you mean "expect"\?/);
    expect(found[6]).toMatch(/^4:54 \/2\/call\/arguments expected a tool's arguments/);
    expect(found[7]).toMatch(/^4:66 \/2\/at expected a date-time/);
    expect(found).toHaveLength(8);
  });

  test("include what is no strict JSON, and repeated keys", () => {
    expect(problems("[ // none\n]")).toEqual([expect.stringMatching(/^1:3 {2}expected a value/)]);
    expect(problems('[{"name":"a","name":"b","call":{"tool":"t"},"expect":{"effect":"allow"}}]')).toEqual([
      expect.stringMatching(/^1:14 \/0\/name the key "name" is repeated/),
    ]);
    expect(problems('"no list"')).toEqual([expect.stringMatching(/expected a list of cases/)]);
    expect(problems('{"case":[]}')).toHaveLength(2);
  });

  test("include an allowed call with a rule, which none can have", () => {
    const one = { ...CASE, expect: { effect: "allow", rule: "/tools/echo" } };
    expect(problems(JSON.stringify([one]))).toEqual([
      expect.stringMatching(/\/0\/expect a call that is allowed comes without/),
    ]);
  });

  test("include steps that go back in time", () => {
    const before = [
      { call: { tool: "t" }, at: "2026-01-02T00:00:00Z" },
      { call: { tool: "t" }, at: "2026-01-01T12:00:00Z" },
    ];
    expect(problems(JSON.stringify([{ ...CASE, before }]))).toEqual([
      expect.stringMatching(/\/0 this is at 2026-01-01T00:00:00Z, and a step before it at 2026-01-01T12:00:00Z/),
      expect.stringMatching(/\/0\/before\/1 this is at 2026-01-01T12:00:00Z/),
    ]);
  });

  test.each<[unknown, string[]]>([
    [{ name: 7 }, ["/name: expected a case's name, found the number 7"]],
    [{ name: "" }, ["/name: a case's name must not be empty"]],
    [{ call: 7 }, ["/call: expected a call, an object, found the number 7"]],
    [{ call: {} }, ['/call: "tool" is missing in a call']],
    [{ call: { tool: "" } }, ["/call/tool: a tool's name must not be empty"]],
    [{ call: { tool: 7 } }, ["/call/tool: expected a tool's name, found the number 7"]],
    [
      { call: { tool: "t", arguments: 7 } },
      ["/call/arguments: expected a tool's arguments, an object, found the number 7"],
    ],
    [{ call: { tool: "t", arguments: null } }, ["/call/arguments: expected a tool's arguments, an object, found null"]],
    [{ grant: 7 }, ["/grant: expected a grant, an object, found the number 7"]],
    [{ grant: { id: "" } }, ["/grant/id: a grant's id must not be empty"]],
    [{ grant: { id: 7 } }, ["/grant/id: expected a grant's id, found the number 7"]],
    [{ grant: { label: 7 } }, ["/grant/label: expected a string, found the number 7"]],
    [{ grant: { tags: "x" } }, ['/grant/tags: expected a list of tags, found the string "x"']],
    [{ grant: { tags: [7] } }, ["/grant/tags/0: expected a string, found the number 7"]],
    [{ grant: { session: "" } }, ["/grant/session: a session's name must not be empty"]],
    [{ grant: { name: "x" } }, ['/grant/name: "name" is no field of a grant']],
    [{ at: 7 }, ['/at: expected a date-time like "2026-01-31T00:00:00Z", found the number 7']],
    [{ at: "2026-01-01" }, ['/at: expected a date-time like "2026-01-31T00:00:00Z", found the string "2026-01-01"']],
    [
      { at: ["2026-01-01T00:00:00Z"] },
      ['/at: expected a date-time like "2026-01-31T00:00:00Z", found a list of one item'],
    ],
    [{ times: 0 }, ["/times: expected a whole number from 1 to 100000, found the number 0"]],
    [{ times: 100001 }, ["/times: expected a whole number from 1 to 100000, found the number 100001"]],
    [{ times: 1.5 }, ["/times: expected a whole number from 1 to 100000, found the number 1.5"]],
    [{ times: "1" }, ['/times: expected a whole number from 1 to 100000, found the string "1"']],
    [{ before: {} }, ["/before: expected a list of earlier steps, found an object"]],
    [{ before: [7] }, ["/before/0: expected an earlier step, an object, found the number 7"]],
    [{ before: [{}] }, ['/before/0: "call" is missing in an earlier step']],
    [{ before: [{ call: { tool: "t" }, name: "x" }] }, ['/before/0/name: "name" is no field of an earlier step']],
    [{ expect: 7 }, ["/expect: expected an expectation, an object, found the number 7"]],
    [{ expect: {} }, ['/expect: "effect" is missing in an expectation']],
    [
      { expect: { effect: "hid" } },
      ['/expect/effect: expected "allow", "deny", "hide", "limit", "approval", found "hid"; did you mean "hide"?'],
    ],
    [{ expect: { effect: "deny", rule: "" } }, ["/expect/rule: a rule must not be empty"]],
    [{ expect: { effect: "deny", text: 7 } }, ["/expect/text: expected a part of the text, found the number 7"]],
    [{ expect: { effect: "allow", rule: "/x" } }, ["/expect: a call that is allowed comes without rule and text"]],
    [{ expect: { effect: "allow", text: "x" } }, ["/expect: a call that is allowed comes without rule and text"]],
    [{ grant: null, at: undefined }, []],
  ])("are told in its words: %j", (more, faults) => {
    const one = { name: "a", call: { tool: "t" }, expect: { effect: "deny" }, ...(more as object) };
    expect(mistakes([one]).map((fault) => fault.replace(/^\/0/, ""))).toEqual(faults);
  });

  test.each<[unknown, string[]]>([
    [[7], ["/0: expected a case, an object, found the number 7"]],
    [[{}], ['/0: "name" is missing in a case', '/0: "call" is missing in a case', '/0: "expect" is missing in a case']],
    [7, [": expected a list of cases, found the number 7"]],
    [{}, [': "cases" is missing in a cases file']],
    [{ cases: 7 }, ["/cases: expected a list of cases, found the number 7"]],
    [{ case: [], cases: [] }, ['/case: "case" is no field of a cases file; did you mean "cases"?']],
    [{ $schema: 7, cases: [] }, ["/$schema: expected a string, found the number 7"]],
  ])("are told of a whole that is none: %j", (document, faults) => {
    expect(mistakes(document)).toEqual(faults);
  });
});
