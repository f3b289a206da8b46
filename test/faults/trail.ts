/** The audit trail of a grant as an operator exports it, read for what tests of faults ask of it. */
import type { Chained } from "../../src/audit/chain.ts";
import { chained } from "../../src/cli/audit/chained.ts";
import { parseJson } from "../../src/json/parse.ts";
import { ADMIN_TOKEN } from "../gate/workerd.ts";

export type Row = {
  readonly request: string;
  readonly method: string;
  readonly effect: string;
  readonly rule: string | null;
  readonly policy: { readonly version: string } | null;
  /** Where the policy records arguments in full. */
  readonly arguments: { readonly full?: { readonly number?: number } } | null;
  /** How the call ended; null where that is not known, or it did not begin. */
  readonly upstream: { readonly status: number | null; readonly gaveBack: boolean } | null;
};

export type Place = { readonly link: number; readonly hash: string };

export type Trail = {
  readonly records: readonly Chained[];
  readonly rows: readonly Row[];
  readonly anchor: Place;
  /** Up to where the grant's ledger wrote. */
  readonly head: Place;
};

/** A call of the admin API that succeeds. */
export async function asked<T>(gateway: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${gateway}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text === "" ? "null" : text) as T;
}

export async function trailOf(gateway: string, grant: string): Promise<Trail> {
  // To be asked for it makes the ledger bring all that it holds.
  const { anchor, head } = await asked<Pick<Trail, "anchor" | "head">>(gateway, "GET", `/audit/chain/${grant}`);
  const response = await fetch(`${gateway}/api/v1/audit/export?grant=${grant}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  return { records: lines.map(chainedIn), rows: lines.map((line) => JSON.parse(line) as Row), anchor, head };
}

/** The number that a call of these tests bears as its argument. */
export function numberOf({ arguments: recorded }: Row): number | undefined {
  return recorded?.full?.number;
}

function chainedIn(line: string): Chained {
  const parsed = parseJson(line);
  const record = parsed.ok ? chained(parsed.value) : undefined;
  if (record === undefined) throw new Error(`no audit record: ${line}`);
  return record;
}
