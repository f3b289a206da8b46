import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { checked } from "../../../src/json/checked.ts";
import { parseJson } from "../../../src/json/parse.ts";

const Schema = z.strictObject({
  name: z.optional(z.string().check(z.minLength(1), z.maxLength(3))),
  count: z.optional(z.int().check(z.minimum(2), z.maximum(5))),
  flag: z.optional(z.boolean()),
  role: z.optional(z.enum(["viewer", "admin"])),
  kind: z.optional(z.literal("file")),
  mail: z.optional(z.email()),
  tags: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(2))),
  headers: z.optional(z.record(z.string(), z.string())),
  inner: z.optional(z.object({ id: z.string() })),
  either: z.optional(z.union([z.string(), z.int()])),
});

function faultsOf(text: string): string[] {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  const read = checked(text, parsed.value, Schema);
  return read.ok ? [] : read.faults.map(({ pointer, message }) => `${pointer} ${message}`);
}

describe("a document that its schema refuses", () => {
  it.each([
    ['{"name": 5}', "/name must be a string, not a number"],
    ['{"name": null}', "/name must be a string, not null"],
    ['{"name": ["a"]}', "/name must be a string, not a list"],
    ['{"name": {}}', "/name must be a string, not an object"],
    ['{"name": ""}', "/name must have 1 character at least"],
    ['{"name": "abcd"}', "/name must have 3 characters at most"],
    ['{"count": "3"}', "/count must be a number, not a string"],
    ['{"count": 2.5}', "/count must be a whole number"],
    ['{"count": 3.0}', "/count must be a number, not a number whose digits would be lost"],
    ['{"count": 1}', "/count must be 2 at least"],
    ['{"count": 6}', "/count must be 5 at most"],
    ['{"flag": "true"}', "/flag must be a boolean, not a string"],
    ['{"role": "root"}', '/role must be "viewer" or "admin"'],
    ['{"kind": 1}', '/kind must be "file"'],
    ['{"mail": "me"}', "/mail is no legal email"],
    ['{"tags": "a"}', "/tags must be a list, not a string"],
    ['{"tags": []}', "/tags must have 1 item at least"],
    ['{"tags": ["a", "b", "c"]}', "/tags must have 2 items at most"],
    ['{"headers": true}', "/headers must be an object, not a boolean"],
    ['{"inner": 1}', "/inner must be an object, not a number"],
    ['{"inner": {}}', "/inner/id is required"],
    ['{"either": false}', "/either can't be used here"],
    ['{"other": 1}', "/other is no field that is known here"],
  ])("says what is wrong with %s", (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it("is told all that is wrong with it, and never what it holds", () => {
    const faults = faultsOf('{"name": "hunter2",\n "mail": "hunter2",\n "count": {"secret": "hunter2"}}');
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain("hunter2");
  });
});
