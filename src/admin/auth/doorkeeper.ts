/**
 * Counts failed authentication, one object for each client address: who tries tokens is shut out for a while, at every
 * location at once. A token that is right opens nothing while the door is shut.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../env.ts";

const WINDOW_MS = 60_000;
const MOST_FAILURES = 10;

type Tally = { readonly since: number; readonly failures: number };

export class Doorkeeper extends DurableObject<Env> {
  /** Seconds for which the door stays shut; 0 when it is open. */
  async shutFor(): Promise<number> {
    const tally = this.#tally(Date.now());
    return tally.failures < MOST_FAILURES ? 0 : Math.ceil((tally.since + WINDOW_MS - Date.now()) / 1000);
  }

  /** Counts a failure, and says what `shutFor` would say now. */
  async failed(): Promise<number> {
    const { since, failures } = this.#tally(Date.now());
    if (failures >= MOST_FAILURES) return this.shutFor();
    this.ctx.storage.kv.put("tally", { since, failures: failures + 1 } satisfies Tally);
    await this.ctx.storage.setAlarm(since + WINDOW_MS);
    return this.shutFor();
  }

  /** Nothing is kept of an address that has calmed down. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }

  #tally(now: number): Tally {
    const tally = this.ctx.storage.kv.get<Tally>("tally");
    return tally === undefined || now >= tally.since + WINDOW_MS ? { since: now, failures: 0 } : tally;
  }
}

/** The name of the object for whoever sent the request: one for a whole IPv6 site, since each has 2^64 addresses. */
export function doorOf({ headers }: Request): string {
  const address = headers.get("cf-connecting-ip") ?? "local";
  return address.includes(":") ? `${expanded(address).slice(0, 4).join(":")}::/64` : address;
}

function expanded(address: string): string[] {
  const [before = "", after] = address.split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const gap = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: gap }, () => "0"), ...tail];
}
