/** Much to record at once, or for long: a client chooses how much it is, and must gain nothing by it. */
import { applyD1Migrations, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { linksAfter } from "../../src/ledger/journal.ts";
import type { GrantLedger } from "../../src/ledger/ledger.ts";
import { verified } from "./audit-given.ts";
import { demand, entry, known, ledgerOf, request, UNIT, usedOf } from "./ledger-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

/** What a value may have in storage, in bytes, by Cloudflare's word; workerd here would take some more. */
const LONGEST_VALUE = 2_000_000;

describe("calls that come at once, each with as much to record as there may be", () => {
  it("are written in statements that storage takes, and all are in the trail", async () => {
    const grant = await known();
    const large = JSON.stringify({ full: { text: '"\\'.repeat(16_000) } });
    const asked = request({ demands: [demand({ max: 1_000n * UNIT })], entry: { ...entry, arguments: large } });
    const longest = await runInDurableObject<GrantLedger, number>(ledgerOf(grant), async (ledger, { storage }) => {
      const lengths: number[] = [];
      const exec = storage.sql.exec.bind(storage.sql);
      storage.sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
        for (const text of bindings) if (typeof text === "string") lengths.push(new TextEncoder().encode(text).length);
        return exec<T>(query, ...bindings);
      };
      await Promise.all(Array.from({ length: 60 }, () => ledger.take(asked)));
      return Math.max(...lengths);
    });
    expect(longest).toBeGreaterThan(large.length);
    expect(longest).toBeLessThan(LONGEST_VALUE);
    expect(await usedOf(grant)).toBe("60");
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 60 });
  });
});

describe("a long journal that could not be gathered for a while", () => {
  it("is read a batch at a time, and no more of it", async () => {
    const grant = await known();
    const [links, read] = await runInDurableObject(ledgerOf(grant), (_, { storage: { sql } }) => {
      sql.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO calls (seq, link, end_link, at, ending, record) SELECT i, 2 * i - 1, 2 * i, 1, '{}', '{}' FROM n`);
      const cursors: { readonly rowsRead: number }[] = [];
      const counted = {
        exec: (query: string, ...bindings: unknown[]) => {
          const cursor = sql.exec(query, ...bindings);
          cursors.push(cursor);
          return cursor;
        },
      };
      const from = { link: 100, seq: 50 };
      const found = linksAfter(Object.assign(Object.create(sql), counted), from, 500, 250_000);
      return [found.map(({ link }) => link), cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)];
    });
    expect(links).toEqual(Array.from({ length: 500 }, (_, nth) => nth + 101));
    expect(read).toBeLessThan(3_000);
  });
});
