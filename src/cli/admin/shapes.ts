/**
 * What the admin API answers, as far as this command reads it. Fields it does not know pass through, so `--json`
 * shows all that the gateway said.
 */
import * as z from "zod";

export const ServerRecord = z.looseObject({
  slug: z.string(),
  name: z.string(),
  url: z.string(),
  credential: z.unknown(),
  era: z.string(),
  surface: z.array(z.string()),
  drift: z.string(),
  /** Names of the secrets that the gateway keeps; values never come back. */
  secrets: z.array(z.string()),
  /** Another one means other contents, secrets included. */
  version: z.string(),
  /** Rises with every change, and is what a change is made against. */
  revision: z.int(),
});

export const PolicyRecord = z.looseObject({
  server: z.string(),
  name: z.string(),
  /** SHA-256 of the canonical text, in hex. */
  version: z.string(),
  revision: z.int(),
  author: z.string(),
  message: z.string().nullish(),
  updatedAt: z.string(),
  /** Grants that are under it now. */
  grants: z.int(),
});

export const PolicyVersion = z.looseObject({
  revision: z.int(),
  version: z.string(),
  author: z.string(),
  message: z.string().nullish(),
  createdAt: z.string(),
});

export const Grant = z.looseObject({
  id: z.string(),
  server: z.string(),
  policy: z.string().nullable(),
  label: z.string(),
  tags: z.array(z.string()),
  status: z.string(),
  credential: z.unknown(),
  tokens: z.array(z.looseObject({ createdAt: z.string(), expiresAt: z.string().nullish() })).default([]),
  createdAt: z.string(),
  expiresAt: z.string().nullish(),
  revokedAt: z.string().nullish(),
});

export const NewGrant = Grant.extend({ token: z.string(), url: z.string() });

/** Amounts are decimals; as text where a number would round them. */
const Amount = z.union([z.string(), z.number()]);

export const Usage = z.looseObject({
  at: z.string(),
  calls: z.int().optional(),
  counters: z.array(
    z.looseObject({
      scope: z.string(),
      session: z.string().nullish(),
      counter: z.string(),
      window: z.string(),
      align: z.string().optional(),
      used: Amount,
      max: Amount,
      resetAt: z.string().nullable(),
    }),
  ),
});

export const OperatorRecord = z.looseObject({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  kind: z.string(),
  email: z.string().nullish(),
  group: z.string().nullish(),
  createdAt: z.string(),
  revokedAt: z.string().nullish(),
});

export const NewOperator = OperatorRecord.extend({ token: z.string().optional() });

export const Whoami = z.looseObject({ id: z.string(), name: z.string(), role: z.string() });

export const Status = z.looseObject({
  version: z.string(),
  checks: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), detail: z.string().nullish() })),
  servers: z.int(),
  policies: z.int(),
  grants: z.record(z.string(), z.int()),
  operators: z.int(),
  behind: z.looseObject({ grants: z.int(), since: z.string().nullable() }),
  audit: z.looseObject({
    records: z.int().nullish(),
    oldest: z.string().nullable(),
    newest: z.string().nullable(),
  }),
});

export const AuditRecord = z.looseObject({
  id: z.string(),
  time: z.string(),
  grant: z.looseObject({ id: z.string(), label: z.string() }),
  server: z.string(),
  method: z.string(),
  tool: z.string().nullish(),
  effect: z.string(),
  rule: z.string().nullish(),
  upstream: z.looseObject({ status: z.number().nullish(), latencyMs: z.number() }).nullish(),
});

/** What has been gathered since the mark, and the mark for the next time. */
export const AuditNews = z.looseObject({ items: z.array(AuditRecord), after: z.string() });

const ChainEnd = z.looseObject({ link: z.int(), hash: z.string() });

export const AuditGrant = z.looseObject({ grant: z.string() });

export const AuditChain = z.looseObject({ grant: z.string(), anchor: ChainEnd, head: ChainEnd, gathered: z.int() });

export const ChangeRecord = z.looseObject({
  time: z.string(),
  operator: Whoami,
  action: z.string(),
  target: z.string(),
  message: z.string().nullish(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

export const Rotated = z.looseObject({ servers: z.int(), credentials: z.int() });

/** RFC 9457, with our `errors`: every mistake of the document that was sent, at its place. */
export const ProblemDocument = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z
    .array(
      z.looseObject({
        pointer: z.string().optional(),
        line: z.int().positive().optional(),
        column: z.int().positive().optional(),
        message: z.string(),
      }),
    )
    .optional(),
});

export type ServerRecord = z.infer<typeof ServerRecord>;
export type PolicyRecord = z.infer<typeof PolicyRecord>;
export type PolicyVersion = z.infer<typeof PolicyVersion>;
export type Grant = z.infer<typeof Grant>;
export type NewGrant = z.infer<typeof NewGrant>;
export type Usage = z.infer<typeof Usage>;
export type OperatorRecord = z.infer<typeof OperatorRecord>;
export type NewOperator = z.infer<typeof NewOperator>;
export type Status = z.infer<typeof Status>;
export type AuditRecord = z.infer<typeof AuditRecord>;
export type AuditNews = z.infer<typeof AuditNews>;
export type AuditChain = z.infer<typeof AuditChain>;
export type ChangeRecord = z.infer<typeof ChangeRecord>;
export type ProblemDocument = z.infer<typeof ProblemDocument>;
