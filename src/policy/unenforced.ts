/**
 * What the language has and this version does not enforce yet.
 *
 * Each of these is refused by name when a policy is read: a rule that is accepted and not enforced is worse than
 * none. The list shrinks to nothing as they are built; nothing else in this room knows about it but the schema.
 */

const UNENFORCED: ReadonlySet<string> = new Set(["record"]);

/** Why this part of the language is refused, or undefined when it is enforced. */
export function unenforced(part: string): string | undefined {
  if (!UNENFORCED.has(part)) return undefined;
  return `${part} is part of the policy language, but this version does not enforce it yet; remove it rather than rely on it`;
}
