/** Records found again in real D1: under every filter those that fit and no others, by whichever index. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { exportRecords, exportStream } from "../../src/audit/export.ts";
import type { AuditFilter } from "../../src/audit/plan.ts";
import {
  type AuditRow,
  arrivals,
  type Database,
  findRecords,
  type Position,
  positionOf,
  presentMark,
  recordedTime,
} from "../../src/audit/query.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const SERVERS = ["billing", "files"];
const GRANTS = ["grt_a", "grt_b", "grt_c", "grt_d", "grt_e"];
const TOOLS = ["read", "write", "delete"];

type Fields = { readonly [field in keyof AuditFilter]?: string | undefined } & { readonly at: number };
type Entry = { readonly grant: string; readonly seq: number; readonly fields: Fields };

/** Numbers from 0 to 1 that look drawn by lot and are the same every time. */
let seed = 3;
function lot(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

function oneOf<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(lot() * values.length)];
}

function fieldsOf(grant: number, at: number): Fields {
  const server = SERVERS[grant % SERVERS.length];
  const method = lot() < 0.8 ? "tools/call" : oneOf(["tools/list", "initialize", "(refused)"]);
  if (method !== "tools/call") return { at, server, method, effect: method === "(refused)" ? "refuse" : "allow" };
  const tool = oneOf(TOOLS);
  const effect = lot() < 0.7 ? "allow" : oneOf(["deny", "limit", "hide"]);
  return { at, server, method, tool, effect, ...(effect !== "allow" && { rule: `/tools/${tool}/${effect}` }) };
}

const ENTRIES: Entry[] = [];

async function insert(entries: readonly (Entry & { readonly more?: object })[]): Promise<void> {
  const rows = entries.map(({ grant, seq, fields, more }) => [
    grant,
    seq,
    JSON.stringify({ ...fields, grant, label: "l", request: "r", era: "modern", ...more }),
  ]);
  await env.GRANTGATE_DB.prepare(
    `INSERT INTO audit (grant_id, seq, record, link, hash)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 1, 'h' FROM json_each(?)`,
  )
    .bind(JSON.stringify(rows))
    .run();
}

beforeAll(async () => {
  await applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS);
  const last = new Map<string, number>();
  for (let nth = 0; nth < 900; nth++) {
    const index = Math.floor(GRANTS.length * lot() ** 2);
    const grant = GRANTS[index] ?? "";
    const seq = (last.get(grant) ?? 0) + 1;
    last.set(grant, seq);
    // Several in one instant, as under load.
    ENTRIES.push({ grant, seq, fields: fieldsOf(index, START + Math.floor(nth / 3) * MINUTE) });
  }
  // The records of one grant were gathered late, and of another some are missing.
  const late = ENTRIES.filter(({ grant }) => grant === "grt_c");
  const gone = ENTRIES.filter(({ grant, seq }) => grant === "grt_a" && (seq < 20 || seq === 101 || seq === 102));
  for (const entry of gone) ENTRIES.splice(ENTRIES.indexOf(entry), 1);
  await insert(ENTRIES.filter((entry) => !late.includes(entry)));
  await insert(late);
});

const db = (): Database => env.GRANTGATE_DB;

function fits({ grant, fields }: Entry, { from, to, ...filter }: AuditFilter): boolean {
  if (from !== undefined && fields.at < from) return false;
  if (to !== undefined && fields.at >= to) return false;
  const known: { readonly [field: string]: unknown } = { ...fields, grant };
  return Object.entries(filter).every(([field, value]) => value === undefined || known[field] === value);
}

const nameOf = ({ grant, seq }: Pick<AuditRow, "grant" | "seq">) => `${grant}:${seq}`;

function namesOf(filter: AuditFilter): string[] {
  return ENTRIES.filter((entry) => fits(entry, filter)).map(nameOf);
}

async function allPages(filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  const found: AuditRow[] = [];
  for (let after: Position | null = null; ; ) {
    const page = await findRecords(db(), filter, { limit, after });
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page);
    const last = page.at(-1);
    if (page.length < limit || last === undefined) return found;
    after = positionOf(last);
  }
}

const CHOICES: { readonly [field in keyof AuditFilter]-?: readonly AuditFilter[field][] } = {
  grant: [...GRANTS, "grt_of_nobody"],
  server: [...SERVERS, "nowhere"],
  tool: [...TOOLS, "nothing"],
  method: ["tools/call", "tools/list", "prompts/get"],
  effect: ["allow", "deny", "hide", "approval"],
  rule: ["/tools/read/deny", "/tools/none"],
  from: [0, START + 50 * MINUTE, START + 110 * MINUTE, START + 5_000 * MINUTE],
  to: [START, START + 120 * MINUTE, START + 50 * MINUTE + 1],
};

/** Every field by itself with every value, and some hundreds of combinations. */
function filters(): AuditFilter[] {
  const single = Object.entries(CHOICES).flatMap(([field, values]) => values.map((value) => ({ [field]: value })));
  const mixed = Array.from({ length: 400 }, () => {
    const some = Object.entries(CHOICES).filter(() => lot() < 0.35);
    return Object.fromEntries(some.map(([field, values]) => [field, oneOf<unknown>(values)]));
  });
  return [{}, ...single, ...mixed];
}

describe("pages of records", () => {
  it("have under every filter all that fit, once, the newest first", { timeout: 120_000 }, async () => {
    for (const filter of filters()) {
      const found = await allPages(filter, 37);
      expect([filter, found.map(nameOf).sort()]).toEqual([filter, namesOf(filter).sort()]);
      const times = found.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });

  it("stay where they are while newer records come", async () => {
    const first = await findRecords(db(), { server: "files" }, { limit: 10, after: null });
    const next = { limit: 10, after: positionOf(first[9] ?? ({} as AuditRow)) };
    const before = await findRecords(db(), { server: "files" }, next);
    const fields = { at: START + 9_000 * MINUTE, server: "files", method: "tools/list", effect: "allow" };
    await insert([{ grant: "grt_new", seq: 1, fields }]);
    ENTRIES.push({ grant: "grt_new", seq: 1, fields });
    expect(await findRecords(db(), { server: "files" }, next)).toEqual(before);
    expect((await findRecords(db(), { server: "files" }, { limit: 1, after: null })).map(nameOf)).toEqual([
      "grt_new:1",
    ]);
  });

  it("can't be had from beyond the filter by a place that was made up", async () => {
    const after: Position = [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER, 0];
    const found = await findRecords(db(), { to: START + MINUTE }, { limit: 100, after });
    expect(found.map(nameOf).sort()).toEqual(namesOf({ to: START + MINUTE }).sort());
  });

  it("say when the oldest and the newest record were written", async () => {
    expect(await recordedTime(db())).toEqual({ oldest: expect.any(Number), newest: START + 9_000 * MINUTE });
    const { oldest } = await recordedTime(db());
    expect(oldest).toBe(Math.min(...ENTRIES.map(({ fields }) => fields.at)));
  });
});

describe("news", () => {
  it("are what came behind the mark, in the order in which it came", async () => {
    const found: AuditRow[] = [];
    for (let after = 0; after < (await presentMark(db())); ) {
      const news = await arrivals(db(), { effect: "deny" }, after, 7);
      expect(news.after).toBeGreaterThan(after);
      found.push(...news.rows);
      after = news.after;
    }
    expect(found.map(nameOf).sort()).toEqual(namesOf({ effect: "deny" }).sort());
    expect(found.map(({ id }) => id)).toEqual(found.map(({ id }) => id).toSorted((a, b) => a - b));
  });

  it("are none behind the present mark, until something comes", async () => {
    const mark = await presentMark(db());
    expect(await arrivals(db(), {}, mark, 100)).toEqual({ rows: [], after: mark });
    const fields = { at: START, server: "files", method: "tools/list", effect: "allow" };
    await insert([{ grant: "grt_new", seq: 2, fields }]);
    ENTRIES.push({ grant: "grt_new", seq: 2, fields });
    const news = await arrivals(db(), {}, mark, 100);
    expect(news.rows.map(nameOf)).toEqual(["grt_new:2"]);
    expect(await arrivals(db(), {}, news.after, 100)).toEqual({ rows: [], after: news.after });
  });

  it("begin where the records end for a mark of a log that is no more", async () => {
    const mark = await presentMark(db());
    expect(await arrivals(db(), {}, mark + 1_000, 100)).toEqual({ rows: [], after: mark });
  });
});

describe("an export", () => {
  it("has under every filter all that fit, grant by grant, the oldest first", { timeout: 120_000 }, async () => {
    for (const filter of filters().slice(0, 200)) {
      const found: AuditRow[] = [];
      for await (const page of exportRecords(db(), filter)) found.push(...page);
      const expected = ENTRIES.filter((entry) => fits(entry, filter))
        .toSorted((a, b) => (a.grant < b.grant ? -1 : a.grant > b.grant ? 1 : a.seq - b.seq))
        .map(nameOf);
      expect([filter, found.map(nameOf)]).toEqual([filter, expected]);
    }
  });

  it("is read in pages that fit in memory, however long records are or how many", async () => {
    const more = { arguments: { full: "x".repeat(60_000) } };
    const long = Array.from({ length: 100 }, (_, nth) => ({
      grant: "grt_long",
      seq: nth + 1,
      fields: { at: START + nth, server: "long", method: "tools/list", effect: "allow" },
      more,
    }));
    for (let from = 0; from < 100; from += 10) await insert(long.slice(from, from + 10));
    await env.GRANTGATE_DB.exec(
      `INSERT INTO audit (grant_id, seq, record, link, hash) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11000) SELECT 'grt_many', i, json_object('at', i, 'server', 'long', 'method', 'tools/list', 'effect', 'allow'), i, 'h' FROM n`,
    );
    const sizes: number[] = [];
    const found: string[] = [];
    for await (const page of exportRecords(db(), { server: "long" })) {
      sizes.push(page.reduce((sum, { record }) => sum + record.length, 0));
      expect(page.length).toBeLessThanOrEqual(5_000);
      found.push(...page.map(nameOf));
    }
    expect(Math.max(...sizes)).toBeLessThan(4_100_000);
    expect(sizes.length).toBeGreaterThanOrEqual(4);
    expect(found).toEqual([
      ...long.map(nameOf),
      ...Array.from({ length: 11_000 }, (_, nth) => nameOf({ grant: "grt_many", seq: nth + 1 })),
    ]);
  });

  it("is streamed a line each, and reads on only when what was read is taken", async () => {
    const asked: string[] = [];
    const counted: Database = {
      prepare: (query) => {
        asked.push(query);
        return db().prepare(query);
      },
    };
    const reader = exportStream(counted, { grant: "grt_many" }).getReader();
    expect(asked).toHaveLength(0);
    const first = new TextDecoder().decode((await reader.read()).value);
    expect(asked).toHaveLength(2);
    const lines = first.trimEnd().split("\n");
    expect(lines).toHaveLength(5_000);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ id: "grt_many:1", server: "long", tool: null });
    await reader.cancel();
    expect(asked).toHaveLength(2);
  });

  it("of one grant has its rows in the order of its chain", async () => {
    const numbers: number[] = [];
    for await (const page of exportRecords(db(), { grant: "grt_b" })) numbers.push(...page.map(({ seq }) => seq));
    expect(numbers).toEqual(ENTRIES.filter(({ grant }) => grant === "grt_b").map(({ seq }) => seq));
  });
});
