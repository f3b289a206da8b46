import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layout } from "../../../src/cli/recommend/layout.ts";
import type { Json } from "../../../src/json/value.ts";
import { folder } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the layout of what is written", () => {
  it("is what the project's formatter makes of it", () => {
    const text = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnop qrstuvwxyz"\\漢é\n'), maxLength: 60 });
    const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
    const value = fc.letrec<{ any: Json }>((tie) => ({
      any: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        scalar,
        fc.array(tie("any"), { maxLength: 6 }),
        fc.array(fc.integer({ min: 10 ** 8 }), { maxLength: 30 }),
        fc.dictionary(text, tie("any"), { maxKeys: 6, noNullPrototype: true }),
      ),
    })).any;
    const root = folder();
    writeFileSync(
      join(root, "biome.json"),
      readFileSync(join(ROOT, "biome.json"), "utf8").replace('"enabled": true', '"enabled": false'),
    );
    fc.sample(value, { numRuns: 300, seed: 7 }).forEach((each, index) => {
      writeFileSync(join(root, `${index}.json`), layout(each));
    });
    const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
    expect(() => execFileSync(process.execPath, [biome, "format", "."], { cwd: root, stdio: "pipe" })).not.toThrow();
  });

  it("reads as what it was, and shows what an editor would hide", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(layout(JSON.parse(JSON.stringify(value))))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(layout(["a\u202eb\u200b"])).toBe('["a\\u202eb\\u200b"]\n');
  });
});
