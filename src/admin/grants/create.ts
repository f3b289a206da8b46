/**
 * Making a grant, and giving it a new token. A token is shown in the answer that made it and never again.
 *
 * Making a grant leaves its ledger alone, so that the ledger comes to be where the agent first calls.
 */
import * as z from "zod/mini";
import type { Env } from "../../env.ts";
import { base62 } from "../../grant/base62.ts";
import { tokenKey } from "../../grant/find.ts";
import { hashToken, mintToken } from "../../grant/token.ts";
import { attempt, commit } from "../commit.ts";
import { component, described } from "../described.ts";
import { invalid, problem } from "../problem.ts";
import { type Made, madeBefore, noteMade, REPLAYED, tokenBytes } from "../request/idempotency.ts";
import { type Asked, document, route } from "../route.ts";
import { findServer } from "../servers/table.ts";
import { DateTime, Line } from "../shapes.ts";
import { changeGrant, noGrant, revoked } from "./change.ts";
import { facts, Grant, tagged } from "./shown.ts";
import { endTokens, findGrant, type GrantRow, insertGrant, insertToken, targetThere } from "./table.ts";

export const Label = Line.check(z.maxLength(200));
export const Tags = z.pipe(
  z.array(Line.check(z.maxLength(64))).check(z.maxLength(32)),
  z.transform((tags) => [...new Set(tags)]),
);

const Wish = z.strictObject({
  server: z.string(),
  policy: z.nullable(z.string()),
  label: Label,
  tags: z._default(Tags, []),
  expiresAt: z.nullish(DateTime),
});

const NewGrant = z.extend(Grant, { token: z.string(), url: z.string() });
component("NewGrant", NewGrant);

export const create = route({
  method: "POST",
  path: "/grants",
  role: "admin",
  ...described({
    summary: "Make a grant; its token is shown this once",
    gives: { status: 201, schema: NewGrant, tagged: true },
  }),
  idempotent: true,
  takes: document(Wish),
  async handle(asked) {
    const { env, body, idempotency, now } = asked;
    const { server, policy, label, tags } = body;
    const db = env.GRANTGATE_DB;
    const expiresAt = body.expiresAt == null ? null : Date.parse(body.expiresAt);
    const id = `grt_${base62(crypto.getRandomValues(new Uint8Array(16)), 22)}`;
    const fresh: Made = { target: id, createdAt: now };
    const secret = await tokenOf(asked, fresh);
    let isMade = false;
    const answer = await attempt(async () => {
      const made = await madeBefore(asked, idempotency);
      if (made instanceof Response) return made;
      if (made !== null) return replayed(asked, made);
      if (expiresAt !== null && expiresAt <= now) {
        return invalid([{ pointer: "/expiresAt", message: "must lie in the future" }]);
      }
      await secret.store();
      const grant = { id, tokenHash: secret.hash, server, policy, label, tags, createdAt: now, expiresAt };
      const row = begun(grant);
      const statements = [...noteMade(asked, idempotency, fresh), ...insertGrant(db, grant)];
      const outcome = await commit(asked, [targetThere(grant)], statements, {
        action: "grant.create",
        target: `grant:${id}`,
        before: null,
        after: facts(row, now),
      });
      if (outcome === "moved") return (await missing(env, server, policy)) ?? outcome;
      isMade = true;
      return tagged(201, row, now, secretOf(asked, row, secret.token));
    });
    if (!isMade) await secret.forget();
    return answer;
  },
});

const MONTH_SECONDS = 2_592_000;
/** Every call of the grant looks through all of them. */
const MOST_TOKENS = 100;

export const rotate = route({
  method: "POST",
  path: "/grants/{grant}/rotate",
  role: "admin",
  ...described({
    summary: "Give a grant a new token; earlier ones end, at once or after an overlap",
    gives: { status: 200, schema: NewGrant, tagged: true },
  }),
  conditional: "match",
  idempotent: true,
  takes: document(
    z.strictObject({ overlapSeconds: z._default(z.int().check(z.minimum(0), z.maximum(MONTH_SECONDS)), 0) }),
  ),
  async handle(asked) {
    const { env, params, body, idempotency, now } = asked;
    const db = env.GRANTGATE_DB;
    const id = params.grant;
    const fresh: Made = { target: id, createdAt: now };
    const secret = await tokenOf(asked, fresh);
    const until = now + body.overlapSeconds * 1000;
    let earlier: Made | null = null;
    const answer = await changeGrant(
      asked,
      id,
      {
        action: "grant.rotate",
        async isDone() {
          const made = await madeBefore(asked, idempotency);
          if (made instanceof Response) return made;
          earlier = made;
          return made !== null;
        },
        async edited(grant) {
          if (grant.state === "revoked") return revoked(grant);
          const wanted = rotated(grant, secret.hash, now, until);
          if (wanted.tokens.length > MOST_TOKENS) return tooManyTokens(grant);
          await secret.store();
          return wanted;
        },
        statements: () => [
          ...noteMade(asked, idempotency, fresh),
          ...endTokens(db, id, until, now),
          insertToken(db, id, secret.hash, now),
        ],
      },
      (grant) =>
        earlier === null
          ? tagged(200, grant, now, secretOf(asked, grant, secret.token))
          : replayed(asked, earlier, 200),
    );
    if (answer.status >= 400 && answer.status < 500) await secret.forget();
    return answer;
  },
});

/** The token of what is made. It leads to its grant once it is stored. */
async function tokenOf(asked: Asked, made: Made) {
  const store = asked.env.GRANTGATE_KV;
  const token = mintToken(await tokenBytes(asked, asked.idempotency, made));
  const hash = await hashToken(token);
  let stored = false;
  return {
    token,
    hash,
    async store() {
      if (!stored) await store.put(tokenKey(hash), made.target);
      stored = true;
    },
    async forget() {
      if (stored) await store.delete(tokenKey(hash));
    },
  };
}

function rotated(grant: GrantRow, hash: string, now: number, until: number): GrantRow {
  const earlier = grant.tokens.map((token) => ({ ...token, expiresAt: Math.min(token.expiresAt ?? until, until) }));
  const standing = earlier.filter(({ expiresAt }) => expiresAt > now);
  return { ...grant, tokens: [...standing, { hash, createdAt: now, expiresAt: null }] };
}

function tooManyTokens({ id, tokens }: GrantRow): Response {
  return problem(
    409,
    `Grant ${id} has ${tokens.length} tokens that are still good; rotate it with a shorter overlap, which ends them.`,
  );
}

function begun({ tokenHash, ...grant }: Parameters<typeof insertGrant>[1]): GrantRow {
  const { createdAt } = grant;
  return {
    ...grant,
    state: "active",
    credential: null,
    credentialVersion: null,
    tokens: [{ hash: tokenHash, createdAt, expiresAt: null }],
    revision: 1,
    updatedAt: createdAt,
    revokedAt: null,
  };
}

/** The same answer as before, unless its token has been replaced since. */
async function replayed(asked: Asked, made: Made, status: 200 | 201 = 201): Promise<Response> {
  const grant = await findGrant(asked.env.GRANTGATE_DB, made.target, asked.now);
  if (grant === null) return noGrant(made.target);
  const { token, hash: itsHash } = await tokenOf(asked, made);
  if (!grant.tokens.some(({ hash }) => hash === itsHash)) {
    return problem(409, "The token that this Idempotency-Key made is no longer good; take a new key.");
  }
  return tagged(status, grant, asked.now, secretOf(asked, grant, token), REPLAYED);
}

function secretOf({ request }: Pick<Asked, "request">, { server }: GrantRow, token: string) {
  return { token, url: `${new URL(request.url).origin}/mcp/${server}` };
}

/** What of a grant's server and policy is not there; null when both are. */
export async function missing(env: Env, server: string, policy: string | null): Promise<Response | null> {
  const db = env.GRANTGATE_DB;
  if ((await findServer(db, server)) === null) {
    return invalid([{ pointer: "/server", message: `there is no server ${JSON.stringify(server)}` }]);
  }
  if (policy === null) return null;
  const found = await db.prepare("SELECT 1 FROM policies WHERE server = ?1 AND name = ?2").bind(server, policy).first();
  if (found !== null) return null;
  return invalid([
    { pointer: "/policy", message: `there is no policy ${JSON.stringify(policy)} for the server ${server}` },
  ]);
}
