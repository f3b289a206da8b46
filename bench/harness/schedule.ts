/** When requests arrive that wait for nobody: a Poisson process, the same one for the same seed. Pure. */

/** Milliseconds from the start at which each request is due, in order, for a rate in requests per second. */
export function arrivals(rate: number, forMs: number, seed: number): number[] {
  const random = randomFrom(seed);
  const due: number[] = [];
  for (let at = gap(); at < forMs; at += gap()) due.push(at);
  return due;

  function gap(): number {
    return (-Math.log(1 - random()) / rate) * 1000;
  }
}

/** Numbers from 0 up to 1, always the same for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
