/**
 * `Idempotency-Key`: a creation that is repeated, because its answer was lost, makes nothing more and gives the same
 * answer, its token included. The token is not stored for that: it is derived from the key, which only its sender has,
 * ROOT_KEY, which only the gateway has, and what was made when, so that a key that is used again after its time, or by
 * two at once, never gives one token to two things.
 */
import * as z from "zod/mini";
import type { Env } from "../../env.ts";
import { sha256 } from "../../grant/digest.ts";
import type { By } from "../commit.ts";
import { problem } from "../problem.ts";
import { readRootKey } from "../secrets/root-key.ts";

const KEY = /^[!-~]{1,255}$/;
export const KEPT_MS = 24 * 3_600_000;

export type Idempotency = {
  readonly key: string;
  /** Digest of what was asked, so that another request under the same key is told apart. */
  readonly fingerprint: string;
  /** Hex. */
  readonly rootKey: string;
};

/** What a request made: its target, and when, in Unix milliseconds. */
export type Made = { readonly target: string; readonly createdAt: number };

export async function idempotencyOf(request: Request, body: string, env: Env): Promise<Idempotency | null | Response> {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (!KEY.test(key)) return problem(400, "Idempotency-Key must have 1 to 255 visible ASCII characters.");
  const root = readRootKey(env);
  if (!root.ok) return root.refused;
  const fingerprint = await sha256(`${request.method} ${new URL(request.url).pathname}\n${body}`);
  return { key, fingerprint, rootKey: root.value.present };
}

const Row = z.object({ fingerprint: z.string(), target: z.string(), createdAt: z.int() });

/** What the same request made before, null when it made nothing yet, or the refusal of another request. */
export async function madeBefore(by: By, asked: Idempotency | null): Promise<Made | null | Response> {
  if (asked === null) return null;
  const found = await by.env.GRANTGATE_DB.prepare(
    `SELECT fingerprint, target, created_at AS createdAt FROM idempotency_keys
     WHERE operator = ?1 AND key = ?2 AND created_at > ?3`,
  )
    .bind(by.operator.id, asked.key, by.now - KEPT_MS)
    .first();
  if (found === null) return null;
  const { fingerprint, ...made } = z.parse(Row, found);
  if (fingerprint === asked.fingerprint) return made;
  return problem(422, "This Idempotency-Key was used for another request; take a new one.");
}

/** Notes what the request makes, first in the batch that makes it: of two at the same time, one makes it. */
export function noteMade(by: By, asked: Idempotency | null, { target, createdAt }: Made): D1PreparedStatement[] {
  if (asked === null) return [];
  const db = by.env.GRANTGATE_DB;
  return [
    db.prepare("DELETE FROM idempotency_keys WHERE created_at <= ?1").bind(by.now - KEPT_MS),
    db
      .prepare(
        `INSERT INTO idempotency_keys (operator, key, fingerprint, target, created_at) VALUES (?1, ?2, ?3, ?4, ?5)`,
      )
      .bind(by.operator.id, asked.key, asked.fingerprint, target, createdAt),
  ];
}

/** 32 bytes for the token of what is made: random, or with a key the same each time (HKDF, RFC 5869). */
export async function tokenBytes({ operator }: By, asked: Idempotency | null, made: Made): Promise<Uint8Array> {
  if (asked === null) return crypto.getRandomValues(new Uint8Array(32));
  const bytes = (text: string) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", bytes(asked.rootKey), "HKDF", false, ["deriveBits"]);
  const from = [operator.id, asked.key, asked.fingerprint, made.target, made.createdAt];
  const info = bytes(`grantgate\0token\0${from.join("\0")}`);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    key,
    256,
  );
  return new Uint8Array(bits);
}

export const REPLAYED = { "idempotency-replayed": "true" };
