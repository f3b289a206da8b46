/** `/audit` and `/changes`. */
import { type Api, withQuery } from "./api.ts";
import { AuditChain, AuditGrant, AuditNews, AuditRecord, ChangeRecord } from "./shapes.ts";
import { lines } from "./stream.ts";

/** Instants are ISO 8601; `from` counts and `to` does not. */
export type AuditFilter = {
  readonly grant?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly method?: string;
  readonly effect?: string;
  readonly rule?: string;
  readonly from?: string;
  readonly to?: string;
};

export type ChangeFilter = {
  readonly operator?: string;
  readonly action?: string;
  readonly target?: string;
  readonly from?: string;
  readonly to?: string;
};

export function auditCalls({ ask, all, connection }: Api) {
  return {
    auditRecords: (filter: AuditFilter, limit: number): Promise<readonly AuditRecord[]> =>
      all(AuditRecord, "/audit", filter, limit),

    /** What was gathered after a mark; `now` gives nothing but the present mark. */
    auditNews: (filter: AuditFilter, after: string) => ask(AuditNews, "GET", withQuery("/audit", { ...filter, after })),

    /** Each line is the text of one record. */
    auditExport: (filter: AuditFilter) => lines(connection, withQuery("/audit/export", filter)),

    /** Ids of the grants that there is or was a chain of. */
    auditGrants: async (): Promise<readonly string[]> =>
      (await all(AuditGrant, "/audit/chain")).map(({ grant }) => grant),

    auditChain: (grant: string) => ask(AuditChain, "GET", `/audit/chain/${encodeURIComponent(grant)}`),

    changes: (filter: ChangeFilter, limit: number): Promise<readonly ChangeRecord[]> =>
      all(ChangeRecord, "/changes", filter, limit),
  };
}
