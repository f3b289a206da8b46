/**
 * Takes secrets out of what a server says: one that repeats what it was sent must not bring it onto a screen or into a
 * report.
 */

export type Redact = (text: string) => string;

/** Shorter values are words, and words would be taken out of everything. */
const SHORTEST = 8;

const TAKEN_OUT = "[a secret that was sent]";

/** `values`: headers or variables that were sent. Of `Bearer abc…` the second part counts by itself. */
export function redacting(values: Iterable<string>): Redact {
  const parts = [...values]
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((part) => part.length >= SHORTEST)
    // As it stands in JSON, too.
    .flatMap((part) => [part, JSON.stringify(part).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  const secrets = [...new Set(parts)];
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, TAKEN_OUT), text);
}
