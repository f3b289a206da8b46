/** What is recorded of arguments, by each choice of a policy: no choice but `full` may give a secret away. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentDigest } from "../../../src/audit/argument-key.ts";
import { MOST_BYTES, recordedArguments } from "../../../src/audit/arguments.ts";
import { equalJson } from "../../../src/json/equal.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { isObject, type Json, type JsonObject, member } from "../../../src/json/value.ts";
import type { RecordedArguments } from "../../../src/policy/document.ts";
import { blocksIn, pageText, spansIn, tableUnder } from "../docs/page.ts";
import { objectOf } from "../policy/given.ts";
import { planted, secret } from "./secrets.ts";

const ROOT_KEY = "00112233445566778899aabbccddeeff".repeat(2);
const CHOICES: readonly RecordedArguments[] = ["keys", "hash", "redacted", "full"];

async function recorded(choice: RecordedArguments, given: JsonObject, grant = "grt_1", key = ROOT_KEY) {
  const text = await recordedArguments(choice, given, () => argumentDigest(key, grant));
  const parsed = parseJson(text);
  if (!parsed.ok || !isObject(parsed.value)) throw new Error(`no JSON object: ${text}`);
  return { text, value: parsed.value };
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

describe("the names of arguments", () => {
  it("stand in the order of the call, and nothing else does", async () => {
    const { text } = await recorded("keys", objectOf('{"to":"bob","amount":5,"note":{"a":1}}'));
    expect(text).toBe('{"keys":["to","amount","note"]}');
    expect((await recorded("keys", objectOf("{}"))).text).toBe('{"keys":[]}');
  });

  it("are a hundred at most, each of 128 characters at most, and it says how many more there are", async () => {
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, nth) => [`${nth}-${"x".repeat(200)}`, nth]));
    const { value } = await recorded("keys", objectOf(JSON.stringify(many)));
    expect(value.more).toBe(30);
    expect(value.keys).toHaveLength(100);
    expect(value.keys).toContain(`7-${"x".repeat(126)}`);
  });

  it("fit when every character of them must be escaped", async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, nth) => [`${nth}${"\0".repeat(125)}`, nth]));
    const { text, value } = await recorded("keys", objectOf(JSON.stringify(many)));
    expect(bytesOf(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(value.more).toBeGreaterThan(0);
  });
});

describe("digests of arguments", () => {
  const one = async (json: string, grant?: string, key?: string) =>
    (await recorded("hash", objectOf(`{"x":${json}}`), grant, key)).text;

  it("are 32 digits of an HMAC for each argument", async () => {
    const { text } = await recorded("hash", objectOf('{"b":1,"a":"x"}'));
    expect(text).toMatch(/^\{"hash":\{"a":"[0-9a-f]{32}","b":"[0-9a-f]{32}"\}\}$/);
  });

  it("are alike for a value however it is written", async () => {
    expect(await one("42")).toBe(await one("42.0"));
    expect(await one("42")).toBe(await one("4.2e1"));
    expect(await one('{"a":1,"b":[100]}')).toBe(await one('{ "b": [1e2], "a": 1.0 }'));
    expect(await one("9007199254740993")).not.toBe(await one("9007199254740992"));
    expect(await one("1")).not.toBe(await one('"1"'));
  });

  it("are others for another grant, and under another root key", async () => {
    expect(await one("42", "grt_1")).not.toBe(await one("42", "grt_2"));
    expect(await one("42")).not.toBe(await one("42", "grt_1", ROOT_KEY.replaceAll("0", "1")));
  });

  it("are equal if and only if the values are", async () => {
    const value = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("null", "true", "0", "-0", "0.0", "1", "1.0", "10e-1", "100", "1e2", '"1"', '""', "[]", "{}"),
        fc.integer().map(String),
        fc.string().map((text) => JSON.stringify(text)),
        fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join()}]`),
        fc.array(tie("any"), { maxLength: 2 }).map((items) => `{${items.map((item, nth) => `"k${nth}":${item}`)}}`),
      ),
    })).any;
    await fc.assert(
      fc.asyncProperty(value, value, async (a, b) => {
        const isSame = equalJson(objectOf(`{"x":${a}}`), objectOf(`{"x":${b}}`));
        expect((await one(a)) === (await one(b))).toBe(isSame);
      }),
      { numRuns: 300 },
    );
  });

  it("are not made where there would be too many to keep", async () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, nth) => [`k${nth}`, nth]));
    const refuse = () => Promise.reject(new Error("nothing is to be hashed"));
    const text = await recordedArguments("hash", objectOf(JSON.stringify(many)), refuse);
    expect(text).toContain('"omitted":"larger than 65536 bytes"');
  });
});

describe("arguments in full", () => {
  it("are as they came, with every digit", async () => {
    const { text } = await recorded("full", objectOf('{"b":9007199254740993,"a":[1.50,{"n":1e400}]}'));
    expect(text).toBe('{"full":{"a":[1.50,{"n":1e400}],"b":9007199254740993}}');
  });
});

describe("what is recorded, whatever the choice", () => {
  const anything = fc
    .dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }))
    .map((value) => objectOf(JSON.stringify(value)));

  it.each(CHOICES)("is strict JSON that says which choice it was: %s", async (choice) => {
    await fc.assert(
      fc.asyncProperty(anything, async (given) => {
        const { value, text } = await recorded(choice, given);
        expect(member(value, choice)).toBeDefined();
        expect(bytesOf(text)).toBeLessThanOrEqual(MOST_BYTES);
      }),
    );
  });

  it.each(CHOICES.slice(1))("is only the names where it would be longer than 64 KiB: %s", async (choice) => {
    const many = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, nth) => [`key_${nth}`, `${"é ".repeat(20)}${nth}`]),
    );
    const { text, value } = await recorded(choice, objectOf(JSON.stringify(many)));
    expect(bytesOf(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(value).toMatchObject({ [choice]: null, omitted: "larger than 65536 bytes", more: 1_900 });
    expect(value.keys).toHaveLength(100);
  });

  it.each(["keys", "hash", "redacted"] as const)("gives away no secret that is planted in it: %s", async (choice) => {
    await fc.assert(
      fc.asyncProperty(planted, async ({ given, core }) => {
        const { text } = await recorded(choice, given);
        expect(text).not.toContain(core.slice(0, 8));
        expect(text).not.toContain(core.slice(-8));
      }),
      { numRuns: 1_000, seed: 7 },
    );
  });

  it.each(["keys", "hash", "redacted"] as const)("gives away no token that stands for a name: %s", async (choice) => {
    await fc.assert(
      fc.asyncProperty(secret, secret, async (one, two) => {
        const given = objectOf(JSON.stringify({ [one.text]: 1, [two.text]: 2, plain: 3 }));
        const { text, value } = await recorded(choice, given);
        expect(text).not.toContain(one.core);
        const kept: Json = member(value, choice) ?? null;
        expect(Array.isArray(kept) ? kept : Object.keys(kept ?? {})).toHaveLength(Object.keys(given).length);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe("the page on policies", () => {
  const text = pageText("policy.md");
  const given = blocksIn(text).find(({ label }) => label === "recorded arguments")?.body ?? "";
  const rows = tableUnder(text, "`arguments`", "recorded of this call");

  it("has every choice", () => {
    expect(rows.flatMap(([choice = ""]) => spansIn(choice))).toEqual(CHOICES.map((choice) => `"${choice}"`));
  });

  it.each(rows.map(([choice = "", kept = ""]) => ({ choice: spansIn(choice)[0] ?? "", kept: spansIn(kept)[0] ?? "" })))(
    "is right about what is kept under $choice",
    async ({ choice, kept }) => {
      const known = CHOICES.find((each) => JSON.stringify(each) === choice) ?? "keys";
      expect(kept).toBe((await recorded(known, objectOf(given))).text);
    },
  );
});
