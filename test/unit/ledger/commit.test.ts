import { describe, expect, it } from "vitest";
import { groupCommit } from "../../../src/ledger/commit.ts";

/** A store whose commits end when the test says so, and the pauses before its writes when `pause` does. */
function store(pause: () => Promise<void> = () => Promise.resolve()) {
  const memory: string[] = [];
  const written: string[][] = [];
  const busy: PromiseWithResolvers<void>[] = [];
  const durable = groupCommit(
    () => void written.push(memory.splice(0)),
    () => {
      const commit = Promise.withResolvers<void>();
      busy.push(commit);
      return commit.promise;
    },
    pause,
  );
  const change = (text: string) => {
    memory.push(text);
    return durable();
  };
  return { change, written, busy };
}

describe("a group commit", () => {
  it("writes the first change at once", async () => {
    const { change, written } = store();
    await change("a");
    expect(written).toEqual([["a"]]);
  });

  it("writes together what comes while storage is busy, and resolves no sooner", async () => {
    const { change, written, busy } = store();
    await change("a");
    let resolved = 0;
    const waiting = ["b", "c", "d"].map((text) => change(text).then(() => resolved++));
    await Promise.resolve();
    expect([resolved, written.length]).toEqual([0, 1]);
    busy[0]?.resolve();
    await Promise.all(waiting);
    expect(written).toEqual([["a"], ["b", "c", "d"]]);
  });

  it("writes every change once, in order, however they come", async () => {
    const { change, written, busy } = store();
    const waiting: Promise<void>[] = [];
    for (let n = 0; n < 100; n++) {
      waiting.push(change(String(n)));
      if (n % 7 === 0) await Promise.resolve();
      if (n % 11 === 0) busy.at(-1)?.resolve();
    }
    const ended = Promise.all(waiting);
    while ((await Promise.race([ended, Promise.resolve(null)])) === null) busy.at(-1)?.resolve();
    expect(written.flat()).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
    expect(written.length).toBeLessThan(50);
  });

  it("fails every call that waited for a write that failed, and no call after it", async () => {
    let full = true;
    const durable = groupCommit(
      () => {
        if (full) throw new Error("the disk is full");
      },
      () => Promise.resolve(),
      () => Promise.resolve(),
    );
    const ends = await Promise.allSettled([durable(), durable()]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    full = false;
    await expect(durable()).resolves.toBeUndefined();
  });

  it("fails the call that comes after storage did", async () => {
    const { change, written, busy } = store();
    await change("a");
    busy[0]?.reject(new Error("storage is gone"));
    await expect(change("b")).rejects.toThrow("storage is gone");
    expect(written).toEqual([["a"]]);
  });

  it("leaves a failure of storage to nobody, when nobody comes", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", hear);
    const { change, busy } = store();
    await change("a");
    busy[0]?.reject(new Error("storage is gone"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", hear);
    expect(unheard).toEqual([]);
  });

  it("lets a write wait a moment for others where calls overlapped before it, and nowhere else", async () => {
    const pauses: PromiseWithResolvers<void>[] = [];
    const { change, written, busy } = store(() => {
      const pause = Promise.withResolvers<void>();
      pauses.push(pause);
      return pause.promise;
    });
    await change("a");
    busy[0]?.resolve();
    const two = [change("b"), change("c")];
    await Promise.all(two);
    expect([pauses.length, written]).toEqual([0, [["a"], ["b", "c"]]]);
    busy[1]?.resolve();
    const first = change("d");
    await new Promise((resolve) => setImmediate(resolve));
    expect([pauses.length, written.length]).toEqual([1, 2]);
    const second = change("e");
    pauses[0]?.resolve();
    await Promise.all([first, second]);
    busy[2]?.resolve();
    const alone = change("f");
    await new Promise((resolve) => setImmediate(resolve));
    pauses[1]?.resolve();
    await alone;
    busy[3]?.resolve();
    await change("g");
    expect([pauses.length, written.slice(2)]).toEqual([2, [["d", "e"], ["f"], ["g"]]]);
  });
});
