/** Whether the gateway can decide calls is told part by part, and nothing is told that only its operator may know. */
import { applyD1Migrations } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { readiness } from "../../src/observe/ready.ts";
import { readyz } from "../../src/observe/readyz.ts";

const PARTS = ["ADMIN_TOKEN", "ROOT_KEY", "registry", "store", "ledger"];
const SECRET_CAUSE = "a cause that is nobody's business";

const failing = () => Promise.reject(new Error(SECRET_CAUSE));

async function broken(parts: Partial<Env>): Promise<{ names: string[]; text: string }> {
  const { status, checks } = await readiness({ ...env, ...parts });
  const names = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  expect(checks.map(({ name }) => name)).toEqual(PARTS);
  expect(status).toBe(names.length === 0 ? "ready" : "not ready");
  return { names, text: JSON.stringify(checks) };
}

/** The same database, and how often it was asked. */
function counted(): { db: D1Database; asked: () => number } {
  let asked = 0;
  const db = new Proxy(env.GRANTGATE_DB, {
    get(target, name) {
      if (name === "prepare") asked++;
      return Reflect.get(target, name).bind(target);
    },
  });
  return { db, asked: () => asked };
}

let logged: unknown[] = [];

beforeEach(() => {
  logged = [];
  vi.spyOn(console, "error").mockImplementation((...line) => void logged.push(...line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("before its tables are made, the gateway", () => {
  it("is not ready and says what to do, however many ask at a time, and looks once", async () => {
    const { db, asked } = counted();
    const answers = await Promise.all(Array.from({ length: 20 }, () => readyz({ ...env, GRANTGATE_DB: db })));
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.json()).toMatchObject({
        status: "not ready",
        checks: expect.arrayContaining([
          { name: "registry", ok: false, detail: expect.stringContaining("d1 migrations apply GRANTGATE_DB --remote") },
        ]),
      });
    }
    expect(asked()).toBe(1);
  });

  it("still lives", async () => {
    const answer = await exports.default.fetch("https://gateway.example.com/healthz");
    expect([answer.status, await answer.json()]).toEqual([200, { status: "ok" }]);
  });

  it("names the migrations that are missing, and only those", async () => {
    const [first, ...rest] = env.TEST_MIGRATIONS;
    if (first === undefined) throw new Error("there are no migrations");
    await applyD1Migrations(env.GRANTGATE_DB, [first]);
    const { names, text } = await broken({});
    expect(names).toEqual(["registry"]);
    expect(text).not.toContain(first.name);
    for (const { name } of rest) expect(text).toContain(name);
  });
});

describe("with its tables made, the gateway", () => {
  beforeEach(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

  it("is ready", async () => expect(await broken({})).toMatchObject({ names: [] }));

  it("says so to whoever asks, once the last answer has had its time", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6_000 });
    const answer = await exports.default.fetch("https://gateway.example.com/readyz");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: "ready", checks: PARTS.map((name) => ({ name, ok: true })) });
  });

  it.each<[string, Partial<Env>, string[]]>([
    ["an admin token", { ADMIN_TOKEN: "" }, ["ADMIN_TOKEN"]],
    ["an admin token that can't be guessed", { ADMIN_TOKEN: "letmein" }, ["ADMIN_TOKEN"]],
    ["a root key", { ROOT_KEY: "" }, ["ROOT_KEY"]],
    ["a root key of 32 bytes", { ROOT_KEY: "0011" }, ["ROOT_KEY"]],
    ["a root key in hex", { ROOT_KEY: "x".repeat(64) }, ["ROOT_KEY"]],
    ["both", { ADMIN_TOKEN: "letmein", ROOT_KEY: "0011" }, ["ADMIN_TOKEN", "ROOT_KEY"]],
  ])("is not ready without %s, and repeats neither", async (_, parts, missing) => {
    const { names, text } = await broken(parts);
    expect(names).toEqual(missing);
    for (const secret of Object.values(parts)) if (secret !== "") expect(text).not.toContain(secret);
    for (const name of missing) expect(text).toContain(`wrangler secret put ${name}`);
  });

  it.each<[string, Partial<Env>, string]>([
    ["D1", { GRANTGATE_DB: new Proxy(env.GRANTGATE_DB, { get: () => () => ({ all: failing }) }) }, "registry"],
    ["KV", { GRANTGATE_KV: new Proxy(env.GRANTGATE_KV, { get: () => failing }) }, "store"],
    [
      "a Durable Object",
      {
        GRANT_LEDGER: new Proxy(env.GRANT_LEDGER, {
          get: (target, name) =>
            name === "getByName" ? () => ({ usage: failing }) : Reflect.get(target, name).bind(target),
        }),
      },
      "ledger",
    ],
  ])("is not ready when %s fails, tells which part, and leaves the cause to the log", async (_, parts, name) => {
    const { names, text } = await broken(parts);
    expect(names).toEqual([name]);
    expect(text).not.toContain(SECRET_CAUSE);
    expect(logged).toEqual([JSON.stringify({ level: "error", event: "not ready", step: name, cause: SECRET_CAUSE })]);
  });
});
