/**
 * The bar for both eras: through the gateway, the official referee sees what it sees on the server itself. It sends no
 * Authorization header, so a shim in front of the gateway adds the token.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences } from "./compare-checks.ts";
import { openGate } from "./gateway.ts";
import type { Check, Status } from "./referee.ts";
import { runReferee } from "./referee.ts";
import type { Shim } from "./shim.ts";
import { startShim } from "./shim.ts";
import type { Fixture } from "./upstreams/fixture.ts";
import { startFixture } from "./upstreams/fixture.ts";

/** What the fixture scores on its own; all that fails is in the extension it does not have. */
const RUNS = [
  { revision: "2025-11-25", args: ["--requirements", "2025-11-25"], succeed: 84, fail: 0 },
  { revision: "2026-07-28", args: ["--requirements", "2026-07-28"], succeed: 164, fail: 30 },
  { revision: "2025-06-18", args: ["--suite", "all", "--spec-version", "2025-06-18"], succeed: 56, fail: 0 },
];

/** Two fixtures, because a list that changes for one run is heard by whoever else listens to the same server. */
let bare: Fixture;
let behind: Fixture;
let gate: Awaited<ReturnType<typeof openGate>>;
let shim: Shim;
let results: string;

beforeAll(async () => {
  [bare, behind, results] = await Promise.all([startFixture(), startFixture(), mkdtemp(join(tmpdir(), "referee-"))]);
  gate = await openGate(behind.url);
  shim = await startShim({ target: new URL(gate.url), token: gate.token });
});

afterAll(async () => {
  await shim?.close();
  await gate?.close();
  await Promise.all([bare?.close(), behind?.close(), rm(results, { recursive: true, force: true })]);
});

describe("the conformance referee", () => {
  it.each(RUNS)("judges the gateway as it judges the server, on $revision", async ({ revision, args, ...counts }) => {
    const [direct, through] = await Promise.all([
      runReferee({ url: bare.url, outDir: join(results, revision, "direct"), args }),
      runReferee({ url: shim.url, outDir: join(results, revision, "gateway"), args }),
    ]);
    expect({ succeed: count(direct, "SUCCESS"), fail: count(direct, "FAILURE") }).toEqual(counts);
    expect(direct.filter(({ scenario, status }) => status === "FAILURE" && !scenario.startsWith("tasks-"))).toEqual([]);
    expect(differences(direct, through)).toEqual([]);
  });
});

function count(checks: readonly Check[], status: Status): number {
  return checks.filter((check) => check.status === status).length;
}
