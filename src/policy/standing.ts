/**
 * How a tool's name stands in a policy, whatever it is called with. One look-up serves list and call, so that what is
 * listed can be called and what is hidden can't.
 */
import type { CompiledEntry, CompiledPolicy } from "./compile.ts";

export type Standing =
  | { readonly kind: "no policy" }
  /** Pointer to what hides it. */
  | { readonly kind: "hidden"; readonly by: string }
  | { readonly kind: "unlisted" }
  | { readonly kind: "listed"; readonly policy: CompiledPolicy; readonly entry: CompiledEntry | undefined };

export function standingOf(policy: CompiledPolicy | null, tool: string): Standing {
  if (policy === null) return { kind: "no policy" };
  const entry = policy.entryOf(tool);
  const by = policy.hiddenBy(tool) ?? (entry?.action === "hide" ? `${entry.pointer}/action` : undefined);
  if (by !== undefined) return { kind: "hidden", by };
  if (entry === undefined && policy.defaultEffect === "deny") return { kind: "unlisted" };
  return { kind: "listed", policy, entry };
}
