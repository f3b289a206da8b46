/** What sights of a tool, in any order, make of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted, type Sighted, sighted, stateOf } from "../../../src/tools/pins/sighting.ts";

const hashes = fc.constantFrom("a", "b", "c");

function seen(order: readonly string[], known?: Sighted): Sighted {
  const about = { name: "t", pinsNew: true, follows: false };
  return order.reduce<Sighted | undefined>(
    (before, hash, now) => sighted(before, { ...about, hash, now }),
    known,
  ) as Sighted;
}

describe("a tool that was pinned", () => {
  it("stands as pinned exactly as long as each sight was the first one's", () => {
    fc.assert(
      fc.property(fc.array(hashes, { minLength: 1 }), (order) => {
        const state = stateOf(seen(order));
        expect(state).toBe(order.every((hash) => hash === order[0]) ? "pinned" : "changed");
      }),
    );
  });

  it("has the first definition pinned and the last one listed, whatever came between", () => {
    fc.assert(
      fc.property(fc.array(hashes, { minLength: 1 }), (order) => {
        expect(seen(order)).toMatchObject({ pinned: order[0], listed: order.at(-1) });
      }),
    );
  });

  it("is the very same object after a sight that says nothing new", () => {
    const known = seen(["a"]);
    expect(sighted(known, { name: "t", hash: "a", now: 9, pinsNew: false, follows: false })).toBe(known);
  });

  it("is held since the first sight that differed", () => {
    expect(seen(["a", "a", "b", "c", "a"]).driftedAt).toBe(2);
  });
});

describe("a tool that came later", () => {
  const later = sighted(undefined, { name: "t", hash: "a", now: 5, pinsNew: false, follows: false });

  it("is new, however often it is listed", () => {
    expect(stateOf(later)).toBe("new");
    expect(stateOf(seen(["a", "a"], later))).toBe("new");
  });
});

describe("an acceptance", () => {
  it("frees a tool only where it is of the definition that is listed", () => {
    fc.assert(
      fc.property(fc.array(hashes, { minLength: 1 }), hashes, (order, hash) => {
        const before = seen(order);
        const after = accepted(before, hash, 99);
        if (hash === order.at(-1)) expect(after).toMatchObject({ pinned: hash, driftedAt: null });
        else if (hash === order[0]) expect(after).toMatchObject({ pinned: hash, driftedAt: before.driftedAt });
        else expect(after).toBeNull();
      }),
    );
  });
});
