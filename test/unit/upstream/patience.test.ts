import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Patience } from "../../../src/upstream/patience.ts";

const NEVER = new Promise<string>(() => {});

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** What a wait has come to so far. */
function watched(promise: Promise<unknown>): { readonly said: unknown[] } {
  const said: unknown[] = [];
  promise.then(
    (value) => said.push(value),
    (error: unknown) => said.push(error),
  );
  return { said };
}

describe("patience", () => {
  it("gives what comes in time, and what fails", async () => {
    const patience = new Patience(100);
    expect(await patience.wait(Promise.resolve("a"))).toBe("a");
    await expect(patience.wait(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  it("ends exactly then, and may be had again for the same thing", async () => {
    const patience = new Patience(100);
    for (let round = 0; round < 3; round++) {
      const { said } = watched(patience.wait(NEVER));
      await vi.advanceTimersByTimeAsync(99);
      expect(said).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(said).toEqual(["late"]);
    }
  });

  it("is counted anew for each thing, with one timer for all of them", async () => {
    const patience = new Patience(100);
    const set = vi.spyOn(globalThis, "setTimeout");
    for (let piece = 0; piece < 50; piece++) {
      const thing = Promise.withResolvers<number>();
      const waiting = patience.wait(thing.promise);
      await vi.advanceTimersByTimeAsync(7);
      thing.resolve(piece);
      expect(await waiting).toBe(piece);
    }
    expect(set.mock.calls.length).toBeLessThan(8);
    const { said } = watched(patience.wait(NEVER));
    await vi.advanceTimersByTimeAsync(99);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(said).toEqual(["late"]);
  });

  it("leaves no timer behind when it is over, nor where nothing is waited for", async () => {
    const patience = new Patience(100);
    await patience.wait(Promise.resolve());
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
    await patience.wait(Promise.resolve());
    patience.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins anew when the clock is set back, and never lasts longer than that", async () => {
    const patience = new Patience(100);
    const { said } = watched(patience.wait(NEVER));
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(100);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(said).toEqual(["late"]);
  });
});
