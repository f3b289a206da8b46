import { describe, expect, it } from "vitest";
import type { JournalRow } from "../../../src/ledger/journal.ts";
import { knownOpen, noteOpen, type OpenHere } from "../../../src/ledger/open-here.ts";
import { NOON } from "./given.ts";

const HOUR = 3_600_000;

function row(seq: number, over: Partial<JournalRow> = {}): JournalRow {
  return { seq, link: seq + 10, at: NOON, text: "{}", taken: [], ...over };
}

describe("the calls that were let through a moment ago", () => {
  it("are known as their rows are, without what was decided", () => {
    const open: OpenHere = new Map();
    noteOpen(open, row(1));
    noteOpen(open, row(2, { taken: null }));
    const { rows, unknown } = knownOpen(open, [2, 1, 3], NOON);
    expect([...rows]).toEqual([[1, { seq: 1, link: 11, at: NOON, taken: [] }]]);
    expect(unknown).toEqual([2, 3]);
  });

  it("are known for less than an hour, long before storage lets go of them", () => {
    const open: OpenHere = new Map();
    noteOpen(open, row(1));
    expect(knownOpen(open, [1], NOON + HOUR - 1).unknown).toEqual([]);
    expect(knownOpen(open, [1], NOON + HOUR).unknown).toEqual([1]);
  });

  it("are a thousand at most, the latest", () => {
    const open: OpenHere = new Map();
    for (let seq = 1; seq <= 1_000; seq++) noteOpen(open, row(seq));
    expect(knownOpen(open, [1], NOON).unknown).toEqual([]);
    noteOpen(open, row(1_001));
    expect(open.size).toBe(1_000);
    expect(knownOpen(open, [1, 2, 1_001], NOON).unknown).toEqual([1]);
  });
});
