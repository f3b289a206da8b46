import { applyD1Migrations, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { applyRetention, retentionDays } from "../../src/audit/retention.ts";
import type { GrantRecord } from "../../src/grant/record.ts";
import { anchorOf, decideMany, ended, trailOf, verified } from "./audit-given.ts";
import { entry, known, ledgerOf, request } from "./ledger-given.ts";

const DAY = 86_400_000;
/** Each test in a time of its own, so that none sees what is old by another's clock. */
let now = Date.parse("2126-01-01T00:00:00Z");

const db = env.GRANTGATE_DB;

beforeAll(() => applyD1Migrations(db, env.TEST_MIGRATIONS));
beforeEach(async () => {
  await db.prepare("DELETE FROM audit").run();
  now += 1_000 * DAY;
  vi.useFakeTimers({ toFake: ["Date"], now });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Moves the time on. */
function later(days: number): void {
  now += days * DAY;
  vi.setSystemTime(now);
}

async function refused(grant: GrantRecord, calls: number): Promise<void> {
  const asked = request({ demands: [], entry: { ...entry, effect: "deny" } });
  for (let nth = 0; nth < calls; nth++) await ledgerOf(grant).take(asked);
}

async function seqsOf(grant: GrantRecord): Promise<readonly number[]> {
  return (await trailOf(grant)).map(({ seq }) => seq);
}

describe("what is older than the days that are kept", () => {
  it("goes, and what stays can be verified", async () => {
    const grant = await known();
    await decideMany(grant, 2);
    await ledgerOf(grant).settle([ended(1), ended(2)]);
    later(5);
    await refused(grant, 2);
    await ledgerOf(grant).gather();
    later(5);
    await refused(grant, 1);
    await ledgerOf(grant).gather();
    expect(await applyRetention(env, 30, now, 1_000)).toBe(false);
    expect(await seqsOf(grant)).toEqual([1, 2, 3, 4, 5]);
    expect(await anchorOf(grant)).toMatchObject({ link: 0 });
    expect(await applyRetention(env, 7, now, 1_000)).toBe(false);
    expect(await seqsOf(grant)).toEqual([3, 4, 5]);
    expect(await anchorOf(grant)).toMatchObject({ link: 4 });
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 3, head: { link: 7 } });
  });

  it("goes to the millisecond", async () => {
    const grant = await known();
    await refused(grant, 1);
    await ledgerOf(grant).gather();
    await applyRetention(env, 3, now + 3 * DAY, 1_000);
    expect(await seqsOf(grant)).toEqual([1]);
    await applyRetention(env, 3, now + 3 * DAY + 1, 1_000);
    expect(await seqsOf(grant)).toEqual([]);
  });

  it("goes altogether when nothing newer is there, and the chain goes on from its end", async () => {
    const grant = await known();
    await decideMany(grant, 2);
    await ledgerOf(grant).settle([ended(2), ended(1)]);
    await ledgerOf(grant).gather();
    later(100);
    await applyRetention(env, 90, now, 1_000);
    expect(await trailOf(grant)).toEqual([]);
    expect(await anchorOf(grant)).toMatchObject({ link: 4 });
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 0, head: { link: 4 } });
    await evictDurableObject(ledgerOf(grant));
    await refused(grant, 1);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 1, head: { link: 5 } });
  });

  it("stays for ever when days are 0", async () => {
    const grant = await known();
    await refused(grant, 1);
    await ledgerOf(grant).gather();
    expect(await applyRetention(env, 0, now + 10_000 * DAY, 1_000)).toBe(false);
    expect(await seqsOf(grant)).toEqual([1]);
  });

  it("goes a bounded number at a time, over as many grants as there are, until no more is left", async () => {
    const grants = await Promise.all(Array.from({ length: 3 }, () => known()));
    for (const grant of grants) {
      await decideMany(grant, 4);
      await ledgerOf(grant).settle([ended(2), ended(1), ended(4)]);
      await ledgerOf(grant).gather();
    }
    later(100);
    for (const grant of grants) await refused(grant, 1);
    for (const grant of grants) await ledgerOf(grant).gather();
    const left: number[] = [];
    for (let more = true; more; ) {
      more = await applyRetention(env, 90, now, 3);
      left.push((await db.prepare("SELECT count(*) AS n FROM audit").first<number>("n")) ?? 0);
      for (const grant of grants) expect(await verified(grant)).toMatchObject({ kind: "whole" });
    }
    expect(left.at(-1)).toBe(3);
    expect(left.every((count, nth) => (left[nth - 1] ?? 15) - count <= 3)).toBe(true);
    expect(left.length).toBeLessThan(10);
    for (const grant of grants) expect(await seqsOf(grant)).toEqual([5]);
  });

  it("is found among grants that have nothing old, some grants at a time", async () => {
    const statements = Array.from({ length: 250 }, (_, nth) =>
      db
        .prepare("INSERT INTO audit (grant_id, seq, record, link, hash) VALUES (?, 1, ?, 1, 'f')")
        .bind(
          `grt_many_${String(nth).padStart(3, "0")}`,
          JSON.stringify({ at: nth % 2 === 0 ? 0 : now, server: "s", method: "m", effect: "deny" }),
        ),
    );
    await db.batch(statements);
    let calls = 1;
    while (await applyRetention(env, 90, now, 1_000)) calls++;
    expect(calls).toBe(13);
    expect(await db.prepare("SELECT count(*) AS n FROM audit").first("n")).toBe(125);
  });
});

describe("a call over the edge", () => {
  it("that ended among newer links stays until the chain has gone on, and an anchor never moves back", async () => {
    const grant = await known();
    await decideMany(grant, 2);
    await ledgerOf(grant).settle([ended(1)]);
    later(0.9);
    await refused(grant, 1);
    await ledgerOf(grant).settle([ended(2)]);
    await ledgerOf(grant).gather();
    later(2.5);
    await applyRetention(env, 3, now, 1_000);
    expect(await seqsOf(grant)).toEqual([2, 3]);
    expect(await anchorOf(grant)).toMatchObject({ link: 3 });
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 2 });
    await applyRetention(env, 3, now, 1_000);
    expect(await anchorOf(grant)).toMatchObject({ link: 3 });
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 2 });
    later(10);
    await applyRetention(env, 3, now, 1_000);
    expect(await seqsOf(grant)).toEqual([]);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 0, head: { link: 5 } });
  });

  it("that may still end keeps its record, so that the ending finds it", async () => {
    const grant = await known();
    await decideMany(grant, 1);
    await ledgerOf(grant).gather();
    later(0.99);
    await ledgerOf(grant).settle([ended(1)]);
    later(0.5);
    await applyRetention(env, 1, now, 1_000);
    expect(await seqsOf(grant)).toEqual([1]);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 1, head: { link: 2 } });
  });

  it("that never ended goes in its time", async () => {
    const grant = await known();
    await decideMany(grant, 1);
    await ledgerOf(grant).gather();
    later(2);
    await applyRetention(env, 1, now, 1_000);
    expect(await seqsOf(grant)).toEqual([]);
    expect(await verified(grant)).toMatchObject({ kind: "whole", head: { link: 1 } });
  });
});

describe("a chain that was tampered with", () => {
  it("does not become whole by retention when the break is among what stays", async () => {
    const grant = await known();
    await refused(grant, 3);
    await ledgerOf(grant).gather();
    later(100);
    await refused(grant, 2);
    await ledgerOf(grant).gather();
    await db.prepare("DELETE FROM audit WHERE grant_id = ? AND seq IN (3, 4)").bind(grant.id).run();
    await applyRetention(env, 90, now, 1_000);
    expect(await verified(grant)).toEqual({ kind: "broken", link: 3, reason: "link 3 is missing" });
  });
});

describe("the setting", () => {
  it.each([
    [undefined, 90],
    ["", 90],
    [" ", 90],
    ["ninety", 90],
    ["-1", 90],
    ["Infinity", 90],
    ["0", 0],
    ["1", 1],
    ["365", 365],
  ])("%j means %d days", (setting, days) => {
    expect(retentionDays(setting)).toBe(days);
  });
});
