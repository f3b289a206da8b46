/** What somebody tries who wants more of the admin API than it means to give. */
import { applyD1Migrations, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hashToken, mintToken, OPERATOR_TOKEN } from "../../src/grant/token.ts";
import { presentKeyId, sealedBy } from "../../src/upstream/seal.ts";
import { ask, grantUnder, listed, operatorWith, policy, SECRET, server } from "./admin-given.ts";
import { problemIn } from "./api-given.ts";
import { over, without } from "./caretaker-given.ts";
import { entry, ledgerOf } from "./ledger-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
afterEach(() => vi.restoreAllMocks());

const db = env.GRANTGATE_DB;
const named = `\${secret:TOKEN}`;
const OWN = { headers: { Authorization: `Bearer ${named}` }, secrets: { TOKEN: "secret-of-the-grant" } };

/** The registry, in which something else happens just before a change is committed. */
function meanwhile(happens: () => Promise<unknown>) {
  const batch = async (statements: D1PreparedStatement[]) => {
    await happens();
    return db.batch(statements);
  };
  return { GRANTGATE_DB: over(db, { batch }) };
}

describe("a request that was on its way when its operator", () => {
  const changes = [
    ["POST", () => "/operators", { body: { name: "Back door", role: "admin" } }],
    ["PUT", (slug: string) => `/servers/${slug}`, { body: { name: "Other", url: "https://other.example.com/mcp" } }],
    ["PUT", (slug: string) => `/policies/${slug}/support`, { body: { ...policy, default: "allow" } }],
  ] as const;

  it.each([
    ["was revoked", (id: string) => ask("POST", `/operators/${id}/revoke`)],
    ["was given another role", (id: string) => ask("PATCH", `/operators/${id}`, { body: { role: "viewer" } })],
  ])("%s changes nothing", async (_, dismiss) => {
    const slug = "on-its-way";
    await grantUnder(slug);
    for (const [method, path, asked] of changes) {
      const { id, token } = await operatorWith("admin");
      const before = [await listed("/servers"), await listed("/policies")];
      const late = await ask(method, path(slug), { ...asked, token, env: meanwhile(() => dismiss(id)) });
      expect(problemIn(late).status).toBe(403);
      expect([await listed("/servers"), await listed("/policies")]).toEqual(before);
      expect((await listed("/operators")).map(({ name }) => name)).not.toContain("Back door");
    }
  });

  it("was only renamed is made", async () => {
    const { id, token } = await operatorWith("admin");
    const body = { name: "Second", role: "viewer" };
    let renamed = false;
    const rename = async () => {
      if (!renamed) await ask("PATCH", `/operators/${id}`, { body: { name: "Other name" } });
      renamed = true;
    };
    expect((await ask("POST", "/operators", { body, token, env: meanwhile(rename) })).status).toBe(201);
  });
});

describe("the door", () => {
  it("hears no more of guesses that come at once than of guesses in a row", async () => {
    const address = "198.51.100.77";
    const guesses = Array.from({ length: 60 }, (_, n) => ask("GET", "/whoami", { token: `guess ${n}`, address }));
    const right = ask("GET", "/whoami", { address });
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect((await right).status).toBe(429);
    expect(statuses.filter((status) => status === 401)).toHaveLength(9);
    expect(statuses.filter((status) => status === 429)).toHaveLength(51);
  });

  it("counts no further while it is shut, so that it opens in its time", async () => {
    const address = "198.51.100.78";
    for (let n = 0; n < 25; n++) await ask("GET", "/whoami", { token: "wrong", address });
    const tally = await runInDurableObject(env.DOORKEEPER.getByName(address), (_, { storage }) =>
      storage.kv.get<{ failures: number }>("tally"),
    );
    expect(tally?.failures).toBe(10);
  });

  it("that others shut is not shut for whom Access vouches for", async () => {
    await ask("POST", "/operators", { body: { name: "Eve", role: "viewer", email: "eve@example.com" } });
    const address = "198.51.100.79";
    for (let n = 0; n < 12; n++) await ask("GET", "/whoami", { token: "wrong", address });
    const access = { aud: "", getIdentity: async () => ({ email: "eve@example.com" }) as never };
    expect((await ask("GET", "/whoami", { token: null, access, address })).body).toMatchObject({ name: "Eve" });
    expect((await ask("GET", "/whoami", { access, address })).status).toBe(429);
  });
});

describe("when Access can't say who it is", () => {
  it("nobody gets in, and it is said in words and logged without the cause in the answer", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const access = {
      aud: "",
      getIdentity: () => Promise.reject(new Error("the identity endpoint answered 500")),
    };
    const answer = await ask("GET", "/whoami", { token: null, access });
    expect(problemIn(answer)).toMatchObject({ status: 503, detail: expect.stringContaining("Cloudflare Access") });
    expect(answer.text).not.toContain("500");
    expect(logged.mock.calls.join()).toContain("Access gave no identity");
    expect((await ask("GET", "/whoami", { access })).body).toMatchObject({ id: "admin-token" });
  });
});

describe("tokens of another kind", () => {
  it("open nothing: a grant's, a well-formed one that was never made, and one behind spaces or other schemes", async () => {
    const { token } = await grantUnder("token-kinds");
    const never = mintToken(new Uint8Array(32), OPERATOR_TOKEN);
    const admin = String(env.ADMIN_TOKEN);
    const tries = [`Bearer ${token}`, `Bearer ${never}`, `Basic ${btoa(`x:${admin}`)}`, admin, `Bearer\t${admin}`];
    for (const [nth, authorization] of tries.entries()) {
      const answer = await ask("GET", "/whoami", { headers: { authorization }, address: `203.0.113.${nth}` });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
      expect(answer.text).not.toContain(token);
    }
  });
});

describe("a secret that is written where it can be read again", () => {
  const put = (body: object) => ask("PUT", "/servers/exposed", { body });

  it.each([
    ["/url", { ...server, url: "https://files.example.com/mcp?api_key=0123456789abcdef" }],
    ["/url", { ...server, url: "https://files.example.com/mcp?a=1&accessToken=0123456789abcdef" }],
    [
      "/credential/headers/X-Auth-Token",
      { ...server, credential: { headers: { "X-Auth-Token": "0123456789abcdef" } } },
    ],
    ["/credential/headers/PRIVATE-TOKEN", { ...server, credential: { headers: { "PRIVATE-TOKEN": "glpat-012345" } } }],
  ])("is refused at %s and not repeated", async (pointer, body) => {
    const answer = await put({ ...body, secrets: pointer === "/url" ? { TOKEN: SECRET } : {} });
    expect(problemIn(answer)).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect(answer.text).not.toMatch(/0123456789abcdef|glpat-012345/);
  });

  it("is refused of a grant's own credential too", async () => {
    const { id } = await grantUnder("exposed-own");
    const body = { headers: { "X-Goog-Api-Key": "0123456789abcdef" } };
    const answer = await ask("PUT", `/grants/${id}/credential`, { body });
    expect(problemIn(answer).errors).toMatchObject([{ pointer: "/headers/X-Goog-Api-Key" }]);
  });

  it("is not seen in what is none", async () => {
    const url = "https://files.example.com/mcp?auth=none&tokens=12&profile=0123456789abcdef";
    const headers = { "X-Tenant": "0123456789abcdef", "X-Auth-Method": "client-secret-basic", "X-Api-Key": named };
    expect((await put({ name: "Files", url, credential: { headers }, secrets: { TOKEN: SECRET } })).status).toBe(201);
  });

  it("that was stored by an earlier version is still shown, listed and deleted", async () => {
    await ask("PUT", "/servers/earlier", { body: { name: "Earlier", url: "https://files.example.com/mcp" } });
    const url = "https://files.example.com/mcp?api_key=0123456789abcdef";
    await db.prepare("UPDATE servers SET file = json_set(file, '$.url', ?1) WHERE slug = 'earlier'").bind(url).run();
    expect((await ask("GET", "/servers/earlier")).body).toMatchObject({ url });
    expect((await ask("DELETE", "/servers/earlier")).status).toBe(204);
  });
});

describe("the secrets of a grant's own credential", () => {
  it("go to no other server that takes the place of the one they were given for", async () => {
    const { id } = await grantUnder("taken-place");
    expect((await ask("PUT", `/grants/${id}/credential`, { body: OWN })).status).toBe(200);
    await ask("POST", `/grants/${id}/suspend`);
    await ask("DELETE", "/policies/taken-place/support");
    expect((await ask("DELETE", "/servers/taken-place")).status).toBe(204);
    const evil = { name: "Files", url: "https://evil.example/mcp" };
    const answer = await ask("PUT", "/servers/taken-place", { body: evil });
    expect(problemIn(answer)).toMatchObject({ status: 409, detail: expect.stringContaining("revoke them first") });
    await ask("POST", `/grants/${id}/revoke`);
    expect((await ask("PUT", "/servers/taken-place", { body: evil })).status).toBe(201);
  });

  it("stay where they are when the server moves at the moment they are given", async () => {
    const { id } = await grantUnder("moving-server");
    let given = false;
    const give = async () => {
      if (!given) await ask("PUT", `/grants/${id}/credential`, { body: OWN });
      given = true;
    };
    const body = { name: "Files", url: "https://evil.example/mcp" };
    const answer = await ask("PUT", "/servers/moving-server", { body, env: meanwhile(give) });
    expect(problemIn(answer).status).toBe(409);
    expect((await ask("GET", "/servers/moving-server")).body.url).toBe(server.url);
  });

  it("are let go of when the grant is revoked, and its token with them", async () => {
    const { id } = await grantUnder("let-go");
    await ask("PUT", `/grants/${id}/credential`, { body: OWN });
    const keeper = env.CREDENTIAL_KEEPER.getByName(`grant:${id}`);
    await runInDurableObject(keeper, (_, { storage }) => storage.kv.put("token", "sealed"));
    const cut = await ask("POST", `/grants/${id}/revoke`, { env: without(id) });
    expect(cut.status).toBe(503);
    const revoked = await ask("POST", `/grants/${id}/revoke`);
    expect(revoked.body).toMatchObject({ status: "revoked", credential: null });
    expect(await db.prepare("SELECT credential_version FROM grants WHERE id = ?").bind(id).first()).toEqual({
      credential_version: null,
    });
    expect(await runInDurableObject(keeper, (_, { storage }) => storage.kv.get("token"))).toBeUndefined();
  });

  it("given again as they are change nothing", async () => {
    const { id } = await grantUnder("same-again");
    const first = await ask("PUT", `/grants/${id}/credential`, { body: OWN });
    const { secrets, ...unsaid } = OWN;
    for (const body of [OWN, { secrets, ...unsaid }, unsaid]) {
      expect((await ask("PUT", `/grants/${id}/credential`, { body })).body).toEqual(first.body);
    }
    const other = await ask("PUT", `/grants/${id}/credential`, { body: { ...OWN, secrets: { TOKEN: "another" } } });
    expect(other.body.revision).toBe(3);
  });

  it("that lost a race are nowhere", async () => {
    const { id } = await grantUnder("lost-race");
    const copies = async () => (await env.GRANTGATE_KV.list({ prefix: "credential:" })).keys.length;
    const before = await copies();
    let races = 0;
    const race = async () => {
      if (races++ < 3) await ask("PATCH", `/grants/${id}`, { body: { label: `${races}` } });
    };
    const given = await ask("PUT", `/grants/${id}/credential`, { body: OWN, env: meanwhile(race) });
    expect(given.status).toBe(200);
    expect(await copies()).toBe(before + 1);
  });
});

describe("sealing anew", () => {
  it("goes on with the others where a grant's server is gone", async () => {
    const { id } = await grantUnder("sealed-gone");
    await ask("PUT", `/grants/${id}/credential`, { body: OWN });
    await ask("POST", `/grants/${id}/suspend`);
    await ask("DELETE", "/policies/sealed-gone/support");
    await ask("DELETE", "/servers/sealed-gone");
    const { id: other } = await grantUnder("sealed-there");
    await ask("PUT", `/grants/${other}/credential`, { body: OWN });
    const keys = { ROOT_KEY: "ab".repeat(32), ROOT_KEY_PREVIOUS: String(env.ROOT_KEY) };
    const answer = await ask("POST", "/secrets/rotate", { env: keys });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"credentials":')]);
    const sealed = await db
      .prepare("SELECT sealed FROM credential_versions JOIN grants ON version = credential_version WHERE id = ?")
      .bind(other)
      .first<string>("sealed");
    expect(sealedBy(String(sealed))).toBe(await presentKeyId({ present: keys.ROOT_KEY, previous: null }));
    await ask("POST", "/secrets/rotate", {
      env: { ROOT_KEY: String(env.ROOT_KEY), ROOT_KEY_PREVIOUS: keys.ROOT_KEY },
    });
  });
});

describe("rotations", () => {
  it("twenty at once leave one token good, and no call by an earlier one goes through after them", async () => {
    const { id, token } = await grantUnder("rotated-at-once");
    const grant = await ledgerOf({ id }).view();
    const call = async (hash: string) => {
      const versions = { policyVersion: grant?.policy?.version ?? null, serverVersion: grant?.serverVersion ?? null };
      return (await ledgerOf({ id }).take({ ...versions, token: hash, demands: [], entry, settlements: [] })).kind;
    };
    const rotations = Array.from({ length: 20 }, () => ask("POST", `/grants/${id}/rotate`, { body: {} }));
    const answers = await Promise.all(rotations);
    const made = answers.filter(({ status }) => status === 200).map(({ body }) => String(body.token));
    expect(new Set(made).size).toBe(made.length);
    const kinds = await Promise.all([token, ...made].map(async (each) => call(await hashToken(each))));
    expect(kinds.filter((kind) => kind === "ok")).toHaveLength(1);
    expect((await ask("GET", `/grants/${id}`)).body.tokens).toHaveLength(1);
  });

  it("don't pile up tokens without end", async () => {
    const { id } = await grantUnder("piled-up");
    const rotate = (overlapSeconds: number) => ask("POST", `/grants/${id}/rotate`, { body: { overlapSeconds } });
    for (let n = 0; n < 99; n++) expect((await rotate(2_592_000)).status).toBe(200);
    const answer = await rotate(2_592_000);
    expect(problemIn(answer)).toMatchObject({ status: 409, detail: expect.stringContaining("shorter overlap") });
    expect((await rotate(0)).body.tokens).toHaveLength(1);
  });
});
