/** How many calls at most fell into one minute, hour and day of UTC, and the limit that follows. Pure. */

export const SPANS = ["minute", "hour", "day"] as const;
export type Span = (typeof SPANS)[number];

export type Peaks = Readonly<Record<Span, number>>;
export type Bound = { readonly window: Span; readonly max: number };

export const SECONDS: Readonly<Record<Span, number>> = { minute: 60, hour: 3_600, day: 86_400 };

/** Of instants in Unix milliseconds, in any order. Windows are the calendar's, as a limit counts in them. */
export function peaksOf(instants: readonly number[]): Peaks {
  const peak = (span: Span): number => {
    const counts = new Map<number, number>();
    let most = 0;
    for (const at of instants) {
      const window = Math.floor(at / (SECONDS[span] * 1000));
      const count = (counts.get(window) ?? 0) + 1;
      counts.set(window, count);
      most = Math.max(most, count);
    }
    return most;
  };
  return { minute: peak("minute"), hour: peak("hour"), day: peak("day") };
}

/**
 * Half as much again as the peak, rounded up to 2, 5, 10, 20, 50, 100 and so on: what was seen is a sample, and a limit
 * that the next busy day hits is one that people learn to lift.
 */
export function boundFor(peak: number): number {
  const wanted = peak * 1.5;
  for (let step = 1; ; step *= 10) {
    const bound = [2 * step, 5 * step, 10 * step].find((each) => each >= wanted);
    if (bound !== undefined) return bound;
  }
}

/** Without those that could never refuse a call: a longer window is as narrow, or shorter ones let no more through. */
export function bindingOf(bounds: readonly Bound[]): readonly Bound[] {
  const narrow = bounds.filter(({ max }, index) => bounds.slice(index + 1).every((longer) => max < longer.max));
  const kept: Bound[] = [];
  for (const bound of narrow) {
    const most = kept.map(({ window, max }) => max * (SECONDS[bound.window] / SECONDS[window]));
    if (most.every((passing) => bound.max < passing)) kept.push(bound);
  }
  return kept;
}
