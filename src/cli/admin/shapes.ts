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
  /** Names of the secrets that the gateway keeps; values never come back. */
  secrets: z.array(z.string()),
  /** Another one means other contents, secrets included. */
  version: z.string(),
});

export const PolicyRecord = z.looseObject({
  server: z.string(),
  name: z.string(),
  /** SHA-256 of the canonical text, in hex. */
  version: z.string(),
});

export const Grant = z.looseObject({
  id: z.string(),
  server: z.string(),
  policy: z.string().nullable(),
  label: z.string(),
  tags: z.array(z.string()),
  status: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullish(),
});

export const NewGrant = Grant.extend({ token: z.string(), url: z.string() });

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
export type Grant = z.infer<typeof Grant>;
export type NewGrant = z.infer<typeof NewGrant>;
export type ProblemDocument = z.infer<typeof ProblemDocument>;
