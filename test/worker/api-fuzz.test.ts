/**
 * What nobody should send, on every operation that the API's description names: the answer is a problem document, and
 * never a failure of the gateway's own. When a run fails, fast-check prints the seed and the path that make it again.
 */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Asked, ask, listed, ORIGIN } from "./admin-given.ts";
import {
  description,
  faultsOf,
  grantAndOperator,
  type Operation,
  pathIn,
  problemIn,
  requestsOn,
  scene,
} from "./api-given.ts";
import { oddPath, oddRequest } from "./api-odd.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

/** Long enough for a machine that is busy, and far too long for a request that is not. */
const SLOW_MS = 5_000;

describe("every operation", () => {
  it("answers whatever is sent as the description says, and never fails", { timeout: 60_000 }, async () => {
    const { document, operations } = await description();
    const seen: string[] = [];
    let here = await scene("fuzzed");

    async function run({ name, method, responses }: Operation, path: string, asked: Asked): Promise<void> {
      const began = performance.now();
      const answer = await ask(method, path, asked);
      expect(performance.now() - began).toBeLessThan(SLOW_MS);
      expect([answer.status >= 500, answer.text]).toEqual([false, answer.text]);
      seen.push(`${name} ${answer.status}`);
      if (answer.status >= 400) {
        const { status, detail, errors } = problemIn(answer);
        // What is wrong stands in the body, but for these.
        if (status === 422 && errors === undefined) expect(detail).toMatch(/^A server's|^A policy's|^This Idempotency/);
        return;
      }
      const content = responses[String(answer.status)]?.content?.["application/json"];
      if (content?.schema !== undefined) expect(faultsOf(document, content.schema, answer.body)).toEqual([]);
      // What was ended can't be tried any more.
      if (name.endsWith("/revoke")) here = { ...here, ...(await grantAndOperator(here)) };
    }

    const { all, last } = requestsOn(here, operations);
    for (const request of [...all, ...last]) {
      const property = fc.asyncProperty(oddRequest(document, request), async (odd) => {
        const path = oddPath(request.operation, here, odd);
        // Dots may lead out of the API.
        fc.pre(new URL(`${ORIGIN}/api/v1${path}`).pathname.startsWith("/api/v1/"));
        await run(request.operation, path, odd.asked);
      });
      await fc.assert(property, { numRuns: 20 });
    }
    // What was taken can be read again, all of it.
    for (const { operation, path } of all.filter(({ operation }) => operation.method === "GET")) {
      await run(operation, pathIn(here, operation), {});
      if (operation.parameters.some(({ name }) => name === "cursor")) await listed(path.split("?")[0] ?? "", 7);
    }
    const writes = operations.filter(({ method, path }) => method !== "GET" && !path.endsWith("/{server}"));
    const taken = writes.filter(({ name }) => seen.some((one) => one.startsWith(`${name} 20`)));
    expect(taken.length).toBeGreaterThan(writes.length / 2);
  });
});
