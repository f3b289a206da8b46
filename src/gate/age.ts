/**
 * How long ago something was, in ms. A machine's clock can be set back, and what was heard before must not be believed
 * until it has caught up: what lies ahead counts as old as what lies as far behind.
 */
export function ageOf(since: number, now: number = Date.now()): number {
  return Math.abs(now - since);
}
