/** Who may do what, for every operation that the API's description names. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ask, grantUnder, operatorWith } from "./admin-given.ts";
import {
  description,
  type Operation,
  pathIn,
  problemIn,
  registryText,
  requestsOn,
  type Scene,
  scene,
  storeText,
} from "./api-given.ts";

/**
 * The least role for each operation, written by hand. An operation that is not here, or that the API gives to another
 * role, fails the walk until someone has decided.
 */
const LEAST = {
  "GET /openapi.json": "viewer",
  "GET /whoami": "viewer",
  "GET /status": "viewer",
  "GET /servers": "viewer",
  "GET /servers/{server}": "viewer",
  "PUT /servers/{server}": "admin",
  "DELETE /servers/{server}": "admin",
  "GET /servers/{server}/usage": "viewer",
  "GET /servers/{server}/tools": "viewer",
  "POST /servers/{server}/tools/accept": "policy_manager",
  "GET /policies": "viewer",
  "GET /policies/{server}/{policy}": "viewer",
  "PUT /policies/{server}/{policy}": "policy_manager",
  "DELETE /policies/{server}/{policy}": "policy_manager",
  "GET /policies/{server}/{policy}/versions": "viewer",
  "GET /policies/{server}/{policy}/versions/{revision}": "viewer",
  "GET /policies/{server}/{policy}/diff": "viewer",
  "POST /policies/{server}/{policy}/rollback": "policy_manager",
  "GET /grants": "viewer",
  "POST /grants": "admin",
  "GET /grants/{grant}": "viewer",
  "GET /grants/{grant}/usage": "viewer",
  "PATCH /grants/{grant}": "admin",
  "PUT /grants/{grant}/policy": "policy_manager",
  "POST /grants/{grant}/rotate": "admin",
  "POST /grants/{grant}/suspend": "admin",
  "POST /grants/{grant}/resume": "admin",
  "POST /grants/{grant}/revoke": "admin",
  "PUT /grants/{grant}/credential": "admin",
  "DELETE /grants/{grant}/credential": "admin",
  "GET /operators": "viewer",
  "POST /operators": "admin",
  "GET /operators/{operator}": "viewer",
  "PATCH /operators/{operator}": "admin",
  "POST /operators/{operator}/revoke": "admin",
  "GET /audit": "viewer",
  "GET /audit/export": "viewer",
  "GET /audit/chain": "viewer",
  "GET /audit/chain/{grant}": "viewer",
  "GET /changes": "viewer",
  "POST /secrets/rotate": "admin",
} as const satisfies Record<string, Operation["x-role"]>;

/** Enough for a machine that does much else. */
const SLOW = { timeout: 30_000 };

const RANK = { viewer: 1, policy_manager: 2, admin: 3 };

let operations: Operation[];
let tried: Scene;

beforeAll(async () => {
  await applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS);
  ({ operations } = await description());
  tried = await scene("roles");
});

const everything = async () => `${await registryText()}\n${await storeText()}`;

describe("the API's description", () => {
  it("gives every operation to the role that it was decided for, and no other operation is there", () => {
    expect(Object.fromEntries(operations.map((one) => [one.name, one["x-role"]]))).toEqual(LEAST);
  });
});

describe("every operation", () => {
  it(
    "is refused to nobody's, anybody's and a grant's token, and to an operator's once it is revoked",
    SLOW,
    async () => {
      const { id, token } = await operatorWith("admin");
      expect((await ask("GET", "/whoami", { token })).body).toMatchObject({ id, role: "admin" });
      await ask("POST", `/operators/${id}/revoke`);
      const { token: granted } = await grantUnder("roles");
      const before = await everything();
      for (const [at, { method, path, name }] of operations.entries()) {
        // Two operations at a door: ten failures would shut it.
        const address = `door ${at >> 1}`;
        for (const wrong of [null, "nobody's", token, granted, `${token}x`]) {
          const answer = await ask(method, pathIn(tried, { path }), { token: wrong, address });
          expect([name, wrong, problemIn(answer).status]).toEqual([name, wrong, 401]);
          expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer /);
        }
      }
      expect(await everything()).toBe(before);
    },
  );

  it.each(["viewer", "policy_manager"] as const)("is refused to a %s or not, as was decided", SLOW, async (role) => {
    const { token } = await operatorWith(role);
    const mine = await scene(`roles-${role.replace("_", "-")}`);
    const { all, last } = requestsOn(mine, operations);
    const requests = [...all, ...last];
    expect(new Set(requests.map(({ operation }) => operation.name))).toEqual(
      new Set(operations.map(({ name }) => name)),
    );
    const least: Readonly<Record<string, Operation["x-role"]>> = LEAST;
    const isAllowed = ({ name }: Operation) => RANK[role] >= RANK[least[name] ?? "admin"];

    const before = await everything();
    for (const { operation, path, asked } of requests.filter(({ operation }) => !isAllowed(operation))) {
      for (const worse of [{}, { body: "{" }, { headers: { "content-type": "text/plain" } }]) {
        const method = operation.method;
        const answer = await ask(method, path, { ...asked, ...(method === "GET" ? {} : worse), token });
        expect([operation.name, problemIn(answer).status]).toEqual([operation.name, 403]);
        expect(answer.body.detail).toContain(`takes the role ${least[operation.name]}`);
      }
      const elsewhere = pathIn({ server: "x", policy: "x", grant: "x", operator: "x", revision: "1" }, operation);
      expect((await ask(operation.method, `${elsewhere}?x=y`, { token })).status).toBe(403);
    }
    expect(await everything()).toBe(before);

    for (const { operation, path, asked } of requests.filter(({ operation }) => isAllowed(operation))) {
      const { status } = await ask(operation.method, path, { ...asked, token });
      expect([operation.name, status]).not.toEqual([operation.name, 401]);
      expect([operation.name, status]).not.toEqual([operation.name, 403]);
      expect(status).toBeLessThan(500);
    }
  });

  it("follows the operator's role from the very next request on", async () => {
    const { id, token } = await operatorWith("viewer");
    const move = () => ask("PUT", `/grants/${tried.grant}/policy`, { body: { policy: null }, token });
    expect((await move()).status).toBe(403);
    await ask("PATCH", `/operators/${id}`, { body: { role: "policy_manager" } });
    expect((await move()).status).toBe(200);
    await ask("PATCH", `/operators/${id}`, { body: { role: "viewer" } });
    expect((await move()).status).toBe(403);
    await ask("POST", `/operators/${id}/revoke`);
    expect((await move()).status).toBe(401);
  });
});

describe("the door", () => {
  it("shuts for a minute on whoever fails ten times, right token or not, and on nobody else", async () => {
    const wrong = () => ask("GET", "/whoami", { token: "wrong", address: "198.51.100.7" });
    for (let n = 1; n < 10; n++) expect((await wrong()).status).toBe(401);
    const answer = await wrong();
    expect(problemIn(answer).status).toBe(429);
    const seconds = Number(answer.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect((await ask("GET", "/whoami", { address: "198.51.100.7" })).status).toBe(429);
    expect((await ask("GET", "/whoami", { token: null, address: "198.51.100.7" })).status).toBe(429);
    expect((await ask("GET", "/whoami", { address: "198.51.100.8" })).status).toBe(200);
  });

  it("is one for a whole IPv6 network", async () => {
    const wrong = (n: number) => ask("GET", "/whoami", { token: "wrong", address: `2001:db8:1:2::${n.toString(16)}` });
    for (let n = 1; n <= 10; n++) await wrong(n);
    expect((await ask("GET", "/whoami", { address: "2001:db8:1:2:ffff::1" })).status).toBe(429);
    expect((await ask("GET", "/whoami", { address: "2001:db8:1:3::1" })).status).toBe(200);
  });

  it("does not count requests without a token", async () => {
    for (let n = 1; n <= 12; n++) await ask("GET", "/whoami", { token: null, address: "198.51.100.9" });
    expect((await ask("GET", "/whoami", { address: "198.51.100.9" })).status).toBe(200);
  });

  it("opens again after the minute", async () => {
    const from = Date.now();
    const asked = { token: "wrong", address: "198.51.100.10" };
    for (let n = 1; n <= 10; n++) await ask("GET", "/whoami", asked);
    expect((await ask("GET", "/whoami", { address: asked.address })).status).toBe(429);
    vi.useFakeTimers({ toFake: ["Date"], now: from + 61_000 });
    try {
      expect((await ask("GET", "/whoami", { address: asked.address })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });
});
