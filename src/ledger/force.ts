/** Whether a grant counts now, for this token, and whether a call was decided by what is in force for it. Pure. */
import type { GrantRecord } from "../grant/record.ts";
import type { TakeAnswer, TakeRequest } from "./protocol.ts";

/** The grant, or null when it is unknown, suspended, revoked or expired, or this token no longer proves it. */
export function inForce(grant: GrantRecord | null, token: string | undefined, now: number): GrantRecord | null {
  if (grant === null || grant.status !== "active" || !isProven(grant, token, now)) return null;
  return grant.expiresAt !== null && grant.expiresAt <= now ? null : grant;
}

export type Standing =
  | { readonly kind: "in force"; readonly grant: GrantRecord }
  | Extract<TakeAnswer, { readonly kind: "revoked" | "stale" }>;

export function standingOf(record: GrantRecord | null, decided: TakeRequest, now: number): Standing {
  const grant = inForce(record, decided.token, now);
  if (grant === null) return { kind: "revoked" };
  return { kind: isCurrent(grant, decided) ? "in force" : "stale", grant };
}

/** Only a gate of an earlier version does not say which token came, and only its records know of none. */
function isProven({ tokens }: GrantRecord, hash: string | undefined, now: number): boolean {
  if (tokens === undefined || hash === undefined) return true;
  return tokens.some((token) => token.hash === hash && (token.expiresAt === null || token.expiresAt > now));
}

/** Labels and tags decide too, so it is the revision that counts, and not only the versions. */
function isCurrent(grant: GrantRecord, { revision, policyVersion, serverVersion }: TakeRequest): boolean {
  if (revision !== undefined) return revision === grant.revision;
  return policyVersion === (grant.policy?.version ?? null) && serverVersion === grant.serverVersion;
}
