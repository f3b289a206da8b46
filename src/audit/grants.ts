/**
 * Which grants there is an audit trail of, or ought to be. A grant that was taken out of the registry by hand must not
 * take its trail out of sight with it.
 */
import { rows } from "./query.ts";

/** Their ids behind `after`, in order, `limit` at most. Goes through the records from grant to grant by the index. */
export async function grantsWithTrail(db: D1Database, after: string, limit: number): Promise<readonly string[]> {
  const query = `
    WITH RECURSIVE recorded (name) AS (
      SELECT min(grant_id) FROM audit WHERE grant_id > ?1
      UNION ALL
      SELECT (SELECT min(grant_id) FROM audit WHERE grant_id > name) FROM recorded WHERE name IS NOT NULL LIMIT ?2
    )
    SELECT name FROM (
      SELECT name FROM recorded WHERE name IS NOT NULL
      UNION SELECT id FROM grants WHERE id > ?1
      UNION SELECT grant_id FROM audit_anchors WHERE grant_id > ?1
      UNION SELECT substr(target, 7) FROM changes WHERE target > 'grant:' || ?1 AND target < 'grant;'
    ) ORDER BY name LIMIT ?2`;
  return (await rows<{ name: string }>(db, query, [after, limit])).map(({ name }) => name);
}

export async function hasTrail(db: D1Database, grant: string): Promise<boolean> {
  const query = `
    SELECT 1 FROM audit WHERE grant_id = ?1
    UNION ALL SELECT 1 FROM audit_anchors WHERE grant_id = ?1
    UNION ALL SELECT 1 FROM changes WHERE target = 'grant:' || ?1 LIMIT 1`;
  return (await rows(db, query, [grant])).length > 0;
}
