/**
 * Whatever part of the platform fails on the way of a call, the call is denied, says so, and reaches nobody. Each part
 * is made to fail alone; the others are the real ones.
 */
import { applyD1Migrations, createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { gate } from "../../src/gate/gate.ts";
import { grantUnder } from "./admin-given.ts";

const CALL = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "read_file", arguments: {} } };
const SECRET_CAUSE = "a cause that is nobody's business";

const broken = <T extends object>(part: T, ...methods: (keyof T & string)[]): T =>
  new Proxy(part, {
    get(target, name) {
      if (methods.includes(name as keyof T & string)) return () => Promise.reject(new Error(SECRET_CAUSE));
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

/** Fails where a method's first argument is one of these. */
const failing = <T extends object>(part: T, method: keyof T & string, which: RegExp): T =>
  new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (name === method && which.test(String(given[0]))) throw new Error(SECRET_CAUSE);
        return value.apply(target, given);
      };
    },
  });

/** A ledger whose methods are all out of reach. */
const unreachable: Env["GRANT_LEDGER"] = new Proxy(env.GRANT_LEDGER, {
  get(target, name) {
    if (name !== "get" && name !== "getByName") return Reflect.get(target, name).bind(target);
    const dead = () => Promise.reject(new Error(SECRET_CAUSE));
    return () => ({ take: dead, view: dead, settle: dead });
  },
});

let servers = 0;

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
afterEach(() => vi.restoreAllMocks());

async function answerTo(
  message: object,
  parts: Partial<Env>,
): Promise<{ status: number; body: unknown; text: string }> {
  const upstream = vi.spyOn(globalThis, "fetch");
  vi.spyOn(console, "error").mockImplementation(() => {});
  const slug = `broken-${++servers}`;
  const { token } = await grantUnder(slug);
  const request = new Request(`https://gateway.example.com/mcp/${slug}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "*/*" },
    body: JSON.stringify(message),
  });
  const response = await gate(request, { ...env, ...parts }, createExecutionContext(), slug);
  const text = await response.text();
  expect(upstream).not.toHaveBeenCalled();
  expect(text).not.toContain(SECRET_CAUSE);
  return { status: response.status, body: JSON.parse(text), text };
}

describe.each<[string, Partial<Env>]>([
  ["the ledger can't be reached", { GRANT_LEDGER: unreachable }],
  [
    "the policy can't be read from either store",
    {
      GRANTGATE_KV: broken(env.GRANTGATE_KV, "get"),
      GRANTGATE_DB: broken(env.GRANTGATE_DB, "prepare"),
    },
  ],
  ["the credential was sealed with another key", { ROOT_KEY: "ff".repeat(32) }],
  ["the root key is no key", { ROOT_KEY: "short" }],
])("when %s", (_, parts) => {
  it("a call is denied and told so, or not admitted at all", async () => {
    const { status, body } = await answerTo(CALL, parts);
    if (status === 503) return expect(body).toMatchObject({ id: null, error: { code: -31005 } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 7,
      result: { isError: true, _meta: { "io.grantgate/decision": { effect: "deny", rule: "(failed closed)" } } },
    });
  });

  it("a greeting fails by its status, so that no client takes the server for an old one", async () => {
    const greeting = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const { status, body } = await answerTo({ jsonrpc: "2.0", id: 0, method: "initialize", params: greeting }, parts);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: { code: -31005 } });
  });
});

it("a call that could not be decided has a record all the same, under the id that its client was told", async () => {
  const parts = {
    GRANTGATE_KV: failing(env.GRANTGATE_KV, "get", /^policy:/),
    GRANTGATE_DB: failing(env.GRANTGATE_DB, "prepare", /policy_versions/),
  };
  const { body, text } = await answerTo(CALL, parts);
  expect(body).toMatchObject({ id: 7, result: { isError: true } });
  const { request } = JSON.parse(text).result._meta["io.grantgate/decision"];
  const id = await env.GRANTGATE_DB.prepare("SELECT id FROM grants WHERE server = ?")
    .bind(`broken-${servers}`)
    .first<string>("id");
  await env.GRANT_LEDGER.getByName(id ?? "").gather();
  const { results } = await env.GRANTGATE_DB.prepare("SELECT record, ending FROM audit WHERE grant_id = ?")
    .bind(id)
    .all<{ record: string; ending: string | null }>();
  expect(results.map(({ record, ending }) => [JSON.parse(record), ending])).toMatchObject([
    [{ request, method: "tools/call", tool: "read_file", effect: "deny", rule: "(failed closed)" }, null],
  ]);
});

it("a call is decided from D1 while KV has not caught up", async () => {
  const slug = `broken-${++servers}`;
  const { token } = await grantUnder(slug);
  const forgetful = new Proxy(env.GRANTGATE_KV, {
    get(target, name) {
      if (name !== "get") return Reflect.get(target, name).bind(target);
      return (key: string) => (key.startsWith("token:") ? target.get(key) : Promise.resolve(null));
    },
  });
  const request = new Request(`https://gateway.example.com/mcp/${slug}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "*/*" },
    body: JSON.stringify({ ...CALL, params: { name: "delete_file" } }),
  });
  const response = await gate(request, { ...env, GRANTGATE_KV: forgetful }, createExecutionContext(), slug);
  expect(await response.json()).toMatchObject({
    result: { _meta: { "io.grantgate/decision": { rule: "(default deny)" } } },
  });
});
