/** How the caretaker hears of what goes on. Whoever tells it must never fail because it can't be told. */
import type { Env } from "../../env.ts";
import { causeOf, log } from "../../observe/log.ts";
import type { Caretaker } from "./caretaker.ts";

export const HOUR_MS = 3_600_000;

/**
 * Tells the caretaker of a change that is about to be committed. When it can't be told, the change is made all the same:
 * to revoke a grant must never hang on it, and its next pass, within the hour, finds whatever was left.
 */
export async function watchOver(env: Pick<Env, "CARETAKER">): Promise<void> {
  await tell(env, (caretaker) => caretaker.watch());
}

let wokenAt = Number.NEGATIVE_INFINITY;

/**
 * To be called for every request: once an hour, an isolate that is in use tells the caretaker so. Thus passes are made
 * on a gateway that nobody administers, and begin again should an alarm ever be lost.
 */
export function keepAwake(env: Pick<Env, "CARETAKER">, ctx: Pick<ExecutionContext, "waitUntil">): void {
  const now = Date.now();
  if (now - wokenAt < HOUR_MS) return;
  wokenAt = now;
  ctx.waitUntil(tell(env, (caretaker) => caretaker.wake()));
}

async function tell(
  env: Pick<Env, "CARETAKER">,
  telling: (caretaker: DurableObjectStub<Caretaker>) => Promise<void>,
): Promise<void> {
  try {
    await telling(env.CARETAKER.getByName("caretaker"));
  } catch (error) {
    log("error", "caretaker not reached", { step: "watch", cause: causeOf(error) });
  }
}
