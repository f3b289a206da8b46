/**
 * A route of the admin API: what it is called, who may use it, what it takes and gives, and what it does. The API's
 * description is made from the same, so it can't say anything else.
 *
 * A handler must never see a request whose query or body its schemas refuse, or whose operator lacks the role.
 */
import * as z from "zod/mini";
import type { Env } from "../env.ts";
import type { Operator, Role } from "./auth/operator.ts";
import type { Described } from "./described.ts";
import { readBody, readDocument, readQuery } from "./request/body.ts";
import { type Conditions, conditionsOf } from "./request/conditions.ts";
import { type Idempotency, idempotencyOf } from "./request/idempotency.ts";

/** The variable parts of a path, by name. */
type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** What arrives at a route. */
export type Arrived = {
  readonly env: Env;
  readonly ctx: ExecutionContext;
  readonly request: Request;
  readonly operator: Operator;
  /** Unix milliseconds. */
  readonly now: number;
};

export type Asked<Path extends string = string, Query = unknown, Body = unknown> = Arrived & {
  readonly params: Readonly<Record<Names<Path>, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly conditions: Conditions;
  readonly idempotency: Idempotency | null;
};

/** How a body is read: JSON against a schema, or as the text it is, which the handler reads itself. */
export type BodyForm<T> =
  | { readonly kind: "document"; readonly schema: z.ZodMiniType<T>; readonly mostBytes: number }
  | { readonly kind: "text"; readonly describes: string; readonly mostBytes: number };

export type Facts = {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  /** The least role that may use it. */
  readonly role: Role;
  /** Takes If-Match, or If-None-Match too. */
  readonly conditional?: "match" | "match or none";
  /** Takes an Idempotency-Key. */
  readonly idempotent?: true;
  readonly query?: z.ZodMiniType;
  readonly takes?: BodyForm<unknown>;
} & Partial<Described>;

export type Route = Facts & { readonly run: (arrived: Arrived, params: Record<string, string>) => Promise<Response> };

type Spec<Path extends string, Query, Body> = Omit<Facts, "path" | "query" | "takes"> & {
  readonly path: Path;
  readonly query?: z.ZodMiniType<Query>;
  readonly takes?: BodyForm<Body>;
  readonly handle: (asked: Asked<Path, Query, Body>) => Promise<Response>;
};

/** A schema for JSON that is taken, and the most bytes that it may have. */
export function document<T>(schema: z.ZodMiniType<T>, mostBytes = 16_384): BodyForm<T> {
  return { kind: "document", schema, mostBytes };
}

/** Text that the handler reads itself; `describes` names what it is. */
export function text(describes: string, mostBytes: number): BodyForm<string> {
  return { kind: "text", describes, mostBytes };
}

const NO_QUERY = z.strictObject({});

export function route<const Path extends string, Query = Record<never, never>, Body = undefined>({
  handle,
  ...facts
}: Spec<Path, Query, Body>): Route {
  return {
    ...facts,
    async run(arrived, params) {
      const query = readQuery(arrived.request, (facts.query ?? NO_QUERY) as z.ZodMiniType<Query>);
      if (!query.ok) return query.refused;
      const taken = await take(arrived.request, facts.takes);
      if (!taken.ok) return taken.refused;
      const idempotency = facts.idempotent ? await idempotencyOf(arrived.request, taken.text, arrived.env) : null;
      if (idempotency instanceof Response) return idempotency;
      return handle({
        ...arrived,
        params: params as Record<Names<Path>, string>,
        query: query.value,
        body: taken.value as Body,
        conditions: conditionsOf(arrived.request),
        idempotency,
      });
    },
  };
}

type Taken =
  | { readonly ok: true; readonly value: unknown; readonly text: string }
  | { readonly ok: false; readonly refused: Response };

async function take(request: Request, form: BodyForm<unknown> | undefined): Promise<Taken> {
  // A body that is not asked for is not read.
  if (form === undefined) return { ok: true, value: undefined, text: "" };
  const body = await readBody(request, form.mostBytes);
  if (!body.ok) return body;
  if (form.kind === "text") return { ok: true, value: body.value, text: body.value };
  const read = readDocument(body.value, form.schema);
  return read.ok ? { ...read, text: body.value } : read;
}
