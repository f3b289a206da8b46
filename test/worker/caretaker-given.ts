/** What the tests of the caretaker start from: a Worker that can die, and what then stands where. */
import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Env } from "../../src/env.ts";
import { type GrantRecord, readGrant } from "../../src/grant/record.ts";

/** So far ahead that no alarm rings by itself. */
export const NOON = Date.parse("2100-06-01T12:00:00Z");

export const caretaker = () => env.CARETAKER.getByName("caretaker");

/** When it will ring next, or null. */
export function alarmOf(): Promise<number | null> {
  return runInDurableObject(caretaker(), (_, { storage }) => storage.getAlarm());
}

export async function passes(count: number): Promise<void> {
  for (let pass = 0; pass < count; pass++) expect(await runDurableObjectAlarm(caretaker())).toBe(true);
}

/** Grants whose ledgers have not confirmed what the registry holds. */
export async function behind(): Promise<number> {
  const count = await env.GRANTGATE_DB.prepare("SELECT count(*) AS n FROM grants WHERE confirmed < revision").first(
    "n",
  );
  return Number(count);
}

/** What the grant's ledger has stored of it. */
export function storedBy(id: string): Promise<GrantRecord | null> {
  return runInDurableObject(env.GRANT_LEDGER.getByName(id), readStored);
}

function readStored(_: unknown, { storage }: DurableObjectState): GrantRecord | null {
  return storage.kv.get<GrantRecord>("grant") ?? null;
}

const ofEarlierTests = new Set<string>();

/** To be called before each test: ledgers of earlier ones are not looked at any more. */
export async function leaveLedgers(): Promise<void> {
  for (const id of await listDurableObjectIds(env.GRANT_LEDGER)) ofEarlierTests.add(id.toString());
}

async function allStored(): Promise<GrantRecord[]> {
  const ids = (await listDurableObjectIds(env.GRANT_LEDGER)).filter((id) => !ofEarlierTests.has(id.toString()));
  const stored = await Promise.all(ids.map((id) => runInDurableObject(env.GRANT_LEDGER.get(id), readStored)));
  return stored.filter((grant) => grant !== null);
}

/** Fails when a ledger holds what the registry does not know: a grant, a revision, or anything else of a revision. */
export async function expectNothingUnknown(): Promise<void> {
  for (const stored of await allStored()) {
    const known = await readGrant(env.GRANTGATE_DB, stored.id);
    expect(stored.revision).toBeLessThanOrEqual(known?.revision ?? 0);
    if (stored.revision === known?.revision) expect(stored).toEqual(known);
  }
}

/** Fails when a ledger that was ever told of its grant holds anything else than the registry. */
export async function expectAllInForce(): Promise<void> {
  expect(await behind()).toBe(0);
  for (const stored of await allStored()) expect(stored).toEqual(await readGrant(env.GRANTGATE_DB, stored.id));
}

type Fails = "before" | "after";

/**
 * A Worker that dies at its `nth` effect (from 0): before that has happened, or after it has and before the Worker hears
 * of it. What it does from then on fails too.
 */
export function mortal(nth: number, fails: Fails): { readonly env: Env; readonly hasDied: () => boolean } {
  let effects = 0;
  let isDead = false;
  const alive = (): void => {
    if (isDead) throw new Error("the Worker is dead");
  };
  const effect = async <T>(work: () => Promise<T>): Promise<T> => {
    alive();
    const isLast = effects++ === nth;
    if (isLast && fails === "before") isDead = true;
    alive();
    const done = await work();
    if (isLast) isDead = true;
    alive();
    return done;
  };
  const statement = (inner: D1PreparedStatement): D1PreparedStatement => {
    const { bind, run } = inner;
    inner.bind = (...values) => statement(bind.apply(inner, values));
    inner.run = ((): Promise<D1Result> => effect(() => run.call(inner))) as typeof run;
    return inner;
  };
  const GRANTGATE_DB = over(env.GRANTGATE_DB, {
    prepare: (query: string) => {
      alive();
      return statement(env.GRANTGATE_DB.prepare(query));
    },
    batch: (statements: D1PreparedStatement[]) => effect(() => env.GRANTGATE_DB.batch(statements)),
  });
  const GRANTGATE_KV = over(env.GRANTGATE_KV, {
    put: (key: string, value: string) => effect(() => env.GRANTGATE_KV.put(key, value)),
    delete: (key: string) => effect(() => env.GRANTGATE_KV.delete(key)),
  });
  const GRANT_LEDGER = over(env.GRANT_LEDGER, {
    getByName: (id: string) => ({
      put: (grant: GrantRecord) => effect(async () => env.GRANT_LEDGER.getByName(id).put(grant)),
    }),
  });
  return { env: { ...env, GRANTGATE_DB, GRANTGATE_KV, GRANT_LEDGER }, hasDied: () => isDead };
}

/** The same, with some of its members replaced. */
export function over<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(inner, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value = Reflect.get(inner, key);
      return typeof value === "function" ? value.bind(inner) : value;
    },
  });
}

/** Lets the caretaker itself work in another environment. */
export async function caretakerIn(changed: Partial<Env>): Promise<void> {
  await runInDurableObject(caretaker(), (instance) => {
    Reflect.set(instance, "env", { ...env, ...changed });
  });
}

/** Ledgers of these grants can't be reached. */
export function without(...ids: string[]): Pick<Env, "GRANT_LEDGER"> {
  const broken = { put: () => Promise.reject(new Error("unreachable")) };
  const getByName = (id: string) => (ids.includes(id) ? broken : env.GRANT_LEDGER.getByName(id));
  return { GRANT_LEDGER: over(env.GRANT_LEDGER, { getByName }) };
}
