/**
 * A change that was cut short, wherever, is brought to its end, and meanwhile no ledger holds what the registry does not
 * know. What nothing needs any more goes.
 */
import { applyD1Migrations, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readGrant } from "../../src/grant/record.ts";
import { ask, grantUnder, ORIGIN, policy, server } from "./admin-given.ts";
import {
  alarmOf,
  behind,
  caretaker,
  caretakerIn,
  expectAllInForce,
  expectNothingUnknown,
  leaveLedgers,
  mortal,
  NOON,
  over,
  passes,
  storedBy,
  without,
} from "./caretaker-given.ts";
import { ledgerOf } from "./ledger-given.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;
const db = env.GRANTGATE_DB;

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  await runInDurableObject(caretaker(), async (_, { storage }) => storage.deleteAll());
  await caretakerIn({});
  await leaveLedgers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the caretaker is told", () => {
  it("of a change before the change is committed, and makes a pass soon after", async () => {
    await ask("PUT", "/servers/told", { body: { name: "Told", url: "https://told.example.com/mcp" } });
    await runInDurableObject(caretaker(), async (_, { storage }) => storage.deleteAll());
    const broken = over(db, { batch: () => Promise.reject(new Error("D1 is gone")) });
    const { status } = await ask("PUT", "/policies/told/support", { body: policy, env: { GRANTGATE_DB: broken } });
    expect(status).toBe(500);
    expect(await alarmOf()).toBe(NOON + 15 * SECOND);
    vi.setSystemTime(NOON + SECOND);
    await ask("PUT", "/policies/told/support", { body: policy });
    expect(await alarmOf()).toBe(NOON + 15 * SECOND);
  });

  it("by whatever request an isolate gets first in an hour, and then makes a pass every hour for ever", async () => {
    await exports.default.fetch(`${ORIGIN}/healthz`);
    await vi.waitFor(async () => expect(await alarmOf()).not.toBeNull());
    for (let hour = 1; hour < 4; hour++) {
      const at = (await alarmOf()) ?? 0;
      expect(at - Date.now()).toBeLessThanOrEqual(HOUR);
      vi.setSystemTime(at);
      await passes(2);
      expect(await alarmOf()).toBe(at + HOUR);
    }
  });

  it("and a change is made all the same when it can't be", async () => {
    const { id } = await grantUnder("untold");
    const CARETAKER = over(env.CARETAKER, { getByName: () => ({ watch: () => Promise.reject(new Error("gone")) }) });
    expect((await ask("POST", `/grants/${id}/revoke`, { env: { CARETAKER } })).status).toBe(200);
    expect(await ledgerOf({ id }).view()).toBeNull();
  });
});

type Change = { readonly method: string; readonly path: string; readonly body?: unknown };

/** Every kind of change, each to something of its own. `nth` makes one differ from those before it. */
const CHANGES: Record<string, (slug: string, nth: number) => Promise<Change>> = {
  "a server is made": async (slug, nth) => put(`/servers/${slug}-${nth}`, withSecret(nth)),
  "a server is changed": async (slug, nth) => put(`/servers/${slug}`, withSecret(nth)),
  async "a server is deleted"(slug, nth) {
    await ask("PUT", `/servers/${slug}-${nth}`, { body: withSecret(nth) });
    await ask("PUT", `/servers/${slug}-${nth}`, { body: withSecret(nth + 1) });
    return { method: "DELETE", path: `/servers/${slug}-${nth}` };
  },
  "a policy is made": async (slug, nth) => put(`/policies/${slug}/new-${nth}`, described(nth)),
  "a policy is edited": async (slug, nth) => put(`/policies/${slug}/support`, described(nth)),
  async "a policy is rolled back"(slug, nth) {
    await ask("PUT", `/policies/${slug}/support`, { body: described(nth) });
    return { method: "POST", path: `/policies/${slug}/support/rollback`, body: { revision: 1 } };
  },
  async "a policy is deleted"(slug, nth) {
    await ask("PUT", `/policies/${slug}/spare`, { body: described(nth) });
    return { method: "DELETE", path: `/policies/${slug}/spare` };
  },
  "a grant is made": async (slug, nth) => ({
    method: "POST",
    path: "/grants",
    body: { server: slug, policy: "support", label: `${nth}` },
  }),
  "a grant is edited": async (slug, nth) => ({
    method: "PATCH",
    path: `/grants/${await live(slug)}`,
    body: { label: `${nth}` },
  }),
  "a grant ends": async (slug) => ({
    method: "PATCH",
    path: `/grants/${await live(slug)}`,
    body: { expiresAt: new Date(NOON - 1).toISOString() },
  }),
  "a grant is moved": async (slug) => put(`/grants/${await live(slug)}/policy`, { policy: null }),
  "a grant is rotated": async (slug) => act(await live(slug), "rotate", {}),
  "a grant gets its own credential": async (slug, nth) =>
    put(`/grants/${await live(slug)}/credential`, {
      headers: server.credential.headers,
      secrets: { TOKEN: `own ${nth}` },
    }),
  async "a grant loses its own credential"(slug) {
    const path = `/grants/${await live(slug)}/credential`;
    await ask("PUT", path, { body: { headers: server.credential.headers, secrets: { TOKEN: "own" } } });
    return { method: "DELETE", path };
  },
  "secrets are sealed anew": async () => ({ method: "POST", path: "/secrets/rotate" }),
  "a grant is suspended": async (slug) => act(await live(slug), "suspend"),
  async "a grant is resumed"(slug) {
    const id = await live(slug);
    await ask("POST", `/grants/${id}/suspend`);
    return act(id, "resume");
  },
  "a grant is revoked": async (slug) => act(await live(slug), "revoke"),
};

function put(path: string, body: object): Change {
  return { method: "PUT", path, body };
}

function act(id: string, verb: string, body?: object): Change {
  return { method: "POST", path: `/grants/${id}/${verb}`, ...(body && { body }) };
}

function described(nth: number): object {
  return { ...policy, description: `edit ${nth}` };
}

function withSecret(nth: number): object {
  return { ...server, secrets: { TOKEN: `secret ${nth}` } };
}

/** A grant whose ledger knows of it. */
async function live(slug: string): Promise<string> {
  const { id } = (await ask("POST", "/grants", { body: { server: slug, policy: "support", label: "live" } })).body;
  await ledgerOf({ id: String(id) }).view();
  return String(id);
}

describe.each(Object.entries(CHANGES))("when %s and the Worker dies", (what, change) => {
  it.each(["before", "after"] as const)(
    "%s any one thing that it does, all of it or nothing is in force",
    async (fails) => {
      const slug = `${what.replaceAll(" ", "-")}-${fails}`;
      await grantUnder(slug);
      await live(slug);
      for (let nth = 0, hasDied = true; hasDied; nth++) {
        const { method, path, body } = await change(slug, nth);
        const worker = mortal(nth, fails);
        const cut = await ask(method, path, { body, env: worker.env });
        hasDied = worker.hasDied();
        expect(cut.status >= 500).toBe(hasDied);
        await expectNothingUnknown();
        // One of them may be for chores.
        await passes(2);
        await expectAllInForce();
        expect((await ask("GET", "/status")).body.behind).toEqual({ grants: 0, since: null });
      }
    },
  );
});

/** `count` grants of a server that are behind, and nothing else is. */
async function outstanding(slug: string, count: number): Promise<string[]> {
  await grantUnder(slug);
  await db
    .prepare(
      `INSERT INTO grants (id, server, policy, label, tags, status, revision, confirmed, created_at, updated_at)
       SELECT ?1 || '-' || printf('%04d', value), ?1, 'support', 'many', '[]', 'active', 2, 1, 0, 0
       FROM json_each(?2)`,
    )
    .bind(slug, JSON.stringify(Array.from({ length: count }, (_, nth) => nth)))
    .run();
  return Array.from({ length: count }, (_, nth) => `${slug}-${String(nth).padStart(4, "0")}`);
}

describe("a pass", () => {
  it("carries a bounded number of grants, and the next follows at once while there are more", async () => {
    await outstanding("bounded", 100);
    await caretaker().watch();
    await passes(1);
    expect([await behind(), await alarmOf()]).toEqual([60, NOON]);
    await passes(1);
    expect([await behind(), await alarmOf()]).toEqual([20, NOON]);
    await passes(1);
    expect(await behind()).toBe(0);
    await expectAllInForce();
  });

  it("forgets no change that comes while a round is under way, nor when it is late itself", async () => {
    const [first] = await outstanding("passed-by", 50);
    await caretaker().watch();
    await passes(1);
    await db.prepare("UPDATE grants SET revision = revision + 1 WHERE id = ?").bind(first).run();
    await caretaker().watch();
    vi.setSystemTime(NOON + HOUR);
    await passes(1);
    for (let pass = 0; pass < 3; pass++) {
      expect(await behind()).toBe(1);
      expect(await alarmOf()).toBeLessThanOrEqual(Date.now());
      await passes(1);
      if ((await behind()) === 0) break;
    }
    await expectAllInForce();
  });

  it("passes by what can't be read or reached, however many come first", async () => {
    const ids = await outstanding("poisoned", 60);
    await db.prepare("UPDATE grants SET tags = 'not JSON' WHERE id = ?").bind(ids[0]).run();
    await caretakerIn(without(...ids.slice(1, 45)));
    await caretaker().watch();
    await passes(2);
    expect(await behind()).toBe(45);
    await caretakerIn({});
    await passes(4);
    expect(await behind()).toBe(1);
    await db.prepare("UPDATE grants SET tags = '[]' WHERE id = ?").bind(ids[0]).run();
    await passes(2);
    await expectAllInForce();
  });

  it("waits longer each time that a ledger can't be reached, up to five minutes, and no longer once it can", async () => {
    const [id = ""] = await outstanding("away", 1);
    await caretakerIn(without(id));
    await caretaker().watch();
    await passes(2);
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const at = (await alarmOf()) ?? 0;
      waits.push((at - Date.now()) / SECOND);
      vi.setSystemTime(at);
      await passes(1);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 300, 300]);
    await caretakerIn({});
    await passes(1);
    await expectAllInForce();
    expect(await alarmOf()).toBe(NOON + HOUR);
  });

  it("never throws, and is made again, when all of the platform fails", async () => {
    await outstanding("dark", 1);
    const fail = () => {
      throw new Error("gone");
    };
    await caretakerIn({
      GRANTGATE_DB: over(db, { prepare: fail, batch: fail }),
      GRANTGATE_KV: over(env.GRANTGATE_KV, { list: fail, delete: fail }),
      GRANT_LEDGER: over(env.GRANT_LEDGER, { getByName: fail }),
    });
    await caretaker().watch();
    await passes(2);
    expect(await alarmOf()).toBe(NOON + 15 * SECOND);
    await caretakerIn({});
    await passes(1);
    await expectAllInForce();
  });

  it("settles a revocation that has nobody left to hear of it", async () => {
    const { id } = await grantUnder("orphan");
    await db.prepare("UPDATE grants SET server = 'gone', status = 'revoked', revision = 2 WHERE id = ?").bind(id).run();
    await caretaker().watch();
    await passes(1);
    expect(await behind()).toBe(0);
  });

  it("does no harm beside a request that pushes the same grants, nor when it comes late", async () => {
    const { id } = await grantUnder("together");
    const late = await readGrant(db, id);
    if (late === null) throw new Error("the grant is not there");
    await caretaker().watch();
    for (let nth = 0; nth < 5; nth++) {
      await Promise.all([
        ask("PUT", "/policies/together/support", { body: described(nth) }),
        caretaker()
          .watch()
          .then(() => passes(1)),
        ask("PATCH", `/grants/${id}`, { body: { label: `${nth}` } }),
      ]);
    }
    await ledgerOf({ id }).put(late);
    await expectAllInForce();
    expect((await storedBy(id))?.label).toBe("4");
  });
});

describe("more grants than one invocation carries", () => {
  it("are carried with the help of others", async () => {
    await outstanding("helped", 100);
    expect((await ask("PUT", "/policies/helped/support", { body: described(0) })).status).toBe(200);
    await expectAllInForce();
  });

  it("are told apart from those whose helper failed", async () => {
    await outstanding("helpless", 100);
    const CARETAKER = over(env.CARETAKER, {
      getByName: (name: string) =>
        name === "helper 1" ? { carry: () => Promise.reject(new Error("gone")) } : env.CARETAKER.getByName(name),
    });
    const cut = await ask("PUT", "/policies/helpless/support", { body: described(0), env: { CARETAKER } });
    expect(cut.body.detail).toBe("Stored, but not yet in force for 40 of 101 grants; repeat this request.");
    expect(await behind()).toBe(40);
    await passes(1);
    await expectAllInForce();
  });
});

async function versionsIn(table: "server_versions" | "credential_versions"): Promise<unknown[]> {
  const { results } = await db.prepare(`SELECT version FROM ${table}`).all();
  return results.map(({ version }) => version).sort();
}

async function copiesOf(kind: "server" | "credential"): Promise<string[]> {
  const { keys } = await env.GRANTGATE_KV.list({ prefix: `${kind}:` });
  return keys.map(({ name }) => name.slice(kind.length + 1)).sort();
}

describe("once an hour", () => {
  const chores = async () => {
    await caretaker().watch();
    // A round, then chores, and again while there is more of either.
    do await passes(2);
    while (((await alarmOf()) ?? 0) <= Date.now());
  };

  it("sealed servers go that were replaced more than an hour ago, and copies of what was never committed", async () => {
    await grantUnder("sealed");
    await ask("PUT", "/servers/sealed", { body: withSecret(1) });
    await env.GRANTGATE_KV.put("server:never-committed", "sealed");
    const { results } = await db.prepare("SELECT version FROM servers").all();
    const current = results.map(({ version }) => version).sort();
    const replaced = await versionsIn("server_versions");
    expect(replaced.length).toBeGreaterThan(current.length);
    await chores();
    expect(await versionsIn("server_versions")).toEqual(replaced);
    expect(await copiesOf("server")).not.toContain("never-committed");
    vi.setSystemTime(NOON + 2 * HOUR);
    await chores();
    expect(await versionsIn("server_versions")).toEqual(current);
    expect(await copiesOf("server")).toEqual(current);
  });

  it("but not while a grant's ledger may still name them", async () => {
    const [id = ""] = await outstanding("named", 1);
    await ask("PUT", "/servers/named", { body: withSecret(1), env: { ...env, ...without(id) } });
    const before = await versionsIn("server_versions");
    await caretakerIn(without(id));
    vi.setSystemTime(NOON + 2 * HOUR);
    await chores();
    expect(await versionsIn("server_versions")).toEqual(before);
    await caretakerIn({});
    vi.setSystemTime(NOON + 4 * HOUR);
    await chores();
    expect(await versionsIn("server_versions")).toHaveLength(before.length - 1);
  });

  it("credentials go that no grant has any more", async () => {
    const { id } = await grantUnder("credentials");
    for (const version of ["earlier", "present"]) {
      await db.prepare("INSERT INTO credential_versions VALUES (?, ?, 'sealed', ?)").bind(version, id, NOON).run();
      await env.GRANTGATE_KV.put(`credential:${version}`, "sealed");
    }
    await db.prepare("UPDATE grants SET credential_version = 'present' WHERE id = ?").bind(id).run();
    vi.setSystemTime(NOON + 2 * HOUR);
    await chores();
    const { results } = await db.prepare("SELECT credential_version AS version FROM grants ORDER BY 1").all();
    const owned = results.map(({ version }) => version).filter((version) => version !== null);
    expect(owned).toContain("present");
    expect(await versionsIn("credential_versions")).toEqual(owned);
    expect(await copiesOf("credential")).toEqual(owned);
  });

  it("idempotency keys go that are older than a day, and audit records that are older than is said", async () => {
    await grantUnder("kept");
    const DAY = 24 * HOUR;
    for (const [key, age] of [
      ["old", 25 * HOUR],
      ["new", 23 * HOUR],
    ] as const) {
      await db
        .prepare(
          "INSERT INTO idempotency_keys (operator, key, fingerprint, target, created_at) VALUES ('o', ?, 'f', 't', ?)",
        )
        .bind(key, NOON - age)
        .run();
    }
    for (const [seq, days] of [
      [1, 91],
      [2, 89],
    ] as const) {
      const record = { at: NOON - days * DAY, server: "kept", method: "tools/call", effect: "deny" };
      await db
        .prepare("INSERT INTO audit (grant_id, seq, record, link, hash) VALUES ('grt_kept', ?, ?, ?, 'hash')")
        .bind(seq, JSON.stringify(record), seq)
        .run();
    }
    await chores();
    expect((await db.prepare("SELECT key FROM idempotency_keys").all()).results).toEqual([{ key: "new" }]);
    expect((await db.prepare("SELECT seq FROM audit").all()).results).toEqual([{ seq: 2 }]);
  });
});
