import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { usedOf } from "../../../src/ledger/counter.ts";
import { advance, type Counters, noCounters } from "../../../src/ledger/counters.ts";
import type { Demand } from "../../../src/ledger/demand.ts";
import { jointly, partsOf, type ServerSide, sharedOf } from "../../../src/ledger/joint.ts";
import { check, giveBack, type Taken, take } from "../../../src/ledger/take.ts";
import { demand, NOON, stored, UNIT } from "./given.ts";

const own = (over: Partial<Demand> = {}) => demand({ counter: "own", ...over });
const shared = (over: Partial<Demand> = {}) => demand({ counter: "shared", scope: "server", ...over });

function atNoon(): Counters {
  const counters = noCounters();
  advance(counters, NOON);
  return counters;
}

/** A server's ledger that is at hand. */
function near(counters: Counters): ServerSide {
  return {
    take: async (demands) => take(counters, demands),
    check: async (demands) => check(counters, demands),
  };
}

const unreachable: ServerSide = {
  take: () => Promise.reject(new Error("unreachable")),
  check: () => Promise.reject(new Error("unreachable")),
};

function ask(mine: Counters, server: ServerSide, ...demands: Demand[]) {
  const parts = partsOf(demands);
  if (parts === null) throw new Error("nothing of this is shared");
  return jointly(take(mine, parts.own.demands), parts, server);
}

describe("a call over two ledgers", () => {
  it("is none when all counters are the grant's own", () => {
    expect(partsOf([own(), own({ scope: "session" })])).toBeNull();
  });

  it("tells what every demand found, in the order of the demands", async () => {
    const outcome = await ask(
      atNoon(),
      near(atNoon()),
      shared({ counter: "a" }),
      own({ counter: "b" }),
      shared({ counter: "c", amount: 2n * UNIT }),
      own({ counter: "d", scope: "session" }),
    );
    expect(outcome).toMatchObject({
      kind: "taken",
      counts: [{ counter: "a" }, { counter: "b" }, { counter: "c", used: 2n * UNIT }, { counter: "d" }],
    });
    if (outcome.kind !== "taken") throw new Error("there was room");
    expect(sharedOf(outcome.taken).map(({ identity }) => identity)).toEqual([
      '["server","a","day","calendar"]',
      '["server","c","day","calendar"]',
    ]);
  });

  it("names the first of several limits that refuse, whichever ledger keeps it", async () => {
    const [mine, theirs] = [atNoon(), atNoon()];
    take(mine, [own({ counter: "b", amount: 3n * UNIT })]);
    take(theirs, [shared({ counter: "c", amount: 3n * UNIT })]);
    const [a, b, c, d] = [
      shared({ counter: "a" }),
      own({ counter: "b" }),
      shared({ counter: "c" }),
      own({ counter: "d" }),
    ];
    expect(await ask(mine, near(theirs), a, b, c, d)).toMatchObject({ kind: "limited", demand: 1 });
    expect(await ask(mine, near(theirs), a, c, b, d)).toMatchObject({ kind: "limited", demand: 1 });
    expect(await ask(mine, near(theirs), d, c, a)).toMatchObject({ kind: "limited", demand: 1 });
    expect(await ask(mine, near(theirs), c, d, a, b)).toMatchObject({ kind: "limited", demand: 0 });
    expect(usedOf(theirs.running.get('["server","a","day","calendar"]'), NOON)).toBe(0n);
  });

  it("holds a demand to the sum of all on its counter, those behind a limit of the grant too", async () => {
    const mine = atNoon();
    take(mine, [own({ amount: 3n * UNIT })]);
    const two = shared({ amount: 2n * UNIT });
    expect(await ask(mine, near(atNoon()), two, own(), two)).toMatchObject({ kind: "limited", demand: 0, used: 0n });
  });

  it("fails when the server's ledger can't be reached", async () => {
    expect(await ask(atNoon(), unreachable, own(), shared())).toMatchObject({ kind: "failed" });
  });

  it("that the grant's own limit refuses is limited, whether or not the server's ledger can say more", async () => {
    const mine = atNoon();
    take(mine, [own({ amount: 3n * UNIT })]);
    expect(await ask(mine, unreachable, shared(), own())).toMatchObject({ kind: "limited", demand: 1 });
  });

  it("that the grant's own limit refuses asks the server's ledger only where that could refuse before", async () => {
    const mine = atNoon();
    take(mine, [own({ amount: 3n * UNIT })]);
    const asked: string[] = [];
    const server: ServerSide = {
      take: () => Promise.reject(new Error("not to be asked")),
      check: async ([demand]) => {
        asked.push(demand?.counter ?? "");
        return null;
      },
    };
    await ask(mine, server, own(), shared({ counter: "after" }));
    await ask(mine, server, shared({ counter: "first" }), own(), shared({ counter: "after" }));
    await ask(mine, server, own({ counter: "fits" }), shared({ counter: "second" }), own());
    expect(asked).toEqual(["first", "second"]);
  });

  it("that failed at the grant's own ledger fails for that reason, and the server's is not asked", async () => {
    const parts = partsOf([own(), shared()]);
    if (parts === null) throw new Error("one of them is shared");
    const theirs = atNoon();
    const mine = { kind: "failed", cause: new Error("out of order") } as const;
    expect(await jointly(mine, parts, near(theirs))).toBe(mine);
    expect(theirs.running.size).toBe(0);
  });

  it("fails when the server's ledger refuses what it was not asked", async () => {
    const confused: ServerSide = {
      ...unreachable,
      take: async () => ({ kind: "limited", demand: 7, used: 0n, max: 0n, resetAt: NOON, retryAfterMs: 0 }),
    };
    expect(await ask(atNoon(), confused, own(), shared())).toEqual({
      kind: "failed",
      cause: new RangeError("no demand of the call refuses"),
    });
  });
});

/** A crash of the object that a turn ran in. */
class Crash extends Error {}

type Row = { readonly taken: readonly Taken[]; open: boolean };

/** A ledger's object as the platform runs it: what is not written is lost with it, and its clock with its machine's. */
function object(wait: (label: string) => Promise<void>) {
  let life = 0;
  let disk = { counters: stored(noCounters()), rows: new Map<number, Row>() };
  const self = {
    counters: stored(disk.counters),
    rows: new Map<number, Row>(),
    /** Resolves when storage holds what memory held when this was called. */
    async durable(): Promise<void> {
      const mine = life;
      await wait("commit");
      if (mine !== life) throw new Crash("crashed before the commit");
      disk = { counters: stored(self.counters), rows: structuredClone(self.rows) };
    },
    /** Fails when the object has crashed since, as everything does that an object has begun. */
    async during<T>(turn: Promise<T>): Promise<T> {
      const mine = life;
      const value = await turn;
      if (mine !== life) throw new Crash("crashed meanwhile");
      return value;
    },
    crash(): void {
      life++;
      self.counters = stored(disk.counters);
      self.rows = structuredClone(disk.rows);
    },
  };
  return self;
}

type Ledger = ReturnType<typeof object>;

describe("whatever overlaps, crashes or goes back", () => {
  const limits: readonly Demand[] = [
    own({ max: 3n * UNIT }),
    own({ counter: "rolling", align: "rolling", window: "minute", max: 4n * UNIT }),
    own({ counter: "of a session", scope: "session", max: 2n * UNIT }),
    shared({ max: 5n * UNIT }),
    shared({ counter: "rolling", align: "rolling", window: "hour", max: 4n * UNIT }),
    shared({ counter: "amounts", window: "minute", max: UNIT, amount: 300_000n }),
  ];
  const action = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("call" as const),
        grant: fc.nat(1),
        limits: fc.uniqueArray(fc.nat(limits.length - 1), { minLength: 1, maxLength: 4 }),
        session: fc.constantFrom(null, "s"),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), call: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), object: fc.nat(2) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("clock" as const), by: fc.integer({ min: -90_000, max: 90_000 }) }),
    },
  );

  it("no counter ever holds less than what ran, or more than its limit", { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(action, { minLength: 10, maxLength: 60, size: "max" }),
      async (scheduler, actions) => {
        const wait = (label: string) => scheduler.schedule(Promise.resolve(), label);
        let machine = NOON;
        const server = object(wait);
        const grants = [object(wait), object(wait)] as const;
        /** Calls that were answered, so that they ran, unless they were found not to have. */
        const ran: { grant: Ledger; seq: number; taken: readonly Taken[] }[] = [];
        let seqs = 0;

        const serverSide: ServerSide = {
          async take(demands) {
            await wait("to the server's ledger");
            advance(server.counters, machine);
            const outcome = take(server.counters, demands);
            await server.during(server.durable());
            await wait("from the server's ledger");
            return outcome;
          },
          async check(demands) {
            await wait("to the server's ledger");
            advance(server.counters, machine);
            return check(server.counters, demands);
          },
        };

        async function call(grant: Ledger, demands: readonly Demand[], session: string | null): Promise<void> {
          advance(grant.counters, machine);
          const parts = partsOf(demands);
          const mine = take(grant.counters, parts?.own.demands ?? demands, session);
          const outcome = parts === null ? mine : await grant.during(jointly(mine, parts, serverSide));
          if (outcome.kind !== "taken" && mine.kind === "taken") giveBack(grant.counters, mine.taken);
          const seq = ++seqs;
          if (outcome.kind === "taken") grant.rows.set(seq, { taken: outcome.taken, open: true });
          await grant.durable();
          if (outcome.kind === "taken") ran.push({ grant, seq, taken: outcome.taken });
        }

        async function settle(nth: number): Promise<void> {
          const one = ran[nth % ran.length];
          const row = one?.grant.rows.get(one.seq);
          if (one === undefined || row === undefined || !row.open) return;
          if (ran.includes(one)) ran.splice(ran.indexOf(one), 1);
          row.open = false;
          advance(one.grant.counters, machine);
          giveBack(one.grant.counters, row.taken);
          await one.grant.durable();
          await wait("to the server's ledger");
          advance(server.counters, machine);
          giveBack(server.counters, sharedOf(row.taken));
          await server.durable();
        }

        function expectExact(): void {
          for (const ledger of [server, ...grants]) {
            const sums = new Map<string, bigint>();
            for (const { grant, taken } of ran) {
              for (const { identity, start, amount } of taken) {
                const isHere = identity.startsWith('["server"') ? ledger === server : ledger === grant;
                const counter = ledger.counters.running.get(identity);
                const length = { minute: 60_000, hour: 3_600_000 }[String(counter?.window)] ?? 0;
                const counts =
                  counter?.align === "rolling" ? start + length > ledger.counters.clock : start === counter?.start;
                if (isHere && counts) sums.set(identity, (sums.get(identity) ?? 0n) + amount);
              }
            }
            for (const [identity, counter] of ledger.counters.running) {
              const used = usedOf(counter, ledger.counters.clock);
              if (counter.end > ledger.counters.clock) expect(used).toBeGreaterThanOrEqual(sums.get(identity) ?? 0n);
              expect(used).toBeLessThanOrEqual(counter.max);
            }
          }
        }

        async function perform(one: (typeof actions)[number]): Promise<void> {
          await wait(one.kind);
          switch (one.kind) {
            case "call": {
              const demands = one.limits.map((nth) => limits[nth]).filter((limit) => limit !== undefined);
              await call(grants[one.grant] ?? grants[0], demands, one.session);
              break;
            }
            case "settle":
              await settle(one.call);
              break;
            case "crash":
              ([server, ...grants][one.object] ?? server).crash();
              break;
            case "clock":
              machine += one.by;
          }
          expectExact();
        }

        const all = Promise.all(
          actions.map((one) =>
            perform(one).catch((error: unknown) => {
              if (!(error instanceof Crash)) throw error;
            }),
          ),
        );
        await scheduler.waitIdle();
        await all;
        expectExact();
      },
    );
    await fc.assert(property, { numRuns: 1_500 });
  });
});
