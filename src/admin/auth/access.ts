/**
 * Operators whom Cloudflare Access vouches for. What they may do is the registry's to say: by their e-mail address, or
 * else by the highest role of their groups. Whom the registry does not name may do nothing.
 */
import * as z from "zod/mini";
import { causeOf, log } from "../../observe/log.ts";
import { type Operator, ROLES } from "./operator.ts";

/** Groups come as names, or as objects with a name and an id, as the identity provider has it. */
const Group = z.looseObject({
  id: z.optional(z.string()),
  name: z.optional(z.string()),
  email: z.optional(z.string()),
});

const Identity = z.looseObject({ email: z.optional(z.string()), groups: z.optional(z.unknown()) });
export type Identity = { readonly email: string | null; readonly groups: readonly string[] };

/** The identity of a request that came through Access; null for one that did not; `untold` when Access does not say. */
export async function identityOf(ctx: ExecutionContext): Promise<Identity | "untold" | null> {
  let identity: unknown;
  try {
    identity = await ctx.access?.getIdentity();
  } catch (error) {
    log("error", "Access gave no identity", { step: "authenticate", cause: causeOf(error) });
    return "untold";
  }
  const read = Identity.safeParse(identity);
  if (!read.success) return null;
  const { email, groups } = read.data;
  return { email: email?.toLowerCase() ?? null, groups: Array.isArray(groups) ? groups.flatMap(namesOf) : [] };
}

/** What is no group names none, and takes nothing from the others. */
function namesOf(group: unknown): string[] {
  if (typeof group === "string") return [group];
  const { id, name, email } = Group.safeParse(group).data ?? {};
  return [id, name, email].filter((text) => text !== undefined);
}

const Row = z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES), email: z.nullable(z.string()) });

export async function operatorOf(db: D1Database, { email, groups }: Identity): Promise<Operator | null> {
  const { results } = await db
    .prepare(
      `SELECT id, name, role, email FROM operators WHERE revoked_at IS NULL
         AND (email = ?1 OR access_group IN (SELECT value FROM json_each(?2)))`,
    )
    .bind(email, JSON.stringify(groups))
    .all();
  const rows = results.map((row) => z.parse(Row, row));
  const own = rows.find((row) => row.email !== null);
  const best = own ?? rows.sort((a, b) => ROLES.indexOf(b.role) - ROLES.indexOf(a.role))[0];
  if (best === undefined) return null;
  // A group is not a person: what is done in its name is told of whoever did it.
  const name = own === undefined && email !== null ? `${email} (${best.name})` : best.name;
  return { id: best.id, name, role: best.role };
}

/**
 * Whether a request that a browser's cookie vouches for was sent from the gateway's own pages, or by no page at all.
 * Other sites can make a browser send one (cross-site request forgery).
 */
export function isOwnRequest({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  return (
    (site === null || site === "same-origin" || site === "none") && (origin === null || origin === new URL(url).origin)
  );
}
