/**
 * Pages of a list. A cursor names the last item of a page by what the list is ordered by, so that what is added or
 * taken away meanwhile neither doubles nor hides an item.
 */
import * as z from "zod/mini";
import { noted } from "../described.ts";
import { problem } from "../problem.ts";

const MOST = 1_000;

const NO_LIMIT = `must be a whole number from 1 to ${MOST}`;

const Limit = z
  .pipe(z.string().check(z.regex(/^[1-9]\d{0,3}$/, NO_LIMIT)), z.transform(Number))
  .check(z.refine((limit) => limit <= MOST, NO_LIMIT));

/** The parameters of every list. */
export const PAGE = {
  limit: z.optional(Limit),
  cursor: z.optional(z.string().check(z.maxLength(1_024))),
};
noted(PAGE, { limit: "Items at most, 1 to 1000; 100 when left out.", cursor: "`next` of the page before." });

export type PageQuery = { readonly limit?: number | undefined; readonly cursor?: string | undefined };

export function limitOf({ limit }: PageQuery): number {
  return limit ?? 100;
}

export type Key = readonly (string | number)[];

/** What a key is made of, in order. */
type Kinds = readonly ("string" | "int")[];
type KeyOf<K extends Kinds> = { readonly [at in keyof K]: K[at] extends "int" ? number : string };

/** Where a page starts: null for the first one, undefined for a cursor that this list did not give. */
export function keyOf<const K extends Kinds>({ cursor }: PageQuery, kinds: K): KeyOf<K> | null | undefined {
  if (cursor === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const key: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return isKey(key, kinds) ? key : undefined;
  } catch {
    return undefined;
  }
}

function isKey<K extends Kinds>(value: unknown, kinds: K): value is KeyOf<K> {
  if (!Array.isArray(value) || value.length !== kinds.length) return false;
  return kinds.every((kind, at) => (kind === "int" ? Number.isSafeInteger(value[at]) : typeof value[at] === "string"));
}

export function badCursor(): Response {
  return problem(400, "Query cursor: is not one that this list gave; take `next` of the page before.");
}

export type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

/** A page out of `limit + 1` rows: the one too many only tells that there is more. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  shown: (row: Row) => T,
  key: (row: Row) => Key,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(shown), next: rows.length > limit && last !== undefined ? cursorOf(key(last)) : null };
}

export function cursorOf(key: Key): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(JSON.stringify(key))) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The schema of a page, for the API's description. */
export function pageShape<T extends z.ZodMiniType>(item: T) {
  return z.object({ items: z.array(item), next: z.nullable(z.string()) });
}
