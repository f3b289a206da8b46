/**
 * The words in which a client is told that its call was refused. The gateway sends them and the offline tools show the
 * same, so that a policy's tests can rely on them.
 */
import { formatMillionths } from "../json/decimal.ts";
import type { LimitDemand } from "./limit.ts";

/** What a counter answered. Amounts in millionths; `resetAt` in milliseconds since the Unix epoch. */
export type LimitReached = {
  readonly used: bigint;
  readonly max: bigint;
  readonly resetAt: number;
  readonly retryAfterMs: number;
};

export function deniedText(text: string): string {
  return `[POLICY DENIED] ${text}`;
}

/** What any server says of a tool that it does not have. */
export function unknownToolText(tool: string): string {
  return `Unknown tool: ${tool}`;
}

export function limitText(demand: LimitDemand, { used, max, resetAt, retryAfterMs }: LimitReached): string {
  const seconds = secondsToWait(retryAfterMs);
  const most = allowanceText(formatMillionths(max), demand);
  if (demand.amount > max) {
    const amount = formatMillionths(demand.amount);
    return deniedText(
      `Limit reached: ${most}, and this call alone counts ${amount}. Waiting won't help; ask for less.`,
    );
  }
  const wait = `${seconds} ${seconds === 1 ? "second" : "seconds"}, after ${new Date(resetAt).toISOString()}`;
  return deniedText(`Limit reached: ${most}, and ${formatMillionths(used)} used. Try again in ${wait}.`);
}

/** The demand as it is told where there may be no session: a limit of scope `session` is then the grant's. */
export function heldTo(demand: LimitDemand, session: string | null): LimitDemand {
  return demand.scope === "session" && session === null ? { ...demand, scope: "grant" } : demand;
}

/** `at most 5 per minute for this grant`. */
export function allowanceText(
  max: string,
  { window, align, scope }: Pick<LimitDemand, "window" | "align" | "scope">,
): string {
  const span = typeof window === "number" ? `${window} seconds` : window;
  return `at most ${max} ${align === "rolling" ? "within any" : "per"} ${span} for ${SUBJECTS[scope]}`;
}

/** Whole seconds, never too few. */
export function secondsToWait(retryAfterMs: number): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}

const SUBJECTS = {
  grant: "this grant",
  session: "this session",
  server: "all grants of this server together",
} as const;
