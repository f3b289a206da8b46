import { applyD1Migrations, evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TakeAnswer } from "../../src/ledger/protocol.ts";
import { ask, grantUnder, policy, server } from "./admin-given.ts";
import { demand, entry, ledgerOf } from "./ledger-given.ts";

/** So far ahead that no alarm rings by itself, and what is not in force stays so until someone does something. */
const NOON = Date.parse("2100-06-01T12:00:00Z");

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A call as the gate makes it: it takes by what it knows, and learns from `stale` what to decide by. */
async function call(
  id: string,
  known: { policyVersion: string | null; serverVersion: string | null },
): Promise<TakeAnswer> {
  return ledgerOf({ id }).take({ ...known, demands: [demand()], entry, settlements: [] });
}

async function inForce(id: string) {
  const grant = await ledgerOf({ id }).view();
  if (grant === null) throw new Error("nothing is in force");
  return { policyVersion: grant.policy?.version ?? null, serverVersion: grant.serverVersion };
}

const edited = { ...policy, description: "edited" };

/** Ledgers of these grants can't be reached. */
function without(...ids: string[]): typeof env {
  const broken = { put: () => Promise.reject(new Error("unreachable")) };
  const GRANT_LEDGER = new Proxy(env.GRANT_LEDGER, {
    get: (target, key) => {
      if (key === "getByName") return (id: string) => (ids.includes(id) ? broken : target.getByName(id));
      return Reflect.get(target, key);
    },
  });
  return { ...env, GRANT_LEDGER };
}

describe("what the admin API has answered is in force for the next call", () => {
  it("when a grant is revoked", async () => {
    const { id } = await grantUnder("force-revoke");
    const known = await inForce(id);
    expect((await call(id, known)).kind).toBe("ok");
    await ask("POST", `/grants/${id}/revoke`);
    expect(await call(id, known)).toEqual({ kind: "revoked" });
    await evictDurableObject(ledgerOf({ id }));
    expect(await call(id, known)).toEqual({ kind: "revoked" });
  });

  it("when a policy is edited, and the count goes on", async () => {
    const { id } = await grantUnder("force-policy");
    const known = await inForce(id);
    await call(id, known);
    const { body } = await ask("PUT", "/policies/force-policy/support", { body: edited });
    expect(body).toMatchObject({ grants: 1 });
    const stale = await call(id, known);
    expect(stale).toMatchObject({
      kind: "stale",
      grant: { policy: { name: "support", version: body.version }, revision: 2 },
    });
    expect((await call(id, await inForce(id))).kind).toBe("ok");
    expect((await ask("GET", `/grants/${id}`)).body.usage).toMatchObject({
      calls: 2,
      counters: [
        { counter: "refunds", window: "day", used: 2, max: 30, resetAt: expect.stringMatching(/T00:00:00.000Z$/) },
      ],
    });
  });

  it("when a server is changed", async () => {
    const { id } = await grantUnder("force-server");
    const known = await inForce(id);
    const { body } = await ask("PUT", "/servers/force-server", { body: { ...server, secrets: { TOKEN: "new" } } });
    expect(await call(id, known)).toMatchObject({ kind: "stale", grant: { serverVersion: body.version } });
  });

  it("when an earlier policy comes back", async () => {
    const { id } = await grantUnder("force-back");
    const first = await inForce(id);
    await ask("PUT", "/policies/force-back/support", { body: edited });
    await ask("PUT", "/policies/force-back/support", { body: policy });
    expect(await inForce(id)).toEqual(first);
    expect((await call(id, first)).kind).toBe("ok");
  });

  it("and not for grants of another policy or server", async () => {
    const { id } = await grantUnder("force-other");
    await grantUnder("force-another");
    const known = await inForce(id);
    await ask("PUT", "/policies/force-other/second", { body: edited });
    await ask("PUT", "/policies/force-another/support", { body: edited });
    expect((await call(id, known)).kind).toBe("ok");
  });

  it("also when many changes come at once", async () => {
    const { id } = await grantUnder("force-many");
    await inForce(id);
    const bodies = Array.from({ length: 8 }, (_, n) => ({ ...policy, description: `edit ${n}` }));
    const answers = await Promise.all(bodies.map((body) => ask("PUT", "/policies/force-many/support", { body })));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    const { body } = await ask("GET", "/policies/force-many/support");
    expect((await inForce(id)).policyVersion).toBe(body.version);
  });

  it("for every one of a hundred grants", async () => {
    await grantUnder("force-hundred");
    const wishes = Array.from({ length: 100 }, (_, n) => ({
      server: "force-hundred",
      policy: "support",
      label: `${n}`,
    }));
    const ids = (await Promise.all(wishes.map((body) => ask("POST", "/grants", { body })))).map(({ body }) =>
      String(body.id),
    );
    const { body } = await ask("PUT", "/policies/force-hundred/support", { body: edited });
    expect(body.grants).toBe(101);
    const versions = await Promise.all(ids.map(async (id) => (await inForce(id)).policyVersion));
    expect(new Set(versions)).toEqual(new Set([body.version]));
  });
});

describe("a ledger that can't be reached", () => {
  it("is said, and reached by repeating the request, which then pushes to it alone", async () => {
    const { id } = await grantUnder("cut-short");
    const other = await grantUnder("cut-short");
    const before = await inForce(id);
    const cut = await ask("PUT", "/policies/cut-short/support", { body: edited, env: without(id) });
    expect(cut.status).toBe(503);
    expect(cut.headers.get("content-type")).toBe("application/problem+json");
    expect(cut.body.detail).toBe("Stored, but not yet in force for 1 of 2 grants; repeat this request.");
    expect((await call(id, before)).kind).toBe("ok");
    expect((await call(other.id, before)).kind).toBe("stale");
    const repeated = await ask("PUT", "/policies/cut-short/support", { body: edited, env: without(other.id) });
    expect(repeated.status).toBe(200);
    expect((await call(id, before)).kind).toBe("stale");
  });

  it("keeps a revocation waiting until it is reached, and its server from being deleted", async () => {
    const { id } = await grantUnder("unheard");
    const known = await inForce(id);
    const cut = await ask("POST", `/grants/${id}/revoke`, { env: without(id) });
    expect(cut.status).toBe(503);
    expect((await call(id, known)).kind).toBe("ok");
    expect((await ask("DELETE", "/policies/unheard/support")).status).toBe(204);
    expect((await ask("DELETE", "/servers/unheard")).status).toBe(409);
    expect((await ask("POST", `/grants/${id}/revoke`)).status).toBe(200);
    expect(await call(id, known)).toEqual({ kind: "revoked" });
    expect((await ask("DELETE", "/servers/unheard")).status).toBe(204);
  });
});

describe("making a grant", () => {
  it("leaves its ledger to come to be where the agent first calls", async () => {
    const before = await listDurableObjectIds(env.GRANT_LEDGER);
    const { id } = await grantUnder("untouched");
    expect(await listDurableObjectIds(env.GRANT_LEDGER)).toHaveLength(before.length);
    expect((await call(id, { policyVersion: null, serverVersion: null })).kind).toBe("stale");
  });

  it("may do without a policy, and then no version of one is in force", async () => {
    const { id } = await grantUnder("without", { policy: null });
    expect((await inForce(id)).policyVersion).toBeNull();
  });
});
