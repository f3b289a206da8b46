/**
 * Follows the audit log as it grows. Time is passed in: `pause` waits, and says whether to go on.
 *
 * A gateway that is away for a moment (a deployment, a network that changes) is waited for; nothing that happened
 * meanwhile is left out, since the mark says how far it was read.
 */
import type { AuditNews, AuditRecord } from "../admin/shapes.ts";
import { Failure } from "../failure.ts";

export type Follow = {
  /** What came after a mark; `now` for the present mark alone. */
  readonly news: (after: string) => Promise<AuditNews>;
  /** The newest records there are, oldest first. */
  readonly last: () => Promise<readonly AuditRecord[]>;
  readonly show: (record: AuditRecord) => void;
  /** Told once when the gateway is away, and once when it is back. */
  readonly away: (failure: Failure | undefined) => void;
  readonly pause: () => Promise<boolean>;
};

export async function follow({ news, last, show, away, pause }: Follow): Promise<void> {
  // The mark first: what comes in between is then shown once too often rather than not at all, and left out below.
  let { after } = await news("now");
  const before = await last();
  for (const record of before) show(record);
  const seen = new Set(before.map(({ id }) => id));
  let isAway = false;
  while (await pause()) {
    const fresh = await attempt(() => news(after));
    if (fresh instanceof Failure) {
      if (!isAway) away(fresh);
      isAway = true;
      continue;
    }
    if (isAway) away(undefined);
    isAway = false;
    after = fresh.after;
    for (const record of fresh.items) if (!seen.delete(record.id)) show(record);
  }
}

async function attempt(ask: () => Promise<AuditNews>): Promise<AuditNews | Failure> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure && error.exit === 3) return error;
    throw error;
  }
}
