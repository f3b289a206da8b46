/**
 * Which records are wanted, and by which index they are found. Every index has all that is filtered by among those it is
 * chosen for, so what does not fit is passed over without reading a record.
 */

/** Left out: whatever it is. Instants in Unix milliseconds: `from` is inside, `to` is not. */
export type AuditFilter = {
  readonly grant?: string | undefined;
  readonly server?: string | undefined;
  readonly tool?: string | undefined;
  readonly method?: string | undefined;
  readonly effect?: string | undefined;
  /** Exactly as recorded. */
  readonly rule?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/** SQL with a placeholder for each of the values, in their order. */
export type Sql = { readonly text: string; readonly values: readonly (string | number)[] };

const TERMS: readonly (readonly [field: keyof AuditFilter, term: string])[] = [
  ["grant", "grant_id = ?"],
  ["server", "server = ?"],
  ["tool", "tool = ?"],
  ["method", "method = ?"],
  ["effect", "effect = ?"],
  ["rule", "rule = ?"],
  ["from", "at >= ?"],
  ["to", "at < ?"],
];

/** What a record has to meet, on the columns of table `audit`. */
export function conditionsOf(filter: AuditFilter): Sql {
  const terms: string[] = [];
  const values: (string | number)[] = [];
  for (const [field, term] of TERMS) {
    const value = filter[field];
    if (value === undefined) continue;
    terms.push(term);
    values.push(value);
  }
  return { text: terms.join(" AND ") || "TRUE", values };
}

export type Way =
  /** In order of time. `given` is what the use of the index rests on. */
  | { readonly kind: "index"; readonly index: string; readonly given: string }
  /** One grant's, in order of their numbers. */
  | { readonly kind: "grant"; readonly grant: string }
  /** In order of time, of each server. */
  | { readonly kind: "servers" };

/**
 * The way that leaves least to look at. Refusals are few among records, a tool is one of many, most messages are calls;
 * and of what is left, nearly all that a grant or a server has fits.
 */
export function wayOf({ rule, effect, tool, method, grant, server }: AuditFilter): Way {
  if (rule !== undefined) return { kind: "index", index: "audit_refused", given: "rule IS NOT NULL" };
  if (effect !== undefined && effect !== "allow") {
    return { kind: "index", index: "audit_refused", given: "effect <> 'allow'" };
  }
  if (tool !== undefined) return { kind: "index", index: "audit_by_tool", given: "tool IS NOT NULL" };
  if (method !== undefined && method !== "tools/call") {
    return { kind: "index", index: "audit_no_call", given: "method <> 'tools/call'" };
  }
  if (grant !== undefined) return { kind: "grant", grant };
  return server === undefined ? { kind: "servers" } : { kind: "index", index: "audit_by_server", given: "TRUE" };
}

/** The servers that there are records of, as table `servers`: one step in the index each. */
export const SERVERS = `
  RECURSIVE servers (name) AS (
    SELECT min(server) FROM audit INDEXED BY audit_by_server
    UNION ALL
    SELECT (SELECT min(server) FROM audit INDEXED BY audit_by_server WHERE server > name) FROM servers
    WHERE name IS NOT NULL
  )`;

/**
 * The number of a grant's first record from an instant on, as near as it can be told: `lowest` is not above it and
 * `highest` not below. A ledger's clock never goes back, so it is found by halving; a number that is missing ends that.
 */
export function numberAt(bound: "lowest" | "highest", grant: string, instant: number): Sql {
  return {
    text: `(
      WITH RECURSIVE sought (of, instant) AS (SELECT ?, ?),
      near (low, high) AS (
        SELECT (SELECT min(seq) FROM audit WHERE grant_id = of), (SELECT max(seq) FROM audit WHERE grant_id = of) + 1
        FROM sought
        UNION ALL
        SELECT CASE WHEN at < instant THEN seq + 1 ELSE low END, CASE WHEN at < instant THEN high ELSE seq END
        FROM near CROSS JOIN sought CROSS JOIN audit ON grant_id = of AND seq = (low + high) / 2
        WHERE low < high
      )
      SELECT ${bound === "lowest" ? "max(low)" : "min(high)"} FROM near
    )`,
    values: [grant, instant],
  };
}
