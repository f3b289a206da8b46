/**
 * How a ledger comes to agree with the registry again, should the two ever say different things of a grant.
 *
 * The registry has the last word, but for one: what was revoked stays revoked. It falls behind its ledgers when it is
 * set back to an earlier day (D1 Time Travel): they then hold revisions that it does not know, and would take its changes
 * for old ones. So its revision is raised above theirs. A registry that can't be read must never end a grant; one that
 * does not know it must.
 */
import { type GrantRecord, readGrant } from "../grant/record.ts";
import { canonicalJson } from "../json/canonical.ts";
import { log } from "../observe/log.ts";
import { inForce } from "./force.ts";

/** What is to be in force in place of what a ledger holds; null for a grant that the registry does not know. */
export async function lastWord(db: D1Database, held: GrantRecord, now: number): Promise<GrantRecord | null> {
  const { id, revision } = held;
  const known = await readGrant(db, id);
  if (known === null) return null;
  if (isUndone(held, known)) return revokedAgain(db, held, now);
  if (known.revision > revision || isSame(known, held)) return known;
  // What changes around a grant that can't be used raises no revision; that comes with what makes it usable.
  const isIdle = inForce(known, undefined, now) === null && inForce(held, undefined, now) === null;
  if (known.revision === revision && isIdle) return held;
  tell(held);
  await db.prepare("UPDATE grants SET revision = ?2 + 1 WHERE id = ?1 AND revision <= ?2").bind(id, revision).run();
  return readGrant(db, id);
}

/** Whether the one was revoked and the other is not: to revoke a grant is final, whoever forgot it. */
export function isUndone(held: GrantRecord, other: GrantRecord): boolean {
  return held.status === "revoked" && other.status !== "revoked";
}

async function revokedAgain(db: D1Database, held: GrantRecord, now: number): Promise<GrantRecord | null> {
  const { id, revision } = held;
  tell(held);
  await db.batch([
    db
      .prepare(
        `INSERT INTO changes (at, operator, name, role, action, target, message, before, after)
         SELECT ?2, 'ledger', 'the ledger of the grant', 'admin', 'grant.revoke', 'grant:' || id,
                'It was revoked before the registry was set back.',
                json_object('status', status), json_object('status', 'revoked')
         FROM grants WHERE id = ?1 AND status <> 'revoked'`,
      )
      .bind(id, now),
    db
      .prepare(
        `UPDATE grants SET status = 'revoked', revoked_at = ?2, updated_at = ?2, credential = NULL,
           credential_version = NULL, revision = max(revision, ?3) + 1 WHERE id = ?1 AND status <> 'revoked'`,
      )
      .bind(id, now, revision),
  ]);
  return readGrant(db, id);
}

function tell({ id, revision, status }: GrantRecord): void {
  log("warn", "registry was set back", { grant: id, cause: `its ledger held revision ${revision} (${status})` });
}

/** Writes down that the ledger holds this revision. */
export async function confirmed(db: D1Database, { id, revision }: GrantRecord): Promise<void> {
  await db
    .prepare("UPDATE grants SET confirmed = max(confirmed, ?2) WHERE id = ?1 AND revision >= ?2")
    .bind(id, revision)
    .run();
}

/** Whether two records say the same, whatever order their tokens are in. */
export function isSame(a: GrantRecord, b: GrantRecord): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ tokens = [], credentialVersion = null, ...grant }: GrantRecord): string {
  const sorted = tokens.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ hash, expiresAt }) => [hash, expiresAt]);
  return canonicalJson(JSON.parse(JSON.stringify({ ...grant, tokens: sorted, credentialVersion })));
}
