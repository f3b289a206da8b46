/**
 * Globs over tool names. The only special character is `*`: any characters, or none.
 *
 * A name is matched in time linear in its length, whatever the glob. Which of two globs counts is decided by their
 * literal characters alone, never by the order in which they are written.
 */

export type Glob = {
  readonly text: string;
  /** What every matching name begins and ends with, and what stands between, in this order. */
  readonly prefix: string;
  readonly middle: readonly string[];
  readonly suffix: string;
  /** Literal characters (code points): the glob with more of them beats the one with fewer. */
  readonly weight: number;
};

export function isGlob(text: string): boolean {
  return text.includes("*");
}

/** Of a text with at least one `*`. */
export function readGlob(text: string): Glob {
  const parts = text.split("*");
  const literal = parts.join("");
  return {
    text,
    prefix: parts[0] ?? "",
    middle: parts.slice(1, -1).filter((part) => part !== ""),
    suffix: parts.at(-1) ?? "",
    weight: [...literal].length,
  };
}

export function matches(glob: Glob, name: string): boolean {
  const end = name.length - glob.suffix.length;
  if (end < glob.prefix.length || !name.startsWith(glob.prefix) || !name.endsWith(glob.suffix)) return false;
  let at = glob.prefix.length;
  for (const part of glob.middle) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Whether some name matches both. It does as soon as their beginnings and their ends go together: what one wants
 * between can be put before what the other wants.
 */
export function overlap(a: Glob, b: Glob): boolean {
  return (
    (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
    (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
  );
}
