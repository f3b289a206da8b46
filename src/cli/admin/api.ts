/** How requests reach the gateway: what the calls beside this file are made of. */
import * as z from "zod";
import { parseJson } from "../../json/parse.ts";
import type { Json } from "../../json/value.ts";
import { notGrantgate } from "./refusal.ts";
import { type Connection, type Method, read, type Sent, send } from "./request.ts";

export type Query = Readonly<Record<string, string | number | undefined>>;

export type Api = {
  readonly connection: Connection;
  readonly ask: <T>(shape: z.ZodType<T>, method: Method, path: string, sent?: Sent) => Promise<T>;
  /** For what has no answer to read. */
  readonly tell: (method: Method, path: string, sent?: Sent) => Promise<void>;
  /** The answer as it came, digit for digit. */
  readonly json: (path: string) => Promise<Json>;
  /** The items of a list over all its pages, or the first so many. */
  readonly pages: <T>(shape: z.ZodType<T>, path: string, query: Query, limit?: number) => AsyncGenerator<T>;
  /** The same at once. */
  readonly all: <T>(shape: z.ZodType<T>, path: string, query?: Query, limit?: number) => Promise<readonly T[]>;
};

/** What the gateway gives at most at once. */
const PAGE = 1000;

export function apiOf(connection: Connection): Api {
  const ask: Api["ask"] = async (shape, method, path, sent) =>
    read(shape, await send(connection, method, path, sent), connection);

  async function* pages<T>(shape: z.ZodType<T>, path: string, query: Query, limit?: number): AsyncGenerator<T> {
    const page = z.looseObject({ items: z.array(shape), next: z.string().nullish() });
    let cursor: string | undefined;
    let left = limit ?? Number.POSITIVE_INFINITY;
    do {
      const { items, next } = await ask(
        page,
        "GET",
        withQuery(path, { ...query, limit: Math.min(PAGE, left), cursor }),
      );
      yield* items;
      left -= items.length;
      cursor = next ?? undefined;
    } while (cursor !== undefined && left > 0);
  }

  return {
    connection,
    ask,
    pages,
    tell: async (method, path, sent) => {
      await send(connection, method, path, sent);
    },
    json: async (path) => {
      const parsed = parseJson(await send(connection, "GET", path));
      if (!parsed.ok) throw notGrantgate(connection.gateway, 200);
      return parsed.value;
    },
    all: async (shape, path, query = {}, limit) => {
      const items = [];
      for await (const item of pages(shape, path, query, limit)) items.push(item);
      return items;
    },
  };
}

export function withQuery(path: string, query: Query): string {
  const present = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) present.set(key, String(value));
  const text = present.toString();
  return text === "" ? path : `${path}?${text}`;
}
