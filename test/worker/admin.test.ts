import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPolicyText, loadSealedServer, policyKey, serverKey } from "../../src/grant/contents.ts";
import { sha256 } from "../../src/grant/digest.ts";
import { findGrant } from "../../src/grant/find.ts";
import { isWellFormed } from "../../src/grant/token.ts";
import { ringOf } from "../../src/upstream/root-key.ts";
import { unsealServer } from "../../src/upstream/server.ts";
import { type Answer, ask, grantUnder, ORIGIN, policy, SECRET, server } from "./admin-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

const withSecret = { ...server, secrets: { TOKEN: SECRET } };

function expectProblem({ status, headers, body }: Answer, expected: number): void {
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(body).toMatchObject({ type: "about:blank", title: expect.any(String), status: expected });
  expect(body.detail).toEqual(expect.any(String));
  expect(status).toBe(expected);
}

describe("the admin API", () => {
  it.each([null, "", "wrong", "an admin token for test", "an admin token for testsX", "AN ADMIN TOKEN FOR TESTS"])(
    "refuses the token %j, everywhere",
    async (token) => {
      const address = `wrong token ${JSON.stringify(token)}`;
      for (const [method, path] of [
        ["GET", "/servers"],
        ["POST", "/grants"],
        ["GET", "/nothing"],
        ["PATCH", "/grants"],
      ] as const) {
        const answer = await ask(method, path, { token, address });
        expectProblem(answer, 401);
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      }
    },
  );

  it.each([undefined, "", "fifteen letters"])("is shut when the gateway's own token is %j", async (ADMIN_TOKEN) => {
    const bindings = { ADMIN_TOKEN } as Partial<typeof env>;
    const answer = await ask("GET", "/servers", { token: ADMIN_TOKEN || "undefined", env: bindings });
    expectProblem(answer, 503);
    expect(answer.body.detail).toContain("ADMIN_TOKEN");
  });

  it("says what is not there, and what can't be done with what is", async () => {
    expectProblem(await ask("GET", "/nothing"), 404);
    expectProblem(await ask("GET", ""), 404);
    const answer = await ask("PATCH", "/servers/files");
    expectProblem(answer, 405);
    expect(answer.headers.get("allow")).toBe("GET, PUT, DELETE");
    expectProblem(await ask("DELETE", "/grants/grt_1"), 405);
    expectProblem(await ask("GET", "/grants/grt_1/revoke"), 405);
  });

  it.each([
    ["/servers/none", "GET"],
    ["/servers/none", "DELETE"],
    ["/policies/none/none", "GET"],
    ["/policies/none/none", "DELETE"],
    ["/grants/grt_none", "GET"],
    ["/grants/grt_none/revoke", "POST"],
  ])("has nothing at %s to %s", async (path, method) => {
    expectProblem(await ask(method, path), 404);
  });
});

describe("a server", () => {
  it("is put, shown and listed, its secret by name only", async () => {
    const put = await ask("PUT", "/servers/shown", { body: withSecret });
    expect(put.status).toBe(201);
    expect(put.headers.get("cache-control")).toBe("no-store");
    expect(put.body).toEqual({
      slug: "shown",
      ...server,
      era: "auto",
      surface: ["tools", "resources", "prompts"],
      secrets: ["TOKEN"],
      version: expect.stringMatching(/^[0-9a-f]{64}$/),
      revision: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: put.body.createdAt,
    });
    expect(put.headers.get("etag")).toBe('"1"');
    expect((await ask("GET", "/servers/shown")).body).toEqual(put.body);
    expect((await ask("GET", "/servers")).body.items).toContainEqual(put.body);
  });

  it("keeps its version when nothing changed, whatever the order of its fields", async () => {
    const first = await ask("PUT", "/servers/same", { body: withSecret });
    const { name, ...rest } = withSecret;
    const again = await ask("PUT", "/servers/same", { body: { ...rest, name } });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    const rows = await env.GRANTGATE_DB.prepare(
      "SELECT count(*) AS n FROM server_versions WHERE server = 'same'",
    ).first("n");
    expect(rows).toBe(1);
  });

  it("keeps the secret it was given earlier, and takes a new one", async () => {
    const { ROOT_KEY = "" } = env;
    const secretIn = async ({ body }: Answer) => {
      const sealed = await loadSealedServer(env, String(body.version));
      return (await unsealServer(ringOf(ROOT_KEY), "keeps", sealed ?? ""))?.secrets;
    };
    await ask("PUT", "/servers/keeps", { body: withSecret });
    const renamed = await ask("PUT", "/servers/keeps", { body: { ...server, name: "Other" } });
    expect(renamed.status).toBe(200);
    expect(await secretIn(renamed)).toEqual({ TOKEN: SECRET });
    const changed = await ask("PUT", "/servers/keeps", { body: { ...server, secrets: { TOKEN: "new" } } });
    expect(await secretIn(changed)).toEqual({ TOKEN: "new" });
    const dropped = await ask("PUT", "/servers/keeps", { body: { name: "Other", url: server.url } });
    expect(await secretIn(dropped)).toEqual({});
    expectProblem(await ask("PUT", "/servers/keeps", { body: server }), 422);
  });

  it("is refused with a secret that was never given, and with one that nothing names", async () => {
    const missing = await ask("PUT", "/servers/refused", { body: server });
    expectProblem(missing, 422);
    expect(missing.body.errors).toEqual([expect.objectContaining({ pointer: "/secrets/TOKEN" })]);
    const unused = await ask("PUT", "/servers/refused", {
      body: { ...withSecret, secrets: { TOKEN: "a", OTHER: "b" } },
    });
    expectProblem(unused, 422);
    expect(unused.body.errors).toEqual([expect.objectContaining({ pointer: "/secrets/OTHER" })]);
    expectProblem(await ask("GET", "/servers/refused"), 404);
  });

  it("is refused with every fault of it, each in its place, and without its secrets in the answer", async () => {
    const text = `{\n  "name": 1,\n  "url": "http://files.example.com",\n  "timeout": 3,\n  "secrets": { "A": "${SECRET}\\n", "__proto__": "x" }\n}`;
    const answer = await ask("PUT", "/servers/refused", { body: text });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: "/name", line: 2, column: 3 }),
        expect.objectContaining({ pointer: "/url", line: 3 }),
        expect.objectContaining({ pointer: "/timeout", line: 4 }),
        expect.objectContaining({ pointer: "/secrets/A", line: 5 }),
        expect.objectContaining({ pointer: "/secrets/__proto__", line: 5 }),
      ]),
    );
    expect(answer.body.errors).toHaveLength(5);
    expect(answer.text).not.toContain(SECRET);
  });

  it.each([
    ["", 422],
    ["{", 422],
    ["[]", 422],
    ["null", 422],
    [`{"name":"a","name":"b","url":"https://example.com"}`, 422],
    [`{"url":"https://example.com"}`, 422],
    [`{"name":"${"x".repeat(300_000)}"}`, 413],
  ])("is not read from %.40s", async (body, status) => {
    expectProblem(await ask("PUT", "/servers/refused", { body }), status);
  });

  it.each(["Files", "-files", "f%2Fg", "x".repeat(64), "a_b"])("is not called %s", async (slug) => {
    expectProblem(await ask("PUT", `/servers/${slug}`, { body: withSecret }), 422);
  });

  it("is refused without a ROOT_KEY to seal it with", async () => {
    const answer = await ask("PUT", "/servers/unsealed", { body: withSecret, env: { ROOT_KEY: "abc" } });
    expectProblem(answer, 503);
    expect(answer.body.detail).toContain("ROOT_KEY");
    expect(answer.text).not.toContain(SECRET);
  });

  it("needs its secrets again after ROOT_KEY was replaced", async () => {
    await ask("PUT", "/servers/rotated", { body: withSecret });
    const ROOT_KEY = "ab".repeat(32);
    expectProblem(await ask("PUT", "/servers/rotated", { body: server, env: { ROOT_KEY } }), 422);
    expect((await ask("PUT", "/servers/rotated", { body: withSecret, env: { ROOT_KEY } })).status).toBe(200);
  });

  it("can be deleted once nothing uses it, with all that was sealed for it", async () => {
    const { id } = await grantUnder("deleted");
    const used = await ask("DELETE", "/servers/deleted");
    expectProblem(used, 409);
    expect(used.body.detail).toContain("active grants 1, policies 1");
    const { version } = (await ask("GET", "/servers/deleted")).body;
    await ask("POST", `/grants/${id}/revoke`);
    expectProblem(await ask("DELETE", "/servers/deleted"), 409);
    expect((await ask("DELETE", "/policies/deleted/support")).status).toBe(204);
    const gone = await ask("DELETE", "/servers/deleted");
    expect([gone.status, gone.text]).toEqual([204, ""]);
    expectProblem(await ask("GET", "/servers/deleted"), 404);
    expect(await env.GRANTGATE_KV.get(serverKey(String(version)))).toBeNull();
    expect(await loadSealedServer(env, String(version))).toBeNull();
    expect((await ask("GET", `/grants/${id}`)).body.status).toBe("revoked");
  });
});

describe("a secret", () => {
  it("can't be read back through any route, and is nowhere in the clear", async () => {
    const { id, token } = await grantUnder("secretive");
    const paths = [
      "/servers",
      "/servers/secretive",
      "/policies",
      "/policies/secretive/support",
      "/grants",
      `/grants/${id}`,
    ];
    for (const path of paths) {
      const { text, status } = await ask("GET", path);
      expect(status).toBe(200);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(token);
    }
    const { keys } = await env.GRANTGATE_KV.list();
    for (const { name } of keys) {
      const kept = name + (await env.GRANTGATE_KV.get(name));
      expect(kept).not.toContain(SECRET);
      expect(kept).not.toContain(token);
    }
    for (const table of ["servers", "server_versions", "policies", "policy_versions", "grants"]) {
      const kept = JSON.stringify((await env.GRANTGATE_DB.prepare(`SELECT * FROM ${table}`).all()).results);
      expect(kept.length).toBeGreaterThan(2);
      expect(kept).not.toContain(SECRET);
      expect(kept).not.toContain(token);
    }
  });
});

describe("a policy", () => {
  it("is put, shown and listed, under the hash of its canonical text", async () => {
    await ask("PUT", "/servers/policed", { body: withSecret });
    const put = await ask("PUT", "/policies/policed/support", { body: policy });
    const canonical = JSON.stringify({ default: "deny", tools: { read_file: {} }, version: "1" });
    expect(put.status).toBe(201);
    expect(put.body).toEqual({
      server: "policed",
      name: "support",
      version: await sha256(canonical),
      revision: 1,
      author: "ADMIN_TOKEN",
      message: null,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: put.body.createdAt,
      grants: 0,
      document: policy,
    });
    expect((await ask("GET", "/policies/policed/support")).body).toEqual(put.body);
    const { document: _, ...listed } = put.body;
    expect((await ask("GET", "/policies?server=policed")).body.items).toEqual([listed]);
    expect((await ask("GET", "/policies?server=other")).body.items).toEqual([]);
    expect((await ask("GET", "/policies")).body.items).toContainEqual(listed);
    expect(await loadPolicyText(env, String(put.body.version))).toBe(canonical);
  });

  it("keeps its version and its times when only the order and the white space changed", async () => {
    await ask("PUT", "/servers/policed", { body: withSecret });
    const first = await ask("PUT", "/policies/policed/same", { body: policy });
    const again = await ask("PUT", "/policies/policed/same", {
      body: `{ "tools": { "read_file": {} },\n "default": "deny", "version": "1" }`,
    });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  it("shows its numbers digit for digit", async () => {
    await ask("PUT", "/servers/policed", { body: withSecret });
    const digits = "9007199254740993.000000";
    const text = JSON.stringify({
      ...policy,
      tools: { pay: { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 1 }] }] } },
    }).replace('"value":1', `"value":${digits}`);
    await ask("PUT", "/policies/policed/digits", { body: text });
    expect((await ask("GET", "/policies/policed/digits")).text).toContain(digits);
  });

  it("is refused with every problem in its place, and leaves what was there", async () => {
    await ask("PUT", "/servers/policed", { body: withSecret });
    const first = await ask("PUT", "/policies/policed/kept", { body: policy });
    const answer = await ask("PUT", "/policies/policed/kept", {
      body: `{\n  "version": "2",\n  "default": "deny",\n  "tolls": {}\n}`,
    });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ pointer: "/version", line: 2 }),
      expect.objectContaining({ pointer: "/tolls", line: 4 }),
    ]);
    expect((await ask("GET", "/policies/policed/kept")).body).toEqual(first.body);
  });

  it("is refused for a server that is not there, under a bad name, and when it is too large", async () => {
    expectProblem(await ask("PUT", "/policies/none/support", { body: policy }), 404);
    expectProblem(await ask("PUT", "/policies/policed/.hidden", { body: policy }), 422);
    expectProblem(await ask("PUT", "/policies/policed/a%2Fb", { body: policy }), 422);
    expectProblem(await ask("PUT", "/policies/policed/large", { body: `"${"x".repeat(1_048_576)}"` }), 413);
  });

  it("can be deleted once no active grant is under it", async () => {
    const { id } = await grantUnder("undeleted");
    const used = await ask("DELETE", "/policies/undeleted/support");
    expectProblem(used, 409);
    expect(used.body.detail).toContain("active grants 1");
    await ask("POST", `/grants/${id}/revoke`);
    expect((await ask("DELETE", "/policies/undeleted/support")).status).toBe(204);
    expectProblem(await ask("GET", "/policies/undeleted/support"), 404);
  });

  it("is found in the registry while KV has not caught up", async () => {
    await ask("PUT", "/servers/policed", { body: withSecret });
    const { body } = await ask("PUT", "/policies/policed/late", { body: { ...policy, description: "late" } });
    await env.GRANTGATE_KV.delete(policyKey(String(body.version)));
    expect(await loadPolicyText(env, String(body.version))).toContain('"late"');
    expect(await loadPolicyText(env, "0".repeat(64))).toBeNull();
  });
});

describe("a grant", () => {
  it("is made with a token that is shown once and leads to it", async () => {
    await grantUnder("granted");
    const body = {
      server: "granted",
      policy: "support",
      label: "CI",
      tags: ["ci", "ci", "eu"],
      expiresAt: "2999-01-01T00:00:00+01:00",
    };
    const made = await ask("POST", "/grants", { body });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^grt_[0-9A-Za-z]{22}$/),
      token: expect.any(String),
      url: `${ORIGIN}/mcp/granted`,
      server: "granted",
      policy: "support",
      label: "CI",
      tags: ["ci", "eu"],
      status: "active",
      credential: null,
      tokens: [{ createdAt: made.body.createdAt, expiresAt: null }],
      revision: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: made.body.createdAt,
      expiresAt: "2998-12-31T23:00:00.000Z",
      revokedAt: null,
    });
    const { id, token, url: _, ...shown } = made.body;
    expect(isWellFormed(String(token))).toBe(true);
    expect((await findGrant(env, String(token)))?.grant).toBe(id);
    const { body: got } = await ask("GET", `/grants/${id}`);
    expect(got).toEqual({ id, ...shown, usage: { at: expect.any(String), calls: 0, counters: [] } });
    expect((await ask("GET", "/grants?server=granted&status=active")).body.items).toContainEqual({ id, ...shown });
    expect((await ask("GET", "/grants?server=granted&status=revoked")).body.items).toEqual([]);
  });

  it.each([
    ["/server", { server: "none" }],
    ["/policy", { policy: "none" }],
    ["/policy", { policy: undefined }],
    ["/label", { label: "" }],
    ["/label", { label: "  " }],
    ["/label", { label: "two\nlines" }],
    ["/label", { label: undefined }],
    ["/tags/1", { tags: ["a", ""] }],
    ["/expiresAt", { expiresAt: "2020-01-01T00:00:00Z" }],
    ["/expiresAt", { expiresAt: "2999-02-30T00:00:00Z" }],
    ["/expiresAt", { expiresAt: "30d" }],
    ["/expires", { expires: "30d" }],
  ])("is refused for its %s when it says %j", async (pointer, over) => {
    await grantUnder("granted");
    const before = (await env.GRANTGATE_KV.list({ prefix: "token:" })).keys.length;
    const answer = await ask("POST", "/grants", {
      body: { server: "granted", policy: "support", label: "x", ...over },
    });
    expectProblem(answer, 422);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer })]);
    expect((await env.GRANTGATE_KV.list({ prefix: "token:" })).keys).toHaveLength(before);
  });

  it("is listed by what is asked, and never by what is not known", async () => {
    expectProblem(await ask("GET", "/grants?status=old"), 400);
    expectProblem(await ask("GET", "/grants?sever=granted"), 400);
    expectProblem(await ask("GET", "/policies?name=x"), 400);
  });

  it("shows as expired once it is", async () => {
    const { id } = await grantUnder("expiring", { expiresAt: "2999-01-01T00:00:00Z" });
    await env.GRANTGATE_DB.prepare("UPDATE grants SET expires_at = 1 WHERE id = ?").bind(id).run();
    expect((await ask("GET", `/grants/${id}`)).body.status).toBe("expired");
    expect((await ask("GET", "/grants?server=expiring&status=expired")).body.items).toHaveLength(1);
    expect((await ask("GET", "/grants?server=expiring&status=active")).body.items).toEqual([]);
    expect((await ask("GET", "/policies/expiring/support")).body.grants).toBe(0);
    expect((await ask("DELETE", "/policies/expiring/support")).status).toBe(204);
  });

  it("is revoked once and for all", async () => {
    const { id } = await grantUnder("revoked");
    const first = await ask("POST", `/grants/${id}/revoke`);
    expect(first.body).toMatchObject({ id, status: "revoked", revokedAt: expect.stringMatching(/Z$/) });
    const again = await ask("POST", `/grants/${id}/revoke`);
    expect([again.status, again.body]).toEqual([200, first.body]);
  });
});
