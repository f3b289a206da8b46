/** When a grant ends: `30d` from now, or an instant. Pure; `now` is an argument. */
import { usage } from "./failure.ts";

const DURATION = /^([1-9][0-9]{0,8})([smhd])$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Ten years: longer is a typing mistake, or a grant without an end, which is what leaving the option out means. */
const LONGEST = 3660 * MILLISECONDS.d;

/** An ISO 8601 instant in UTC. Throws a usage failure for anything that is not a future time. */
export function expiry(text: string, now: Date): string {
  const at = DURATION.test(text) ? now.getTime() + duration(text) : instant(text);
  if (Number.isNaN(at)) {
    throw usage(
      `--expires ${JSON.stringify(text)} is neither a duration nor a time.`,
      "Write 12h, 30d, or an instant with its zone: 2027-01-31T00:00:00Z.",
    );
  }
  if (at <= now.getTime()) throw usage(`--expires ${text} lies in the past.`, "Give a time to come.");
  if (at > now.getTime() + LONGEST) throw usage(`--expires ${text} is more than ten years away.`, "Leave it out.");
  return new Date(at).toISOString();
}

function duration(text: string): number {
  const [, amount = "", unit = ""] = DURATION.exec(text) ?? [];
  return Number(amount) * (unit === "s" || unit === "m" || unit === "h" || unit === "d" ? MILLISECONDS[unit] : NaN);
}

/** `Date` rolls 30 February over to March; reading the day back catches that. */
function instant(text: string): number {
  if (!INSTANT.test(text)) return Number.NaN;
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10)) return Number.NaN;
  return Date.parse(text);
}
