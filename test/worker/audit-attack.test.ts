/** Somebody who can write to D1, but not to the ledgers: whatever is done to the trail there, verifying finds it. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Verification } from "../../src/audit/chain.ts";
import { linkHash } from "../../src/audit/link.ts";
import { applyRetention } from "../../src/audit/retention.ts";
import { verifyGrant } from "../../src/cli/audit/verify.ts";
import { canonicalJson } from "../../src/json/canonical.ts";
import { JsonNumber } from "../../src/json/value.ts";
import { ask, grantUnder, listed } from "./admin-given.ts";
import { ended, trailOf } from "./audit-given.ts";
import { entry, ledgerOf, request } from "./ledger-given.ts";

const DAY = 86_400_000;
const db = env.GRANTGATE_DB;
let now = Date.parse("2126-06-01T12:00:00Z");
let servers = 0;

type Id = { readonly id: string };

beforeAll(() => applyD1Migrations(db, env.TEST_MIGRATIONS));
beforeEach(async () => {
  // So that retention has nothing to do but what a test is about.
  await db.prepare("DELETE FROM audit").run();
  vi.useFakeTimers({ toFake: ["Date"], now });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function later(days: number): void {
  now += days * DAY;
  vi.setSystemTime(now);
}

/** A grant with five calls, the first two of which have ended: seven links. */
async function used(): Promise<Id> {
  const grant = await grantUnder(`attacked-${++servers}`);
  const { body } = await ask("GET", `/grants/${grant.id}`);
  await decide(grant, 5);
  await ledgerOf(grant).settle([ended(1), ended(2)]);
  await ledgerOf(grant).gather();
  expect(body.id).toBe(grant.id);
  return grant;
}

/** Calls as the registry's record of the grant lets them be decided. */
async function decide(grant: Id, calls: number, journalled = entry): Promise<void> {
  const known = await ledgerOf(grant).view();
  if (known === null) throw new Error("the grant does not stand");
  const { revision, policy, serverVersion } = known;
  const asked = request({
    demands: [],
    entry: journalled,
    revision,
    policyVersion: policy?.version ?? null,
    serverVersion,
  });
  for (let nth = 0; nth < calls; nth++) expect(await ledgerOf(grant).take(asked)).toMatchObject({ kind: "ok" });
}

/** As `grantgate audit verify` does it. */
async function verify({ id }: Id, before: () => Promise<unknown> = async () => {}): Promise<Verification> {
  return verifyGrant({
    chain: async () => {
      const { body, text } = await ask("GET", `/audit/chain/${id}`);
      if (body.head === undefined) throw new Error(text);
      return JSON.parse(text);
    },
    lines: async function* () {
      await before();
      yield* (await ask("GET", `/audit/export?grant=${id}`)).text.split("\n").filter(Boolean);
    },
  });
}

async function run(query: string, ...values: unknown[]): Promise<void> {
  expect(
    (
      await db
        .prepare(query)
        .bind(...values)
        .run()
    ).meta.changes,
  ).toBeGreaterThan(0);
}

describe("an attacker who has D1", () => {
  it("finds a trail that is whole", async () => {
    expect(await verify(await used())).toMatchObject({ kind: "whole", records: 5, head: { link: 7 } });
  });

  it("can't call a part of the trail past its time by moving the anchor", async () => {
    const grant = await used();
    const last = (await trailOf(grant)).at(-1);
    await run("INSERT INTO audit_anchors (grant_id, link, hash) VALUES (?, ?, ?)", grant.id, last?.link, last?.hash);
    await run("DELETE FROM audit WHERE grant_id = ? AND seq IN (3, 4, 5)", grant.id);
    expect(await verify(grant)).toMatchObject({ kind: "broken" });
  });

  it("can't call all of it so, up to the very head", async () => {
    const grant = await used();
    const head = (await trailOf(grant)).find(({ endLink }) => endLink === 7);
    await run("INSERT INTO audit_anchors (grant_id, link, hash) VALUES (?, 7, ?)", grant.id, head?.endHash);
    await run("DELETE FROM audit WHERE grant_id = ?", grant.id);
    expect(await verify(grant)).toEqual({ kind: "broken", link: 1, reason: "link 1 is missing" });
  });

  it("can't have retention do it by making records older than they are", async () => {
    const grant = await used();
    later(30);
    await decide(grant, 2);
    await ledgerOf(grant).gather();
    await run("UPDATE audit SET record = json_set(record, '$.at', 1) WHERE grant_id = ?", grant.id);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    await applyRetention(env, 10, now, 1_000);
    expect(await trailOf(grant)).toHaveLength(7);
    expect(logged).toHaveBeenCalledWith(expect.stringContaining("younger than they say"));
    expect(await verify(grant)).toMatchObject({ kind: "broken", link: 1 });
  });

  it("can't add records or endings at the end, whose hashes anyone can make", async () => {
    for (const kind of ["decided", "ended"] as const) {
      const grant = await used();
      const trail = await trailOf(grant);
      const head = trail.find(({ endLink }) => endLink === 7)?.endHash ?? "";
      const text = kind === "decided" ? (trail[4]?.record ?? "") : (trail[1]?.ending ?? "");
      const seq = kind === "decided" ? 6 : 5;
      const hash = await linkHash(head, grant.id, { kind, link: 8, seq, text });
      if (kind === "decided") {
        await run("INSERT INTO audit (grant_id, seq, record, link, hash) VALUES (?, 6, ?, 8, ?)", grant.id, text, hash);
      } else {
        await run(
          "UPDATE audit SET ending = ?, end_link = 8, end_hash = ? WHERE grant_id = ? AND seq = 5",
          ...[text, hash, grant.id],
        );
      }
      expect(await verify(grant)).toEqual({
        kind: "broken",
        link: 8,
        reason: "link 8 is not one that the grant's ledger wrote",
      });
    }
  });

  it("can't hide a trail behind a link that is said to be yet to come", async () => {
    const grant = await used();
    await run("UPDATE audit SET link = 1000 WHERE grant_id = ? AND seq = 2", grant.id);
    await run(
      "UPDATE audit SET record = json_set(record, '$.effect', 'deny') WHERE grant_id = ? AND seq = 4",
      grant.id,
    );
    expect(await verify(grant)).toMatchObject({ kind: "broken", link: 2 });
  });

  it("can't move records to another grant", async () => {
    const [grant, other] = [await used(), await used()];
    await run("DELETE FROM audit WHERE grant_id = ?", other.id);
    await run("UPDATE audit SET grant_id = ? WHERE grant_id = ?", other.id, grant.id);
    expect(await verify(grant)).toMatchObject({ kind: "broken" });
    expect(await verify(other)).toMatchObject({ kind: "broken" });
  });

  it("can't take a grant's trail out of sight by taking the grant out of the registry", async () => {
    const grant = await used();
    await run("DELETE FROM audit WHERE grant_id = ? AND seq < 4", grant.id);
    await run("DELETE FROM grants WHERE id = ?", grant.id);
    expect((await listed("/audit/chain", 2)).map((one) => one.grant)).toContain(grant.id);
    expect(await verify(grant)).toMatchObject({ kind: "broken" });
    await run("DELETE FROM audit WHERE grant_id = ?", grant.id);
    expect((await listed("/audit/chain")).map((one) => one.grant)).toContain(grant.id);
    expect(await verify(grant)).toMatchObject({ kind: "broken" });
  });
});

describe("what nobody did", () => {
  it("is not blamed on anybody: texts that no database likes", async () => {
    const grant = await used();
    const odd = [
      "a\0b",
      "\ud800",
      "\udc00x",
      "\ufeff\u2028\u2029",
      "\u001f\u007f",
      "x".repeat(1_000_000),
      "__proto__",
      '"\\',
      "𝟘",
    ];
    for (const text of odd) {
      const kept = canonicalJson({ full: { [text.slice(0, 9)]: text.slice(0, 9), n: new JsonNumber("1.0e400") } });
      await decide(grant, 1, { ...entry, tool: text, method: text, rule: `/${text}`, arguments: kept });
    }
    expect(await verify(grant)).toMatchObject({ kind: "whole", records: 5 + odd.length });
    expect((await trailOf(grant)).every(({ record }) => record.length < 5_000)).toBe(true);
    for (const text of odd.slice(0, 5)) {
      expect(
        (await ask("GET", `/audit?grant=${grant.id}&tool=${encodeURIComponent(text.toWellFormed())}`)).status,
      ).toBe(200);
    }
  });

  it("is not blamed on anybody: calls that come while it is read", async () => {
    const grant = await used();
    expect(
      await verify(grant, async () => {
        await decide(grant, 3);
        await ledgerOf(grant).settle([ended(3)]);
        await ledgerOf(grant).gather();
      }),
    ).toMatchObject({ kind: "whole", records: 5 });
  });

  it("is not blamed on anybody: retention that comes while it is read", async () => {
    const grant = await used();
    later(40);
    await decide(grant, 1);
    expect(await verify(grant, () => applyRetention(env, 30, now, 3))).toMatchObject({ kind: "whole", records: 1 });
  });

  it("is not blamed on anybody: retention that was cut off before it deleted anything", async () => {
    const grant = await used();
    later(40);
    await decide(grant, 1);
    vi.spyOn(Object.getPrototypeOf(db), "batch").mockRejectedValueOnce(new Error("D1 is down"));
    await expect(applyRetention(env, 30, now, 1_000)).rejects.toThrow("D1 is down");
    expect(await verify(grant)).toMatchObject({ kind: "whole", records: 6 });
    await applyRetention(env, 30, now, 1_000);
    expect(await verify(grant)).toMatchObject({ kind: "whole", records: 1 });
  });

  it("knows no grant that never was", async () => {
    expect((await ask("GET", "/audit/chain/grt_never")).status).toBe(404);
  });
});
