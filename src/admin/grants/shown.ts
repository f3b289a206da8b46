/** A grant as the API shows it: without tokens, and without secrets. */
import * as z from "zod/mini";
import type { Usage } from "../../ledger/protocol.ts";
import { component } from "../described.ts";
import { isoTime, json } from "../json.ts";
import { etagOf } from "../request/conditions.ts";
import { shownCounters, UsageShape } from "../usage.ts";
import { type GrantRow, Status, statusOf } from "./table.ts";

export const Grant = z.object({
  id: z.string(),
  server: z.string(),
  policy: z.nullable(z.string()),
  label: z.string(),
  tags: z.array(z.string()),
  status: Status,
  credential: z.unknown(),
  tokens: z.array(z.object({ createdAt: z.string(), expiresAt: z.nullable(z.string()) })),
  revision: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  expiresAt: z.nullable(z.string()),
  revokedAt: z.nullable(z.string()),
});
component("Grant", Grant, {
  credential: "In place of the server's: secrets are named, never written.",
  tokens: "When the tokens that are good now were made, and when they end before the grant does.",
});

export const GrantUsage = z.extend(UsageShape, { calls: z.int() });
component("GrantUsage", GrantUsage);

export function shown(grant: GrantRow, now: number) {
  return {
    id: grant.id,
    ...facts(grant, now),
    revision: grant.revision,
    createdAt: isoTime(grant.createdAt),
    updatedAt: isoTime(grant.updatedAt),
  };
}

/** What there is to say of a grant, without what tells when it was said. */
export function facts(grant: GrantRow, now: number) {
  const { server, policy, label, tags, credential, tokens, expiresAt, revokedAt } = grant;
  return {
    server,
    policy,
    label,
    tags,
    status: statusOf(grant, now),
    credential,
    tokens: tokens.map((token) => ({ createdAt: isoTime(token.createdAt), expiresAt: isoTime(token.expiresAt) })),
    expiresAt: isoTime(expiresAt),
    revokedAt: isoTime(revokedAt),
  };
}

export function shownUsage({ at, calls, counters }: Usage) {
  return { at: isoTime(at), calls, counters: shownCounters(counters) };
}

export function tagged(
  status: 200 | 201,
  grant: GrantRow,
  now: number,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  return json(status, { ...shown(grant, now), ...more }, { etag: etagOf(grant.revision), ...headers });
}
