/** Writes what the aliases of wrangler.toml name. wrangler runs this before it bundles, on any Node that runs wrangler. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { leanRe2 } from "./re2.mjs";

const TO = fileURLToPath(new URL("../../../dist/lean/re2js.js", import.meta.url));
const from = join(dirname(createRequire(import.meta.url).resolve("re2js")), "index.js");

// Several builds may run at once: each sees a whole file.
const written = `${TO}.${process.pid}`;
mkdirSync(dirname(TO), { recursive: true });
writeFileSync(written, leanRe2(readFileSync(from, "utf8")));
renameSync(written, TO);
