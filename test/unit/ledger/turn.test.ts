import { describe, expect, it } from "vitest";
import { isEmpty, newBatch } from "../../../src/ledger/batch.ts";
import { usedOf } from "../../../src/ledger/counter.ts";
import { advance, noCounters } from "../../../src/ledger/counters.ts";
import type { OpenRow } from "../../../src/ledger/journal.ts";
import { knownOpen } from "../../../src/ledger/open-here.ts";
import type { JournalEntry, Settlement, TakeRequest } from "../../../src/ledger/protocol.ts";
import type { Taken } from "../../../src/ledger/take.ts";
import { close, type Memory, record, takeOwn, undo } from "../../../src/ledger/turn.ts";
import { demand, GRANT, NOON, UNIT } from "./given.ts";

const ENTRY: JournalEntry = { request: "r1", method: "tools/call", era: "legacy", effect: "allow" };
const IDENTITY = '["grant","calls","day","calendar"]';

function request(over: Partial<TakeRequest> = {}): TakeRequest {
  return { policyVersion: "v1", serverVersion: "s1", demands: [demand()], entry: ENTRY, settlements: [], ...over };
}

/** What a ledger remembers that gave out 7 as its last number, and 9 as its last link. */
function memory(): Memory {
  const counters = noCounters();
  advance(counters, NOON);
  return { counters, batch: newBatch(), open: new Map(), lastSeq: 7, lastLink: 9 };
}

function used({ counters }: Memory): bigint {
  return usedOf(counters.running.get(IDENTITY), NOON);
}

describe("a turn that takes", () => {
  it("notes for the next write that counters changed", () => {
    const mine = memory();
    expect(takeOwn(mine, [demand()], request())).toMatchObject({ kind: "taken", counts: [{ used: UNIT }] });
    expect(mine.batch.countersChanged).toBe(true);
  });

  it("notes nothing where nothing is asked", () => {
    const mine = memory();
    expect(takeOwn(mine, [], request())).toEqual({ kind: "taken", taken: [], counts: [] });
    expect(isEmpty(mine.batch)).toBe(true);
  });

  it("notes nothing where a limit refuses", () => {
    const mine = memory();
    expect(takeOwn(mine, [demand({ amount: 4n * UNIT })], request())).toMatchObject({ kind: "limited", demand: 0 });
    expect(isEmpty(mine.batch)).toBe(true);
  });

  it("takes for the session that the call is of, and for the grant where it is of none", () => {
    const mine = memory();
    takeOwn(mine, [demand({ scope: "session" })], request({ session: "d1" }));
    takeOwn(mine, [demand({ scope: "session" })], request());
    expect([...mine.counters.running.keys()]).toEqual(['["session","calls","day","calendar","d1"]', IDENTITY]);
  });

  it("fails, and takes nothing, where a demand makes no sense", () => {
    const mine = memory();
    const outcome = takeOwn(mine, [demand(), demand({ counter: "b", amount: -1n })], request());
    expect(outcome).toEqual({ kind: "failed", cause: new RangeError("a call can't take a negative amount") });
    expect(used(mine)).toBe(0n);
  });
});

describe("a turn that undoes", () => {
  it("puts back what was taken, and notes that", () => {
    const mine = memory();
    const outcome = takeOwn(mine, [demand()], request());
    mine.batch = newBatch();
    undo(mine, outcome);
    expect(used(mine)).toBe(0n);
    expect(mine.batch.countersChanged).toBe(true);
  });

  it("does nothing where nothing was taken", () => {
    const mine = memory();
    undo(mine, { kind: "taken", taken: [], counts: [] });
    undo(mine, { kind: "failed", cause: null });
    expect(isEmpty(mine.batch)).toBe(true);
  });
});

describe("a turn that journals", () => {
  it("gives the call the next number and the next link, and keeps what can be given back", () => {
    const mine = memory();
    const outcome = takeOwn(mine, [demand()], request());
    expect(record(mine, GRANT, request(), outcome)).toEqual({ kind: "ok", seq: 8, at: NOON });
    const taken = [{ identity: IDENTITY, start: Date.parse("2026-11-20T00:00:00Z"), amount: UNIT }];
    expect(mine.batch.rows).toEqual([{ seq: 8, link: 10, at: NOON, text: expect.any(String), taken }]);
    expect(JSON.parse(mine.batch.rows[0]?.text ?? "")).toMatchObject({ at: NOON, grant: "g1", effect: "allow" });
    expect([mine.lastSeq, mine.lastLink]).toEqual([8, 10]);
  });

  it("remembers what it journalled and is open, until that closes", () => {
    const mine = memory();
    const taken = takeOwn(mine, [demand()], request());
    record(mine, GRANT, request(), taken);
    const denied = request({ entry: { ...ENTRY, effect: "deny" } });
    record(mine, GRANT, denied, takeOwn(mine, [], denied));
    expect([...mine.open.keys()]).toEqual([8]);
    const { rows } = knownOpen(mine.open, [8], NOON);
    expect(close(mine, [{ seq: 8, status: null, latencyMs: 1, giveBack: true }], rows)).toMatchObject([
      { amount: UNIT },
    ]);
    expect(mine.open.size).toBe(0);
  });

  it("expects no end of a call that was denied, though what looks cost units", () => {
    const mine = memory();
    const denied = request({ entry: { ...ENTRY, effect: "deny" } });
    record(mine, GRANT, denied, takeOwn(mine, [demand()], denied));
    expect(mine.batch.rows[0]?.taken).toBeNull();
  });

  it("says which limit refused and what time it is for the ledger, and journals that", () => {
    const mine = memory();
    const outcome = takeOwn(mine, [demand({ amount: 4n * UNIT })], request());
    expect(record(mine, GRANT, request(), outcome)).toMatchObject({ kind: "limited", demand: 0, at: NOON });
    expect(mine.batch.rows).toMatchObject([{ seq: 8, taken: null }]);
    expect(JSON.parse(mine.batch.rows[0]?.text ?? "").effect).toBe("limit");
  });

  it("says why a call could not be decided, and journals that it was denied", () => {
    const mine = memory();
    const cause = new Error("unreachable");
    expect(record(mine, GRANT, request(), { kind: "failed", cause })).toEqual({ kind: "failed", cause });
    expect(mine.batch.rows).toMatchObject([{ seq: 8, taken: null }]);
  });

  it("leaves no trace of a look, and gives it no number", () => {
    const mine = memory();
    const look = request({ entry: null, demands: [] });
    expect(record(mine, GRANT, look, takeOwn(mine, [], look))).toEqual({ kind: "ok", seq: null, at: NOON });
    expect(isEmpty(mine.batch)).toBe(true);
    expect([mine.lastSeq, mine.lastLink]).toEqual([7, 9]);
  });
});

describe("a turn that closes", () => {
  const ended: Settlement = { seq: 5, status: 200, latencyMs: 12, giveBack: false };
  const unsent: Settlement = { seq: 5, status: null, latencyMs: 1, giveBack: true };

  function open(taken: readonly Taken[], over: Partial<OpenRow> = {}): ReadonlyMap<number, OpenRow> {
    return new Map([[5, { seq: 5, link: 6, taken, ...over }]]);
  }

  /** A ledger with one unit taken, and what was taken. */
  function having() {
    const mine = memory();
    const outcome = takeOwn(mine, [demand()], request());
    if (outcome.kind !== "taken") throw new Error("there was room");
    mine.batch = newBatch();
    return { mine, taken: outcome.taken };
  }

  it("gives the ending the next link, and keeps the units of a call that ran", () => {
    const { mine, taken } = having();
    expect(close(mine, [ended], open(taken))).toEqual([]);
    const ending = { link: 10, text: `{"at":${NOON},"latencyMs":12,"status":200}` };
    expect([...mine.batch.ends]).toEqual([[5, { seq: 5, ending }]]);
    expect(mine.batch.countersChanged).toBe(false);
    expect(used(mine)).toBe(UNIT);
    expect(mine.lastLink).toBe(10);
  });

  it("gives back the units of a call that did not run, and says so", () => {
    const { mine, taken } = having();
    expect(close(mine, [unsent], open(taken))).toEqual(taken);
    expect(used(mine)).toBe(0n);
    expect(mine.batch.countersChanged).toBe(true);
    expect(JSON.parse(mine.batch.ends.get(5)?.ending?.text ?? "").gaveBack).toBe(true);
  });

  it("returns what is the server's to give back, and says that units went back", () => {
    const mine = memory();
    const taken = [{ identity: '["server","calls","day","calendar"]', start: 0, amount: UNIT }];
    expect(close(mine, [unsent], open(taken))).toEqual(taken);
    expect(mine.batch.countersChanged).toBe(false);
    expect(JSON.parse(mine.batch.ends.get(5)?.ending?.text ?? "").gaveBack).toBe(true);
  });

  it("does not say that units went back whose window has ended", () => {
    const mine = memory();
    close(mine, [unsent], open([{ identity: IDENTITY, start: 0, amount: UNIT }]));
    expect(mine.batch.countersChanged).toBe(false);
    expect(JSON.parse(mine.batch.ends.get(5)?.ending?.text ?? "")).not.toHaveProperty("gaveBack");
  });

  it("closes a row once, however often its end is told", () => {
    const { mine, taken } = having();
    takeOwn(mine, [demand()], request());
    close(mine, [unsent, unsent], open(taken));
    expect(close(mine, [unsent], open(taken))).toEqual([]);
    expect(used(mine)).toBe(UNIT);
    expect([mine.batch.ends.size, mine.lastLink]).toEqual([1, 10]);
  });

  it("knows nothing of a call that is not open", () => {
    const { mine, taken } = having();
    expect(close(mine, [{ ...unsent, seq: 6 }], open(taken))).toEqual([]);
    expect(isEmpty(mine.batch)).toBe(true);
    expect(used(mine)).toBe(UNIT);
  });

  it("gives no link to the end of a row of a time before there were links", () => {
    const { mine, taken } = having();
    close(mine, [ended], open(taken, { link: null }));
    expect([...mine.batch.ends.values()]).toEqual([{ seq: 5, ending: null }]);
    expect(mine.lastLink).toBe(9);
  });
});
