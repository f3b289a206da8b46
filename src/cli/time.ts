/** Instants and spans of time as people write and read them. Pure; `now` is an argument. */

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;

/** `2h 5m`: the two largest units, rounded down; `0s` for nothing and for what is over. */
export function span(milliseconds: number): string {
  let seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(seconds / size);
    seconds -= amount * size;
    if (amount > 0 || parts.length > 0 || unit === "s") parts.push(`${amount}${unit}`);
    if (parts.length === 2) break;
  }
  return parts.filter((part, index) => index === 0 || !part.startsWith("0")).join(" ");
}

export function until(instant: string, now: Date): string {
  return span(Date.parse(instant) - now.getTime());
}

/** `2026-11-21 12:00:00Z`: as logs write it. The Z says that it is UTC, as all times here are. */
export function second(instant: string): string {
  return `${instant.slice(0, 19).replace("T", " ")}Z`;
}

export function day(instant: string): string {
  return instant.slice(0, 10);
}

const SPAN = /^(0|[1-9][0-9]{0,8})([smhd])$/;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `90s`, `1h` or `30d`; undefined when it is no span. */
export function seconds(text: string): number | undefined {
  const [, amount = "", unit = ""] = SPAN.exec(text) ?? [];
  if (unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d") return undefined;
  return Number(amount) * SECONDS[unit];
}

const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Unix milliseconds of an instant with its zone; NaN when it is none. */
export function instant(text: string): number {
  if (!INSTANT.test(text)) return Number.NaN;
  // `Date` rolls 30 February over to March; reading the day back catches that.
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== text.slice(0, 10)) return Number.NaN;
  return Date.parse(text);
}
