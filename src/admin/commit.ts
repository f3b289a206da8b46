/**
 * Writes a change of the registry: what it rests on, the change itself, and who made it, as one transaction.
 *
 * Nothing is changed without a record of the change, and no change is lost to another that was made at the same time.
 */
import type { Env } from "../env.ts";
import { ADMIN_TOKEN_HOLDER, type Operator } from "./auth/operator.ts";
import { watchOver } from "./care/watch.ts";
import { problem } from "./problem.ts";

/** `before` and `after` are what the API shows of the target: without secrets. */
export type Change = {
  /** Noun and verb, as `grant.revoke`. */
  readonly action: string;
  /** Kind and name, as `grant:grt_…`. */
  readonly target: string;
  readonly message?: string | null | undefined;
  readonly before: unknown;
  readonly after: unknown;
};

export type By = { readonly env: Env; readonly operator: Operator; readonly now: number };

/** A condition in SQL on which a change rests, with the values of its `?`. */
export type Rest = { readonly sql: string; readonly values: readonly (string | number | null)[] };

/** `moved`: what the change rests on no longer holds, and nothing was changed. */
export async function commit(
  { env, operator, now }: By,
  rests: readonly Rest[],
  statements: readonly D1PreparedStatement[],
  change: Change,
): Promise<"done" | "moved"> {
  const db = env.GRANTGATE_DB;
  const { action, target, message, before, after } = change;
  const record = db
    .prepare(
      `INSERT INTO changes (at, operator, name, role, action, target, message, before, after)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
    )
    .bind(now, operator.id, operator.name, operator.role, action, target, message ?? null, text(before), text(after));
  const all = [...standing(operator), ...rests];
  await watchOver(env);
  try {
    await db.batch([
      ...all.map(({ sql, values }) => db.prepare(`INSERT INTO preconditions SELECT (${sql})`).bind(...values)),
      db.prepare("DELETE FROM preconditions"),
      ...statements,
      record,
    ]);
    return "done";
  } catch (error) {
    if (!(error instanceof Error && MOVED.test(error.message))) throw error;
    if (!(await stillStands(db, operator))) throw new Dismissed();
    return "moved";
  }
}

/** Whoever makes the change was an operator when the request began, and is none any more, or one of another role. */
export class Dismissed extends Error {}

/** A request may have been long on its way: what it changes rests on whoever sent it still being who that was. */
function standing({ id, role }: Operator): readonly Rest[] {
  if (id === ADMIN_TOKEN_HOLDER.id) return [];
  const sql = "EXISTS (SELECT 1 FROM operators WHERE id = ? AND role = ? AND revoked_at IS NULL)";
  return [{ sql, values: [id, role] }];
}

async function stillStands(db: D1Database, operator: Operator): Promise<boolean> {
  const [rest] = standing(operator);
  if (rest === undefined) return true;
  return (
    (await db
      .prepare(`SELECT ${rest.sql} AS stands`)
      .bind(...rest.values)
      .first("stands")) === 1
  );
}

/** SQLite names a check by its text: this is the one of table `preconditions`. */
const MOVED = /constraint failed: (?:holds = 1|idempotency_keys\.)/;

const MOST_ATTEMPTS = 25;
const STEP_MS = 4;

/** Reads, decides and commits, again when something came between: each time after a longer pause, that others end. */
export async function attempt(once: () => Promise<Response | "moved">): Promise<Response> {
  for (let tries = 1; tries <= MOST_ATTEMPTS; tries++) {
    const answer = await once();
    if (answer !== "moved") return answer;
    await scheduler.wait(Math.random() * tries * STEP_MS);
  }
  return problem(503, "Others are changing this at the same moment; nothing was changed. Repeat the request.", {
    headers: { "retry-after": "1" },
  });
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
