/** How much memory a text of the size that a message may have can take: an isolate has 128 MB for all its requests. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";

/** Pointers are twice as wide here as on Workers, and so is what is made of them. */
const HEAP_MB = 256;

const PARSER = new URL("../../../src/json/parse.ts", import.meta.url).href;

/** As expressions: the texts are made where they are read. Each is of about 4 MB. */
const BOMBS: Readonly<Record<string, string>> = {
  "lists in lists": '"[" + ("[".repeat(62) + "]".repeat(62) + ",").repeat(33000) + "1]"',
  "lists of one": '"[" + "[0],".repeat(1040000) + "1]"',
  "lists of two": '"[" + "[0,0],".repeat(690000) + "1]"',
  "empty objects": '"[" + "{},".repeat(1390000) + "1]"',
  "objects of one": "'[' + '{\"\":0},'.repeat(590000) + '1]'",
  "a text of escapes": "'[\"' + '\\\\\\\\'.repeat(2000000) + '\"]'",
};

it.each(Object.entries(BOMBS))("four megabytes of %s can be read", async (_name, text) => {
  const script = `import { parseJson } from ${JSON.stringify(PARSER)}; console.log(parseJson(${text}).ok);`;
  const args = [`--max-old-space-size=${HEAP_MB}`, "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trim()).toBe("true");
});

it("a text of more values than that is refused before they fill the memory", () => {
  const parsed = parseJson(`[${"{},".repeat(2_300_000)}1]`);
  expect(parsed).toMatchObject({ ok: false, fault: { reason: "the text has more than 2200000 values" } });
});
