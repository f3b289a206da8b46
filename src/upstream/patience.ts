/**
 * Waiting for one thing after another, each at most so long, with one timer for all: to set and clear one for each piece
 * of a stream costs more than to pass the piece on.
 */
export class Patience {
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** When what is waited for now was begun with, in Unix ms. */
  #since = 0;
  #giveUp: ((late: "late") => void) | null = null;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** The promise's value, or "late" when it has none after that time. One wait at a time. */
  async wait<T>(promise: Promise<T>): Promise<T | "late"> {
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    this.#since = Date.now();
    this.#giveUp = resolve;
    if (this.#timer === null) this.#arm(this.#ms);
    try {
      return await Promise.race([promise, late]);
    } finally {
      this.#giveUp = null;
    }
  }

  /** To be called when nothing more is waited for. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    this.#timer = null;
    if (this.#giveUp === null) return;
    const now = Date.now();
    // Should the clock be set back, the wait begins anew.
    this.#since = Math.min(this.#since, now);
    const left = this.#ms - (now - this.#since);
    if (left > 0) this.#arm(left);
    else this.#giveUp("late");
  }
}
