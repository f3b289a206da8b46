/**
 * The audit trail itself: table `audit` in D1, one row for each call.
 *
 * Delivered again, a link changes nothing: a row that is there stays, and only takes the ending it lacks.
 */
import type { Sink } from "../gather.ts";
import type { Hashed } from "../link.ts";

const INSERT = `
  INSERT INTO audit (grant_id, seq, record, link, hash, ending, end_link, end_hash)
  SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
  FROM json_each(?2) WHERE true
  ON CONFLICT (grant_id, seq) DO UPDATE
    SET ending = excluded.ending, end_link = excluded.end_link, end_hash = excluded.end_hash
    WHERE audit.end_link IS NULL AND excluded.end_link IS NOT NULL`;

/** For calls that were decided in an earlier delivery. */
const CLOSE = `
  UPDATE audit SET ending = value ->> 1, end_link = value ->> 2, end_hash = value ->> 3
  FROM json_each(?2) WHERE grant_id = ?1 AND seq = value ->> 0 AND end_link IS NULL`;

export function d1Sink(db: D1Database): Sink {
  return {
    name: "d1",
    framed: false,
    async deliver(grant, links) {
      const ends = new Map(links.filter(({ kind }) => kind === "ended").map((end) => [end.seq, ending(end)]));
      const rows = links
        .filter(({ kind }) => kind === "decided")
        .map(({ seq, text, link, hash }) => {
          const end = ends.get(seq) ?? [];
          ends.delete(seq);
          return [seq, text, link, hash, ...end];
        });
      // One bound parameter for any number of rows: D1 takes a hundred at most.
      const statements = [
        ...(rows.length > 0 ? [db.prepare(INSERT).bind(grant, JSON.stringify(rows))] : []),
        ...(ends.size > 0
          ? [db.prepare(CLOSE).bind(grant, JSON.stringify([...ends].map(([seq, end]) => [seq, ...end])))]
          : []),
      ];
      await db.batch(statements);
    },
  };
}

function ending({ text, link, hash }: Hashed): readonly (string | number)[] {
  return [text, link, hash];
}
