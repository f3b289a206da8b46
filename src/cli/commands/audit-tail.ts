/** `grantgate audit tail`: what agents do, as they do it, until Ctrl-C. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditFilter } from "../admin/audit-calls.ts";
import { openAdmin } from "../admin/client.ts";
import type { AuditRecord } from "../admin/shapes.ts";
import { follow } from "../audit/follow.ts";
import { auditLine } from "../audit/lines.ts";
import type { Context } from "../context.ts";
import type { ExitCode, Failure } from "../failure.ts";
import { jsonText } from "../json-text.ts";
import { stopSignal } from "../start/stop-signal.ts";

export type TailOptions = Omit<AuditFilter, "from" | "to"> & { readonly last: number; readonly json?: true };

/** Milliseconds between two looks. */
const PAUSE = 1500;

export async function auditTail(context: Context, options: TailOptions): Promise<ExitCode> {
  const stop = stopSignal(context.now);
  let stopped = false;
  const over = new AbortController();
  stop.wished.then(() => {
    stopped = true;
    over.abort();
  });
  const pause = async (): Promise<boolean> => {
    await sleep(PAUSE, undefined, { signal: over.signal }).catch(() => undefined);
    return !stopped;
  };
  try {
    await Promise.race([tailing(context, options, pause, over.signal), stop.wished]);
    return 0;
  } finally {
    stop.release();
  }
}

/** `over` ends the request that is under way when somebody stops. */
async function tailing(
  context: Context,
  options: TailOptions,
  pause: () => Promise<boolean>,
  over: AbortSignal,
): Promise<void> {
  const { terminal } = context;
  const { last, json, ...filter } = options;
  const { gateway, admin } = openAdmin(context, over);
  terminal.err(terminal.paintErr("dim", `Following ${gateway.url}; Ctrl-C ends.`));
  await follow({
    news: (after) => admin.auditNews(filter, after),
    last: async () => (last === 0 ? [] : (await admin.auditRecords(filter, last)).toReversed()),
    show: (record: AuditRecord) => terminal.out(json ? jsonText(record) : auditLine(record, terminal)),
    away: (failure: Failure | undefined) =>
      terminal.err(
        failure === undefined
          ? terminal.paintErr("dim", "It answers again.")
          : `${terminal.paintErr("yellow", "waiting:")} ${failure.message}`,
      ),
    pause,
  });
}
