/** `grantgate grant rotate`: a new token for a grant; the old one ends at once, or after an overlap. */
import { randomUUID } from "node:crypto";
import { openAdmin } from "../admin/client.ts";
import type { Context } from "../context.ts";
import { type ExitCode, usage } from "../failure.ts";
import { newToken } from "../new-token.ts";
import { seconds } from "../time.ts";

export type RotateOptions = { readonly overlap?: string; readonly json?: true };

/** Seconds; the gateway takes no more. */
const LONGEST = 2_592_000;

export async function grantRotate(context: Context, id: string, options: RotateOptions): Promise<ExitCode> {
  const overlap = overlapOf(options.overlap);
  const grant = await openAdmin(context).admin.rotateGrant(id, overlap, randomUUID());
  const old =
    overlap === 0 ? "The token it had is worth nothing any more" : `The token it had ends in ${options.overlap}`;
  newToken(context.terminal, grant, `Grant ${grant.id} (${grant.label}) has a new token. ${old}.`, options);
  return 0;
}

function overlapOf(text = "0s"): number {
  const overlap = seconds(text);
  if (overlap === undefined || overlap > LONGEST) {
    throw usage(`--overlap ${JSON.stringify(text)} is no span of at most 30 days.`, "Write 15m, 1h or 7d.");
  }
  return overlap;
}
