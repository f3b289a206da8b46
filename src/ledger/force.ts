/** Whether a grant counts now, and whether a call was decided by what is in force for it. Pure. */
import type { GrantRecord } from "../grant/record.ts";
import type { TakeAnswer, TakeRequest } from "./protocol.ts";

/** The grant, or null when it is unknown, revoked or expired. */
export function inForce(grant: GrantRecord | null, now: number): GrantRecord | null {
  if (grant === null || grant.status !== "active") return null;
  return grant.expiresAt !== null && grant.expiresAt <= now ? null : grant;
}

export type Standing =
  | { readonly kind: "in force"; readonly grant: GrantRecord }
  | Extract<TakeAnswer, { readonly kind: "revoked" | "stale" }>;

export function standingOf(record: GrantRecord | null, decided: TakeRequest, now: number): Standing {
  const grant = inForce(record, now);
  if (grant === null) return { kind: "revoked" };
  const policyVersion = grant.policy?.version ?? null;
  const isCurrent = decided.policyVersion === policyVersion && decided.serverVersion === grant.serverVersion;
  return { kind: isCurrent ? "in force" : "stale", grant };
}
