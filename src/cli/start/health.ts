/** Whether a gateway answers, and waiting until it does. */
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `/healthz` answers, at most `seconds`. False when it did not, or when nobody waits any more. */
export async function healthy(url: string, seconds: number, givenUp: AbortSignal): Promise<boolean> {
  for (const until = Date.now() + seconds * 1000; Date.now() < until && !givenUp.aborted; await sleep(100)) {
    if (await answers(url)) return true;
  }
  return false;
}

/** Whether a gateway answers at this address. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000), redirect: "manual" });
    return response.ok && (await response.text()).includes('"ok"');
  } catch {
    return false;
  }
}
