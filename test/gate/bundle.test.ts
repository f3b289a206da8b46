/** What is deployed stays small: a cold start reads all of it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { BUILT } from "./build.ts";

const MOST_KIB = 150;

it(`builds a Worker of at most ${MOST_KIB} KiB gzipped`, async () => {
  const script = await readFile(join(BUILT, "worker.js"));
  expect(script.byteLength).toBeGreaterThan(10_000);
  expect(gzipSync(script).byteLength / 1024).toBeLessThan(MOST_KIB);
});

// Words for the API's description are left out where the build knows the platform by name: src/admin/described.ts.
it("builds a Worker that does not ask what platform it runs on", async () => {
  expect(await readFile(join(BUILT, "worker.js"), "utf8")).not.toContain("navigator");
});

// The alias of wrangler.toml, which src/cli/lean writes.
it("builds a Worker whose regular expressions can only be compiled and tested", async () => {
  const script = await readFile(join(BUILT, "worker.js"), "utf8");
  expect(script).toContain("executeEngine");
  expect(script).not.toContain("findAllSubmatch");
});
