/** When something ends or began: `30d` from now or ago, or an instant. Pure; `now` is an argument. */
import { usage } from "./failure.ts";
import { instant, seconds } from "./time.ts";

/** Ten years: longer is a typing mistake, or a grant without an end, which is what leaving the option out means. */
const LONGEST = 3660 * 86_400_000;

const FORMS = "Write 12h, 30d, or an instant with its zone: 2027-01-31T00:00:00Z.";

/** An ISO 8601 instant in UTC. Throws a usage failure for anything that is not a future time. */
export function expiry(text: string, now: Date, option = "--expires"): string {
  const after = seconds(text);
  const at = after === undefined ? instant(text) : now.getTime() + after * 1000;
  if (Number.isNaN(at)) throw usage(`${option} ${JSON.stringify(text)} is neither a duration nor a time.`, FORMS);
  if (at <= now.getTime()) throw usage(`${option} ${text} lies in the past.`, "Give a time to come.");
  if (at > now.getTime() + LONGEST) throw usage(`${option} ${text} is more than ten years away.`, "Leave it out.");
  return new Date(at).toISOString();
}

/** The instant that a filter names: so long ago, or as written. */
export function since(text: string, now: Date, option: string): string {
  const before = seconds(text);
  const at = new Date(before === undefined ? instant(text) : now.getTime() - before * 1000).getTime();
  if (Number.isNaN(at)) throw usage(`${option} ${JSON.stringify(text)} is neither a duration nor a time.`, FORMS);
  return new Date(at).toISOString();
}
