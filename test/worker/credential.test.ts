/**
 * Whose credential a call goes out with, what opens it, and where it may go: the gate with its real stores, and an
 * upstream that tells what it was sent.
 */
import { applyD1Migrations, createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { gate } from "../../src/gate/gate.ts";
import { credentialKey, serverKey } from "../../src/grant/contents.ts";
import { readGrant } from "../../src/grant/record.ts";
import { Credential } from "../../src/upstream/credential-file.ts";
import { type GrantCredential, sealCredential } from "../../src/upstream/grant-credential.ts";
import { rootKeyOf } from "../../src/upstream/root-key.ts";
import { sealServer } from "../../src/upstream/server.ts";
import { ServerFile } from "../../src/upstream/server-file.ts";
import { ask } from "./admin-given.ts";

const NEXT_KEY = "89abcdef".repeat(8);
const secret = (name: string) => `\${secret:${name}}`;
const TOKEN_URL = "https://login.example.com/token";

const SERVER = {
  name: "Files",
  url: "https://files.example.com/mcp",
  credential: { headers: { Authorization: `Bearer ${secret("TOKEN")}`, "X-Tenant": "everybody" } },
  secrets: { TOKEN: "secret-of-the-server" },
};
const OWN: GrantCredential = {
  credential: Credential.parse({ headers: { "X-Api-Key": secret("KEY") } }),
  secrets: { KEY: "secret-of-the-grant" },
};
const OAUTH: GrantCredential = {
  credential: Credential.parse({ oauth: { tokenUrl: TOKEN_URL, clientId: "me", clientSecret: secret("CLIENT") } }),
  secrets: { CLIENT: "secret-of-the-client" },
};

let servers = 0;
let errors: string[] = [];

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void errors.push(String(line)));
  vi.spyOn(console, "error").mockImplementation((line) => void errors.push(String(line)));
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (String(input) === TOKEN_URL) return Response.json({ access_token: "fetched-token", token_type: "Bearer" });
    const id = JSON.parse(String(init?.body)).id;
    return Response.json({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "done" }] } });
  });
});
afterEach(() => vi.restoreAllMocks());

type Given = { readonly slug: string; readonly id: string; readonly token: string };

async function given(server: object = SERVER): Promise<Given> {
  const slug = `credential-${++servers}`;
  // Upstreams of these tests have no list of their tools.
  await done(ask("PUT", `/servers/${slug}`, { body: { ...server, drift: "allow" } }));
  await done(ask("PUT", `/policies/${slug}/open`, { body: { version: "1", default: "allow" } }));
  return another(slug);
}

async function another(slug: string): Promise<Given> {
  const { body } = await done(ask("POST", "/grants", { body: { server: slug, policy: "open", label: "laptop" } }));
  return { slug, id: String(body.id), token: String(body.token) };
}

async function done(asking: ReturnType<typeof ask>) {
  const answer = await asking;
  if (answer.status >= 300) throw new Error(answer.text);
  return answer;
}

/** Gives the grant this credential, in D1 and, unless KV has not caught up, in KV. */
async function own(grant: Given, credential: GrantCredential, stores: "both" | "D1" = "both"): Promise<string> {
  const { version, sealed } = await sealCredential(rootKeyOf(env), grant.id, credential);
  if (stores === "both") await env.GRANTGATE_KV.put(credentialKey(version), sealed);
  const insert = "INSERT INTO credential_versions (version, grant_id, sealed, created_at) VALUES (?1, ?2, ?3, 0)";
  await env.GRANTGATE_DB.prepare(insert).bind(version, grant.id, sealed).run();
  await putInForce(grant, version);
  return version;
}

async function putInForce(grant: Given, version: string | null): Promise<void> {
  const update = "UPDATE grants SET credential_version = ?1, revision = revision + 1 WHERE id = ?2";
  await env.GRANTGATE_DB.prepare(update).bind(version, grant.id).run();
  const record = await readGrant(env.GRANTGATE_DB, grant.id);
  if (record === null) throw new Error("no such grant");
  await env.GRANT_LEDGER.getByName(grant.id).put(record);
}

type Sent = { readonly url: string; readonly headers: Headers };

/** What a call of the grant made the gateway send, and what the client was told. */
async function call(grant: Given, parts: Partial<Env> = {}, headers: Record<string, string> = {}) {
  vi.mocked(globalThis.fetch).mockClear();
  const request = new Request(`https://gateway.example.com/mcp/${grant.slug}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${grant.token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "read", arguments: {} } }),
  });
  const response = await gate(request, { ...env, ...parts }, createExecutionContext(), grant.slug);
  const told = await response.text();
  const sent: Sent[] = vi
    .mocked(globalThis.fetch)
    .mock.calls.map(([url, init]) => ({ url: String(url), headers: new Headers(init?.headers) }));
  return { told, sent, last: sent.at(-1)?.headers };
}

const shown = (headers: Headers | undefined) =>
  ["authorization", "x-tenant", "x-api-key"].map((name) => headers?.get(name) ?? null);
const THE_SERVERS = ["Bearer secret-of-the-server", "everybody", null];

it("a grant with its own credential goes with that, and with nothing of the server's", async () => {
  const grant = await given();
  expect(shown((await call(grant)).last)).toEqual(THE_SERVERS);
  await own(grant, OWN);
  expect(shown((await call(grant)).last)).toEqual([null, null, "secret-of-the-grant"]);
  expect(shown((await call(await another(grant.slug))).last)).toEqual(THE_SERVERS);
  await own(grant, { ...OWN, secrets: { KEY: "changed" } });
  expect(shown((await call(grant)).last)).toEqual([null, null, "changed"]);
  await putInForce(grant, null);
  expect(shown((await call(grant)).last)).toEqual(THE_SERVERS);
});

it("a grant with a client of its own goes with a token of its own, where the server's has headers", async () => {
  const grant = await given();
  await own(grant, OAUTH);
  const { sent, last } = await call(grant);
  expect(sent.map(({ url }) => url)).toEqual([TOKEN_URL, SERVER.url]);
  expect(shown(last)).toEqual(["Bearer fetched-token", null, null]);
  expect(shown((await call(await another(grant.slug))).last)).toEqual(THE_SERVERS);
});

it("a grant with headers of its own goes without a token, where the server has a client", async () => {
  const { credential, secrets } = OAUTH;
  const grant = await given({ ...SERVER, credential, secrets });
  await own(grant, OWN);
  const { sent, last } = await call(grant);
  expect(sent).toHaveLength(1);
  expect(shown(last)).toEqual([null, null, "secret-of-the-grant"]);
});

it("a credential that KV does not have yet is read from D1", async () => {
  const grant = await given();
  await own(grant, OWN, "D1");
  expect(shown((await call(grant)).last)).toEqual([null, null, "secret-of-the-grant"]);
});

it("a credential that was sealed for another grant opens for none", async () => {
  const [mine, other] = [await given(), await given()];
  const version = await own(other, OWN);
  expect(shown((await call(other)).last)).toEqual([null, null, "secret-of-the-grant"]);
  await putInForce(mine, version);
  await expectClosed(mine);
});

it("a server record that was sealed for another server opens for none", async () => {
  const [mine, other] = [await given(), await given()];
  await call(other);
  const move = "UPDATE servers SET version = (SELECT version FROM servers WHERE slug = ?1) WHERE slug = ?2";
  await env.GRANTGATE_DB.prepare(move).bind(other.slug, mine.slug).run();
  await putInForce(mine, null);
  await expectClosed(mine);
});

it("a credential that can't be found is not made up for by the server's", async () => {
  const grant = await given();
  await putInForce(grant, "0".repeat(64));
  await expectClosed(grant);
});

it("a credential that no key opens lets nothing pass", async () => {
  const grant = await given();
  await own(grant, OWN);
  await expectClosed(grant, { ROOT_KEY: NEXT_KEY });
});

it("what the previous key sealed opens while the keys are changed", async () => {
  const changing = { ROOT_KEY: NEXT_KEY, ROOT_KEY_PREVIOUS: env.ROOT_KEY ?? "" };
  const [plain, special] = [await given(), await given()];
  await own(special, OWN);
  expect(shown((await call(plain, changing)).last)).toEqual(THE_SERVERS);
  expect(shown((await call(special, changing)).last)).toEqual([null, null, "secret-of-the-grant"]);
});

it("a server that was stored for development is called by no other gateway", async () => {
  for (const url of ["http://127.0.0.1:3000/mcp", "https://localhost/mcp"]) {
    const grant = await given({ ...SERVER, url });
    await expectClosed(grant, { ALLOW_LOOPBACK_UPSTREAMS: "false" });
    await expectClosed(grant, { ALLOW_LOOPBACK_UPSTREAMS: "1" });
    expect((await call(grant)).sent).toHaveLength(1);
  }
});

it("a token endpoint that was stored for development is asked by no other gateway", async () => {
  const oauth = { ...OAUTH.credential.oauth, tokenUrl: "http://127.0.0.1:3000/token" };
  const grant = await given({ ...SERVER, credential: { oauth }, secrets: OAUTH.secrets });
  await expectClosed(grant, { ALLOW_LOOPBACK_UPSTREAMS: "false" });
});

it("a private address is not called even where it got into a sealed record", async () => {
  const grant = await given();
  const record = { ...ServerFile.parse({ name: "Files", url: SERVER.url }), slug: grant.slug, secrets: {} };
  const inside = { ...record, url: "https://169.254.169.254/latest" };
  const { version, sealed } = await sealServer(rootKeyOf(env), inside);
  await env.GRANTGATE_KV.put(serverKey(version), sealed);
  const insert = "INSERT INTO server_versions (version, server, sealed, created_at) VALUES (?1, ?2, ?3, 0)";
  await env.GRANTGATE_DB.prepare(insert).bind(version, grant.slug, sealed).run();
  await env.GRANTGATE_DB.prepare("UPDATE servers SET version = ?1 WHERE slug = ?2").bind(version, grant.slug).run();
  await putInForce(grant, null);
  await expectClosed(grant);
});

it("the gateway does not call itself", async () => {
  const grant = await given();
  for (const host of ["files.example.com", "FILES.example.com:8443", "files.example.com."]) {
    const { told, sent } = await call(grant, {}, { host });
    expect([host, sent]).toEqual([host, []]);
    expect(told).toContain("[UPSTREAM FAILED] The server's address is the gateway's own.");
  }
  expect((await call(grant, {}, { host: "gateway.example.com" })).sent).toHaveLength(1);
});

it("no secret is in clear in the registry, nor in KV", async () => {
  const grant = await given();
  await own(grant, OAUTH);
  await call(grant);
  const clear = ["secret-of-the-server", "secret-of-the-grant", "secret-of-the-client", "fetched-token"];
  const { results } = await env.GRANTGATE_DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const tables = results.map(({ name }) => String(name)).filter((name) => !/^(?:sqlite|_cf|d1)_/.test(name));
  expect(tables).toEqual(expect.arrayContaining(["servers", "server_versions", "grants", "credential_versions"]));
  for (const table of tables) {
    const rows = await env.GRANTGATE_DB.prepare(`SELECT * FROM "${table}"`).all();
    for (const each of clear) expect(JSON.stringify(rows.results)).not.toContain(each);
  }
  const { keys } = await env.GRANTGATE_KV.list();
  expect(keys.length).toBeGreaterThan(10);
  for (const { name } of keys) {
    const value = await env.GRANTGATE_KV.get(name);
    for (const each of clear) expect(value).not.toContain(each);
  }
});

async function expectClosed(grant: Given, parts: Partial<Env> = {}): Promise<void> {
  const { told, sent } = await call(grant, parts);
  expect(sent).toEqual([]);
  expect(JSON.parse(told)).toMatchObject({
    result: { isError: true, _meta: { "io.grantgate/decision": { rule: "(failed closed)" } } },
  });
  expect(told + errors.join()).not.toMatch(/secret-of|169\.254|127\.0\.0\.1/);
}
