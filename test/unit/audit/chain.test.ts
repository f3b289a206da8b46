import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chained, linkHash, verifyChain } from "../../../src/audit/chain.ts";
import { BEGINNING, hashed, type Place } from "../../../src/audit/link.ts";
import type { Link } from "../../../src/audit/record.ts";

const GRANT = "grt_1";

/** One call for each number: after how many later decisions it ends, or null when it never does. */
type Calls = readonly (number | null)[];

type Chain = { readonly records: readonly Chained[]; readonly head: Place };

/** The chain of calls that end in some order. */
async function chainOf(calls: Calls, grant = GRANT): Promise<Chain> {
  const steps: Omit<Link, "link">[] = [];
  for (let nth = 0; nth < calls.length + 5; nth++) {
    if (nth < calls.length) steps.push({ kind: "decided", seq: nth + 1, text: `{"at":${nth},"tool":"t${nth}"}` });
    for (const [call, wait] of calls.entries()) {
      if (wait !== null && call + wait === nth) {
        steps.push({ kind: "ended", seq: call + 1, text: `{"at":${nth},"status":${200 + call}}` });
      }
    }
  }
  const links = await hashed(
    BEGINNING,
    grant,
    steps.map((step, nth) => ({ ...step, link: nth + 1 })),
  );
  const records = calls.map((_, call) => {
    const [decided, ended] = links.filter(({ seq }) => seq === call + 1);
    if (decided === undefined) throw new Error("every call is decided");
    return {
      grant,
      seq: call + 1,
      record: decided.text,
      link: decided.link,
      hash: decided.hash,
      ending: ended?.text ?? null,
      endLink: ended?.link ?? null,
      endHash: ended?.hash ?? null,
    };
  });
  return { records, head: links.at(-1) ?? BEGINNING };
}

const waits = fc.option(fc.nat(4), { nil: null });
const someCalls = fc.array(waits, { minLength: 3, maxLength: 12 });

const verify = async (records: readonly Chained[], head?: Place, anchor = BEGINNING) =>
  verifyChain(records, anchor, head);

/** What is done to a chain, and whether it says so. */
async function isFound(calls: Calls, change: (records: Chained[]) => readonly Chained[]): Promise<boolean> {
  const { records, head } = await chainOf(calls);
  return (await verify(change([...records]), head)).kind === "broken";
}

describe("a link's hash", () => {
  it("is SHA-256 over six lines", async () => {
    const link: Link = { kind: "ended", link: 7, seq: 3, text: '{"é":1}' };
    const lines = ["f".repeat(64), "7", "grt_9", "3", "ended", '{"é":1}'].join("\n");
    expect(await linkHash("f".repeat(64), "grt_9", link)).toBe(createHash("sha256").update(lines).digest("hex"));
  });
});

describe("a chain", () => {
  it("is whole as it was written, however calls ended, read at once or bit by bit", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(waits, { maxLength: 12 }), async (calls) => {
        const { records, head } = await chainOf(calls);
        const whole = { kind: "whole", records: calls.length, head: { link: head.link, hash: head.hash } };
        expect(await verify(records, head)).toEqual(whole);
        async function* slowly() {
          yield* records;
        }
        expect(await verifyChain(slowly(), BEGINNING)).toEqual(whole);
      }),
    );
  });

  it("may go on behind the head that was asked for", async () => {
    const { records } = await chainOf([0, 0, 0]);
    const [first] = records;
    const head = { link: 1, hash: first?.hash ?? "" };
    expect((await verify(records, head)).kind).toBe("whole");
    expect(await verify(records, { link: 1, hash: "e".repeat(64) })).toEqual({
      kind: "broken",
      link: 1,
      reason: "link 1 is not the one that the grant's ledger wrote",
    });
  });
});

describe("it is found", () => {
  const at = fc.nat();
  const pick = (records: readonly Chained[], nth: number) => nth % records.length;

  it("that a record is missing, wherever it was", async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, at, (calls, nth) =>
        isFound(calls, (records) => records.toSpliced(pick(records, nth), 1)),
      ),
    );
  });

  it("that an ending is missing", async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, at, async (calls, nth) => {
        const place = nth % calls.length;
        fc.pre(calls[place] !== null);
        return isFound(calls, (records) =>
          records.map((record, own) =>
            own === place ? { ...record, ending: null, endLink: null, endHash: null } : record,
          ),
        );
      }),
    );
  });

  it("that a record is there twice, as it is or under another number", async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, at, at, fc.boolean(), (calls, nth, to, renumbered) =>
        isFound(calls, (records) => {
          const place = pick(records, nth);
          const twin = records[place];
          if (twin === undefined) return records;
          if (!renumbered) return records.toSpliced(to % (records.length + 1), 0, twin);
          return [...records, { ...twin, seq: records.length + 1 }];
        }),
      ),
    );
  });

  it("that two records changed places, or what they say did", async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, at, at, fc.boolean(), async (calls, a, b, onlyTexts) => {
        const [one, other] = [a % calls.length, b % calls.length];
        fc.pre(one !== other);
        return isFound(calls, (records) => {
          const [x, y] = [records[one], records[other]];
          if (x === undefined || y === undefined) return records;
          const [left, right] = onlyTexts
            ? [
                { ...x, record: y.record },
                { ...y, record: x.record },
              ]
            : [y, x];
          return records.with(one, left).with(other, right);
        });
      }),
    );
  });

  it("that anything in a record was changed", async () => {
    const changes: readonly ((record: Chained) => Partial<Chained>)[] = [
      ({ grant }) => ({ grant: `${grant}0` }),
      ({ seq }) => ({ seq: seq + 0.5 }),
      ({ record }) => ({ record: record.replace("tool", "fool") }),
      ({ record }) => ({ record: `${record} ` }),
      ({ link }) => ({ link: link + 1 }),
      ({ link }) => ({ link: link - 1 }),
      ({ hash }) => ({ hash: hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) }),
      ({ ending }) => ({ ending: ending === null ? "{}" : ending.replace("status", "stasis") }),
      ({ endLink }) => ({ endLink: (endLink ?? 0) + 1 }),
      ({ endLink }) => ({ endLink: (endLink ?? 2) - 1 }),
      ({ endHash }) => ({ endHash: endHash === null ? "0" : null }),
    ];
    await fc.assert(
      fc.asyncProperty(someCalls, at, fc.constantFrom(...changes), (calls, nth, change) =>
        isFound(calls, (records) => {
          const place = pick(records, nth);
          const record = records[place];
          return record === undefined ? records : records.with(place, { ...record, ...change(record) });
        }),
      ),
      { numRuns: 300 },
    );
  });

  it("that the end was cut off, when the ledger's head is known", async () => {
    const { records, head } = await chainOf([0, 0, null]);
    expect(await verify(records.slice(0, 2), head)).toEqual({ kind: "broken", link: 5, reason: "link 5 is missing" });
    expect((await verify([], head)).kind).toBe("broken");
  });

  it("that all of it was made anew, when the ledger's head is known", async () => {
    const { head } = await chainOf([0, 0]);
    const { records } = await chainOf([0, null, null]);
    expect((await verify(records)).kind).toBe("whole");
    expect((await verify(records, head)).kind).toBe("broken");
  });
});

describe("the first break is told in words", () => {
  const calls: Calls = [3, 0, 0];

  it.each<[string, (records: readonly Chained[]) => readonly (Chained | undefined)[], number, string]>([
    ["missing", ([a, , c]) => [a, c], 2, "link 2 is missing"],
    [
      "changed",
      ([a, b, c]) => [a, b && { ...b, record: "{}" }, c],
      2,
      "link 2 (record 2) was changed, or the one before it",
    ],
    [
      "ending changed",
      ([a, b, c]) => [a, b && { ...b, ending: "{}" }, c],
      3,
      "link 3 (the ending of record 2) was changed, or the one before it",
    ],
    ["reordered", ([a, b, c]) => [a, c, b], 2, "link 2 is missing"],
    ["reordered at the end", ([a, b, c]) => [b, a, c], 1, "link 1 is missing"],
    ["doubled", ([a, b, c]) => [a, b, b, c], 3, "record 2 is there twice"],
    ["moved back", ([a, b, c]) => [a, b, c, a], 5, "record 1 comes after record 3"],
    ["half an ending", ([a, b, c]) => [a, b && { ...b, endHash: null }, c], 2, "record 2 has half an ending"],
  ])("%s", async (_, change, link, reason) => {
    const { records } = await chainOf(calls);
    const changed = change(records).filter((record) => record !== undefined);
    expect(await verify(changed)).toEqual({ kind: "broken", link, reason });
  });
});

describe("behind an anchor", () => {
  /** What is left when all that lies up to link `link` was let go of. */
  function cut({ records, head }: Chain, link: number, all: ReadonlyMap<number, string>) {
    const left = records.filter((record) => record.link > link || (record.endLink ?? 0) > link);
    return { left, head, anchor: { link, hash: link === 0 ? BEGINNING.hash : (all.get(link) ?? "") } };
  }

  function hashes({ records }: Chain): ReadonlyMap<number, string> {
    return new Map(
      records.flatMap((one) => [[one.link, one.hash] as const, [one.endLink ?? 0, one.endHash ?? ""] as const]),
    );
  }

  it("a chain is whole wherever it was cut, with calls that ended behind the cut", async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, fc.nat(), async (calls, nth) => {
        const chain = await chainOf(calls);
        const { left, anchor, head } = cut(chain, nth % (chain.head.link + 1), hashes(chain));
        expect(await verify(left, head, anchor)).toMatchObject({ kind: "whole", records: left.length });
      }),
    );
  });

  it("what comes first is missed like anything else, and what was let go of may not be there again", async () => {
    const chain = await chainOf([4, 0, 0, 0]);
    const { left, anchor, head } = cut(chain, 3, hashes(chain));
    expect(left.map(({ seq }) => seq)).toEqual([1, 3, 4]);
    expect(await verify(left.slice(1), head, anchor)).toEqual({ kind: "broken", link: 8, reason: "link 8 is missing" });
    expect(await verify(left.toSpliced(1, 1), head, anchor)).toMatchObject({ kind: "broken", link: 4 });
    expect(await verify(chain.records, head, anchor)).toEqual({
      kind: "broken",
      link: 2,
      reason: "record 2 stands before link 4, where the chain begins",
    });
    const forged = { ...left[0], seq: 9, link: 2, endLink: 5, endHash: "0", ending: "{}" };
    expect(await verifyChain([...left, { ...forged, grant: GRANT, record: "{}", hash: "0" }], anchor)).toMatchObject({
      kind: "broken",
      link: 5,
    });
  });
});
