/** Endings on their way to the ledger: what does not arrive waits for the next call, and a row closes once. */
import { applyD1Migrations, createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { gate } from "../../src/gate/gate.ts";
import { settle, takeWaiting } from "../../src/gate/outbox.ts";
import { grantUnder } from "./admin-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

/** As a ledger is for a moment while a new version of it is deployed. */
const reset = () => Promise.reject(new Error("Durable Object reset because its code was updated."));
const RESET: Env = {
  ...env,
  GRANT_LEDGER: new Proxy(env.GRANT_LEDGER, {
    get(target, name) {
      if (name === "getByName")
        return (id: string) => ({ view: () => target.getByName(id).view(), take: reset, settle: reset });
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }),
};

const ending = (seq: number, giveBack = false) => ({ seq, status: 200, latencyMs: 5, giveBack });

it("an ending that the ledger did not take waits for the grant's next call", async () => {
  await expect(settle(RESET, "grt_a", ending(1, true))).rejects.toThrow("reset");
  await expect(settle(RESET, "grt_a", ending(2))).rejects.toThrow("reset");
  expect(takeWaiting("grt_a")).toEqual([ending(1, true), ending(2)]);
  expect(takeWaiting("grt_a")).toEqual([]);
});

it("endings that rode on a call which failed wait for the next one", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { id, token } = await grantUnder("riding");
  const settled = settle(env, id, ending(7))?.catch(() => {});
  const request = new Request("https://gateway.example.com/mcp/riding", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "*/*" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "read_file", arguments: {} } }),
  });
  expect(await (await gate(request, RESET, createExecutionContext(), "riding")).text()).toContain("(failed closed)");
  expect(takeWaiting(id)).toEqual([ending(7)]);
  await settled;
});

it("endings that never arrive are not gathered without end", async () => {
  for (let nth = 0; nth < 1_200; nth++) await settle(RESET, "grt_b", ending(nth, true))?.catch(() => {});
  expect(takeWaiting("grt_b")).toHaveLength(1_000);
});
