/** A token's times: until when it counts, when it is renewed, and how long a token endpoint is left alone. Pure. */

/** Secret. Times are Unix milliseconds. */
export type Token = {
  readonly value: string;
  /** From here on a new one is fetched; this one still counts. */
  readonly renewAt: number;
  readonly expiresAt: number;
};

/** What a token endpoint granted; the life is in seconds. */
export type Granted = { readonly value: string; readonly life: number };

/** Nothing is kept for longer than a day, whatever was promised. */
const LONGEST_LIFE = 86_400;
/** A minute covers a slow call and a slow clock; of a short life it is a fifth. */
const EARLIEST_MS = 60_000;
const EARLIEST_PART = 0.2;

/** The life is counted from when the token was asked for: its endpoint can't have made it earlier. */
export function tokenOf({ value, life }: Granted, askedAt: number): Token {
  const lifeMs = Math.min(life, LONGEST_LIFE) * 1_000;
  const expiresAt = askedAt + lifeMs;
  return { value, expiresAt, renewAt: expiresAt - Math.min(EARLIEST_MS, EARLIEST_PART * lifeMs) };
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How long nothing more is asked after this many failures in a row, in ms: it doubles, up to a minute. */
export function pauseAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}
