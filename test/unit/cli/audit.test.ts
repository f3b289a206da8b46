import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkHash } from "../../../src/audit/link.ts";
import type { Link } from "../../../src/audit/record.ts";
import { shownRecord } from "../../../src/audit/show.ts";
import type { AuditRecord } from "../../../src/cli/admin/shapes.ts";
import { split } from "../../../src/cli/admin/stream.ts";
import { chained } from "../../../src/cli/audit/chained.ts";
import { changeText } from "../../../src/cli/audit/change-text.ts";
import { type Follow, follow } from "../../../src/cli/audit/follow.ts";
import { auditLine } from "../../../src/cli/audit/lines.ts";
import { found, unreachable } from "../../../src/cli/failure.ts";
import { canonicalJson } from "../../../src/json/canonical.ts";
import { parseJson } from "../../../src/json/parse.ts";
import type { JsonObject } from "../../../src/json/value.ts";
import { standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { folder, screen } from "./stage.ts";

const ZERO = "0".repeat(64);

/** A trail as a ledger writes it and the gateway exports it: two calls decided, the first one ended last. */
async function trail(grant: string, calls = 3) {
  const at = Date.parse("2026-11-21T12:00:00.000Z");
  const decided = (seq: number): JsonObject => ({
    at: at + seq,
    request: `r${seq}`,
    grant,
    label: "ci",
    server: "s",
    method: "tools/call",
    tool: "pay",
    era: "modern",
    effect: seq % 2 ? "allow" : "deny",
    ...(seq % 2 === 0 && { rule: "/tools/pay/deny_if/0" }),
    policy: { name: "p", version: "v" },
    ...(seq % 2 === 1 && { counters: [{ counter: "c", scope: "grant", window: "day", used: "0.25", max: "10" }] }),
    arguments: ["amount", "to"],
    bytes: 120,
  });
  const ended: JsonObject = {
    at: at + 900,
    status: 200,
    latencyMs: 12.5,
    bytes: 9,
    ...(calls > 3 && { gaveBack: true }),
  };
  const links: Link[] = Array.from({ length: calls }, (_, index) => {
    const seq = index + 1;
    return { kind: "decided" as const, link: seq, seq, text: canonicalJson(decided(seq)) };
  });
  links.push({ kind: "ended", link: calls + 1, seq: 1, text: canonicalJson(ended) });
  const hashes = new Map<number, string>();
  let before = ZERO;
  for (const link of links) {
    before = await linkHash(before, grant, link);
    hashes.set(link.link, before);
  }
  const lines = links
    .filter(({ kind }) => kind === "decided")
    .map(({ seq, link, text }) => {
      const ending = links.find((each) => each.kind === "ended" && each.seq === seq);
      const row = {
        id: seq,
        at: at + seq,
        grant,
        seq,
        record: text,
        link,
        hash: hashes.get(link) ?? "",
        ending: ending?.text ?? null,
        endLink: ending?.link ?? null,
        endHash: ending === undefined ? null : (hashes.get(ending.link) ?? null),
      };
      return JSON.stringify(shownRecord(row));
    });
  return { lines, head: { link: calls + 1, hash: before } };
}

async function verifyFile(lines: readonly string[]) {
  const root = folder({ "export.ndjson": `${lines.join("\n")}\n` });
  return grantgate("audit verify --file export.ndjson", { root });
}

describe("an exported record", () => {
  test("gives back, byte for byte, what was hashed", async () => {
    for (const calls of [3, 4]) {
      for (const line of (await trail("grt_a", calls)).lines) {
        const parsed = parseJson(line);
        const record = parsed.ok ? chained(parsed.value) : undefined;
        const link = {
          kind: "decided" as const,
          link: record?.link ?? 0,
          seq: record?.seq ?? 0,
          text: record?.record ?? "",
        };
        if (record?.link === 1) expect(await linkHash(ZERO, "grt_a", link)).toBe(record.hash);
        expect(record).toBeDefined();
      }
    }
  });
});

describe("verifying an export in a file", () => {
  test("finds nothing wrong with trails that are whole, however they are mixed", async () => {
    const [a, b] = [await trail("grt_a"), await trail("grt_b", 5)];
    const mixed = [b.lines[0], a.lines[0], b.lines[1], b.lines[2], a.lines[1], b.lines[3], a.lines[2], b.lines[4]];
    const { exit, out, err } = await verifyFile(mixed.map((line) => line ?? ""));
    expect(exit).toBe(0);
    expect(out).toMatch(/whole +grt_b +5 records, up to link 6\n/);
    expect(err).toContain("A file can't tell whether its end was cut off");
  });

  test("finds any change of what a record says", async () => {
    const { lines } = await trail("grt_a");
    const changes: readonly (readonly [string, string])[] = [
      ['"effect":"deny"', '"effect":"allow"'],
      ['"used":0.25', '"used":0.2'],
      ['"tool":"pay"', '"tool":"read"'],
      ['"latencyMs":12.5', '"latencyMs":12'],
      ['"gaveBack":false', '"gaveBack":true'],
      ["12:00:00.002Z", "12:00:00.003Z"],
      ['["amount","to"]', '["amount"]'],
      ['"label":"ci"', '"label":"c"'],
      ['"bytes":120', '"bytes":null'],
    ];
    for (const [from, to] of changes) {
      const index = lines.findIndex((line) => line.includes(from));
      expect(index, from).toBeGreaterThanOrEqual(0);
      const { exit, out } = await verifyFile(lines.map((line, at) => (at === index ? line.replace(from, to) : line)));
      expect(exit, from).toBe(1);
      expect(out, from).toContain("BROKEN");
    }
  });

  test("finds what is missing, doubled or moved, and says where", async () => {
    const { lines } = await trail("grt_a", 4);
    const [one = "", two = "", three = "", four = ""] = lines;
    expect((await verifyFile([one, three, four])).out).toContain("link 2 is missing");
    expect((await verifyFile([one, two, two, three, four])).out).toContain("twice");
    expect((await verifyFile([one, three, two, four])).exit).toBe(1);
    expect((await verifyFile([one, "{", two, three, four])).out).toContain(
      "line 2 of export.ndjson is no audit record",
    );
  });

  test("asks the gateway where a trail begins whose beginning was let go of", async () => {
    const { lines } = await trail("grt_a");
    const first = JSON.parse(lines[0] ?? "");
    const anchor = { link: 1, hash: first.chain.hash };
    const at = await standIn(undefined, () => ({
      status: 200,
      body: { grant: "grt_a", anchor, head: anchor, gathered: 4 },
    }));
    // The first call's ending lies behind the anchor, so the gateway still has its record.
    const root = folder({ "export.ndjson": lines.slice(1).join("\n") });
    const { out } = await grantgate("audit verify --file export.ndjson", { at, root });
    expect(out).toMatch(/whole +grt_a +2 records/);
    expect(await grantgate("audit verify --file export.ndjson", { root })).toMatchObject({ exit: 2 });
  });

  test("says so when there is no such file", async () => {
    expect(await grantgate("audit verify --file nope")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("ENOENT"),
    });
  });
});

describe("verifying what the gateway has", () => {
  /** `later` is the head that the ledger has when it is asked again. */
  async function gateway(lines: readonly string[], head: { link: number; hash: string }, later = head) {
    let asked = 0;
    return standIn(undefined, ({ path }) => {
      if (path.includes("/audit/chain?")) return { status: 200, body: { items: [{ grant: "grt_1" }], next: null } };
      if (path.includes("/audit/chain/")) {
        const now = asked++ === 0 ? head : later;
        return {
          status: 200,
          body: { grant: "grt_1", anchor: { link: 0, hash: ZERO }, head: now, gathered: now.link },
        };
      }
      return path.includes("/audit/export?grant=grt_1") ? { status: 200, lines } : undefined;
    });
  }

  test("goes through all grants", async () => {
    const { lines, head } = await trail("grt_1");
    expect(await grantgate("audit verify", { at: await gateway(lines, head) })).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/whole +grt_1 +3 records, up to link 4/),
    });
  });

  test("notices an end that was cut off, and a head that is another", async () => {
    const { lines, head } = await trail("grt_1");
    expect((await grantgate("audit verify", { at: await gateway(lines.slice(0, 2), head) })).exit).toBe(1);
    const other = { ...head, hash: "f".repeat(64) };
    expect((await grantgate("audit verify --grant grt_1 --json", { at: await gateway(lines, other) })).exit).toBe(1);
  });

  test("leaves out what came after the head was told: it may be read half", async () => {
    const { lines, head: later } = await trail("grt_1", 4);
    const second = JSON.parse(lines[1] ?? "");
    const head = { link: 2, hash: second.chain.hash };
    const at = await gateway(lines.slice(0, 3), head, later);
    expect(await grantgate("audit verify", { at })).toMatchObject({ exit: 0 });
  });

  test("finds what stands behind the head and was never written by the ledger", async () => {
    const { lines } = await trail("grt_1", 4);
    const second = JSON.parse(lines[1] ?? "");
    const head = { link: 2, hash: second.chain.hash };
    expect(await grantgate("audit verify", { at: await gateway(lines.slice(0, 3), head) })).toMatchObject({
      exit: 1,
      out: expect.stringContaining("link 3 is not one that the grant's ledger wrote"),
    });
  });
});

describe("exporting", () => {
  const exports = (lines: readonly string[]) =>
    standIn(undefined, ({ path }) => (path.startsWith("/api/v1/audit/export") ? { status: 200, lines } : undefined));

  test("prints every line as it came", async () => {
    const { lines } = await trail("grt_a");
    const at = await exports(lines);
    const { exit, out, err } = await grantgate("audit export --grant grt_a --from 24h", { at });
    expect({ exit, out }).toEqual({ exit: 0, out: `${lines.join("\n")}\n` });
    expect(err).toContain("3 records");
    expect(at.seen[0]?.path).toBe("/api/v1/audit/export?grant=grt_a&from=2026-11-20T12%3A00%3A00.000Z");
  });

  test("writes a file that is there only when it is whole, for its owner alone", async () => {
    const { lines } = await trail("grt_a");
    const root = folder();
    await grantgate("audit export --out x.ndjson", { at: await exports(lines), root });
    expect(readFileSync(join(root, "x.ndjson"), "utf8")).toBe(`${lines.join("\n")}\n`);
    if (process.platform !== "win32") expect(statSync(join(root, "x.ndjson")).mode & 0o777).toBe(0o600);
    const broken = await standIn(() => ({ detail: "no" }));
    writeFileSync(join(root, "y.ndjson"), "kept");
    expect(await grantgate("audit export --out y.ndjson", { at: broken, root })).toMatchObject({ exit: 1 });
    expect(readFileSync(join(root, "y.ndjson"), "utf8")).toBe("kept");
  });

  test("finds the lines wherever the pieces of an answer end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary" })), fc.array(fc.nat(20)), async (texts, cuts) => {
        const expected = texts.map((text) => text.replaceAll("\n", "")).filter((text) => text !== "");
        const whole = expected.map((text) => `${text}\n`).join("");
        const pieces: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(whole.slice(at, at + cut));
          at += cut;
        }
        pieces.push(whole.slice(at));
        const found: string[] = [];
        for await (const line of split(
          (async function* () {
            yield* pieces;
          })(),
        )) {
          found.push(line);
        }
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe("following", () => {
  const record = (id: string): AuditRecord => ({
    id,
    time: "2026-11-21T12:00:00.000Z",
    grant: { id: "grt_1", label: "ci" },
    server: "s",
    method: "tools/call",
    tool: "pay",
    effect: "deny",
    rule: "/tools/pay/deny_if/0",
  });

  /** Runs through the answers, one a look, and gives what was shown and asked. */
  async function followed(answers: readonly (readonly string[] | Error)[], last: readonly string[] = []) {
    const shown: string[] = [];
    const asked: string[] = [];
    const away: (string | undefined)[] = [];
    const rest = [...answers];
    let mark = 0;
    const settings: Follow = {
      news: async (after) => {
        asked.push(after);
        if (after === "now") return { items: [], after: "m0" };
        const next = rest.shift() ?? [];
        if (next instanceof Error) throw next;
        return { items: next.map(record), after: `m${++mark}` };
      },
      last: async () => last.map(record),
      show: ({ id }) => shown.push(id),
      away: (failure) => away.push(failure?.message),
      pause: async () => rest.length > 0,
    };
    await follow(settings);
    return { shown, asked, away };
  }

  test("begins with what there was last, and goes on from where it was, nothing twice", async () => {
    expect(await followed([["c", "d"], [], ["e"]], ["a", "b", "c"])).toMatchObject({
      shown: ["a", "b", "c", "d", "e"],
      asked: ["now", "m0", "m1", "m2"],
    });
  });

  test("waits for a gateway that is away, says so once, and leaves nothing out", async () => {
    const gone = unreachable("No gateway answers.");
    expect(await followed([["a"], gone, gone, ["b"]])).toEqual({
      shown: ["a", "b"],
      asked: ["now", "m0", "m1", "m1", "m1"],
      away: ["No gateway answers.", undefined],
    });
  });

  test("ends when the gateway says no", async () => {
    await expect(followed([found("not your role")])).rejects.toThrow("not your role");
  });

  test("shows a record as one line, whatever it holds", () => {
    const evil = { ...record("x"), tool: "a\n\u001b[2Jb", grant: { id: "g", label: "x".repeat(40) } };
    const line = auditLine(evil, { paint: (_, text) => text, width: 100 });
    expect(line).toContain("a \\u001b[2Jb");
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line).toContain("deny");
  });
});

describe("listing", () => {
  test("is a table for people, newest first as the gateway gives it", async () => {
    const { lines } = await trail("grt_a");
    const items = lines.map((line) => JSON.parse(line)).reverse();
    const at = await standIn(undefined, () => ({ status: 200, body: { items, next: null } }));
    const { out } = await grantgate("audit list --effect deny --limit 3", { at });
    expect(out.split("\n").slice(0, 4)).toEqual([
      "TIME                  GRANT  TOOL  EFFECT  RULE                  MS",
      "2026-11-21 12:00:00Z  ci     pay   allow",
      "2026-11-21 12:00:00Z  ci     pay   deny    /tools/pay/deny_if/0",
      "2026-11-21 12:00:00Z  ci     pay   allow                         12.5",
    ]);
    expect(at.seen[0]?.path).toBe("/api/v1/audit?effect=deny&limit=3");
  });

  test("fits a narrow screen, without what can be spared", async () => {
    const { lines } = await trail("grt_a");
    const items = lines.map((line) => JSON.parse(line));
    const at = await standIn(undefined, () => ({ status: 200, body: { items, next: null } }));
    const { out } = await grantgate("audit list", { at, terminal: screen({ width: 60 }) });
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(out).toMatch(/^TIME +GRANT +TOOL +EFFECT +RULE\n/);
  });

  test("changes tells who did what, and what it changed", async () => {
    const operator = { id: "opr_1", name: "Ada", role: "admin" };
    const change = {
      id: 1,
      time: "2026-11-21T12:00:00.000Z",
      operator,
      action: "grant.update",
      target: "grant:grt_1",
      message: null,
      before: { label: "ci", tags: [], server: "s" },
      after: { label: "laptop", tags: ["net", "prod"], server: "s" },
    };
    const at = await standIn(undefined, () => ({ status: 200, body: { items: [change], next: null } }));
    const { out } = await grantgate("audit changes --action grant.update", { at });
    expect(out).toContain(
      '2026-11-21 12:00:00Z  Ada (admin)  grant.update  grant:grt_1  label: "ci" → "laptop", tags: none → net, prod\n',
    );
    // Five columns with an id do not fit here: a line for each of them instead.
    const narrow = await grantgate("audit changes", { at, terminal: screen({ width: 60 }) });
    expect(narrow.out).toContain("OPERATOR  Ada (admin)\nACTION    grant.update\nTARGET    grant:grt_1\n");
  });

  test.each([
    [{ before: null, after: { label: "l" } }, ""],
    [{ before: { version: "a".repeat(64) }, after: { version: "b".repeat(64) } }, "version: aaaaaaaa → bbbbbbbb"],
    [{ before: { expiresAt: null }, after: { expiresAt: "2027-01-31" } }, 'expiresAt: none → "2027-01-31"'],
    [{ before: { credential: {} }, after: { credential: { headers: {} } } }, "credential changed"],
    [{ before: { label: "x".repeat(60) }, after: { label: "y" } }, "label changed"],
    [{ before: { tokens: [] }, after: { tokens: [{ createdAt: "t" }] } }, "tokens changed"],
  ])("tells %j in a line", (change, line) => {
    expect(changeText(change)).toBe(line);
  });

  test.each(["yesterday", "1w", "2026-11-21", "999999999d"])("refuses --from %s", async (from) => {
    expect(await grantgate(["audit", "list", "--from", from], { at: await standIn() })).toMatchObject({ exit: 2 });
  });
});
