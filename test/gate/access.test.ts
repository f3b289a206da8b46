/**
 * Cloudflare Access in front of the gateway: the runtime itself tells the Worker who was let through, as it does where
 * the gateway is deployed.
 */
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, migrate, workerdOptions } from "./workerd.ts";

const identity = { email: "Ann@example.com", groups: [{ id: "7f1d", name: "leads" }] };

let workerd: Miniflare;
let url: URL;

beforeAll(async () => {
  const { workers = [], ...shared } = workerdOptions({});
  const access = { dev: { aud: "the gateway's application", identity } };
  workerd = new Miniflare({
    ...shared,
    workers: workers.map((worker) => ({ ...worker, config: { ...worker.config, access } })),
  });
  url = await workerd.ready;
  await migrate(workerd);
});
afterAll(() => workerd.dispose());

type Sent = { readonly body?: object; readonly headers?: Record<string, string> };

async function ask(method: string, path: string, { body, headers = {} }: Sent = {}) {
  const response = await fetch(new URL(`/api/v1${path}`, url), {
    method,
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
}

const byToken = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
const leads = { name: "Leads", role: "admin", group: "7f1d" };
const newOperator = { name: "Made by Ann", role: "viewer" };

describe("whom Access let through", () => {
  it("has the role that the registry gives, by e-mail address before groups, and none else", async () => {
    expect((await ask("GET", "/whoami")).status).toBe(403);
    expect((await ask("GET", "/whoami", byToken)).body).toMatchObject({ id: "admin-token" });

    await ask("POST", "/operators", { ...byToken, body: leads });
    expect((await ask("GET", "/whoami")).body).toMatchObject({ name: "ann@example.com (Leads)", role: "admin" });
    expect((await ask("POST", "/operators", { body: newOperator })).status).toBe(201);

    const own = { name: "Ann", role: "viewer", email: "ann@example.com" };
    const { body: ann } = await ask("POST", "/operators", { ...byToken, body: own });
    expect((await ask("GET", "/whoami")).body).toMatchObject({ id: ann.id, name: "Ann", role: "viewer" });
    expect((await ask("POST", "/operators", { body: newOperator })).status).toBe(403);

    await ask("POST", `/operators/${ann.id}/revoke`, byToken);
    expect((await ask("GET", "/whoami")).body).toMatchObject({ role: "admin" });
  });

  it("can't be made to change anything by another site, nor rescued from a wrong token", async () => {
    // There already, unless this test runs alone.
    await ask("POST", "/operators", { ...byToken, body: leads });
    const sent = (headers: Record<string, string>) => ask("POST", "/operators", { body: newOperator, headers });
    expect((await sent({ origin: "https://evil.example" })).status).toBe(403);
    expect((await sent({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await sent({ origin: url.origin })).status).toBe(201);
    expect((await sent({ authorization: "Bearer wrong" })).status).toBe(401);
  });

  it("is nobody to the gate of MCP: a grant's token is still needed", async () => {
    const response = await fetch(new URL("/mcp/files", url), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    expect(response.status).toBe(401);
  });
});
