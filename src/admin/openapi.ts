/**
 * The description of the admin API (OpenAPI 3.1), made from its routes. Nothing is described by hand, so nothing can be
 * described wrongly or forgotten.
 */
import * as z from "zod/mini";
import { Problem } from "./problem.ts";
import type { BodyForm, Facts } from "./route.ts";

type Described = { [key: string]: unknown };

const VERSION = "1";

export function openapi(routes: readonly Facts[]): Described {
  const schemas: Described = {};
  const named = (schema: z.ZodMiniType, io: "input" | "output"): Described => described(schema, io, schemas);
  const paths: { [path: string]: Described } = {};
  for (const route of routes) {
    const at = paths[route.path] ?? { parameters: pathParameters(route.path) };
    paths[route.path] = { ...at, [route.method.toLowerCase()]: operation(route, named) };
  }
  named(Problem, "output");
  return {
    openapi: "3.1.0",
    info: { title: "Grantgate admin API", version: VERSION, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN or an operator's token." },
      },
      schemas,
    },
  };
}

type Named = (schema: z.ZodMiniType, io: "input" | "output") => Described;

function operation(route: Facts, named: Named): Described {
  const { method, path, role, summary, description, takes, gives } = route;
  const content = gives.schema
    ? { "application/json": { schema: named(gives.schema, "output") } }
    : gives.type && { [gives.type]: {} };
  const headers = gives.tagged && { ETag: { schema: { type: "string" } } };
  const done = { description: "Done.", ...(headers && { headers }), ...(content && { content }) };
  return {
    operationId: operationId(method, path),
    summary,
    ...(description && { description }),
    tags: [path.split("/")[1]],
    "x-role": role,
    parameters: [...queryParameters(route, named), ...headerParameters(route)],
    ...(takes && { requestBody: { required: true, content: { "application/json": body(takes, named) } } }),
    responses: {
      ...Object.fromEntries(successes(route).map((status) => [status, done])),
      default: {
        description: `Not done. Statuses: ${refusals(route).join(", ")}.`,
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** What can be made only if it is not there yet says whether it was. */
function successes({ gives, conditional }: Facts): number[] {
  return conditional === "match or none" ? [gives.status, 201] : [gives.status];
}

function refusals({ path, query, takes, conditional, idempotent, method }: Facts): number[] {
  const all = new Set([400, 401, 403, 429, 500, 503]);
  if (path.includes("{")) all.add(404);
  if (conditional) all.add(412);
  if (takes) for (const status of [413, 415, 422]) all.add(status);
  if (idempotent || query) all.add(422);
  if (method !== "GET") all.add(409);
  return [...all].sort();
}

function body(form: BodyForm<unknown>, named: Named): Described {
  return {
    schema: form.kind === "document" ? named(form.schema, "input") : { type: "object", description: form.describes },
  };
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== "");
  return [method.toLowerCase(), ...words]
    .map((word, at) => (at === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join("");
}

function pathParameters(path: string): Described[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Facts, named: Named): Described[] {
  if (query === undefined) return [];
  const { properties = {} } = named(query, "input") as { properties?: { [name: string]: Described } };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    ...(description !== undefined && { description }),
    schema,
  }));
}

function headerParameters({ conditional, idempotent }: Facts): Described[] {
  const names = [
    ...(conditional ? ["If-Match"] : []),
    ...(conditional === "match or none" ? ["If-None-Match"] : []),
    ...(idempotent ? ["Idempotency-Key"] : []),
  ];
  return names.map((name) => ({ name, in: "header", schema: { type: "string" } }));
}

/** The schema as JSON Schema 2020-12; what has a name is put among `schemas` and referred to. */
function described(schema: z.ZodMiniType, io: "input" | "output", schemas: Described): Described {
  const {
    $schema: _,
    $defs,
    ...whole
  } = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: "any" })).replaceAll(
      "#/$defs/",
      "#/components/schemas/",
    ),
  ) as Described & { $defs?: Described };
  for (const [name, definition] of Object.entries($defs ?? {})) schemas[name] = bare(definition as Described);
  const { id } = whole;
  if (typeof id !== "string") return whole;
  schemas[id] = bare(whole);
  return { $ref: `#/components/schemas/${id}` };
}

/** The name is the key it stands under. */
function bare({ id: _, ...definition }: Described): Described {
  return definition;
}
