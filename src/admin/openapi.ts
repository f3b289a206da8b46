/**
 * The description of the admin API (OpenAPI 3.1), made from its routes. Nothing is described by hand, so nothing can be
 * described wrongly or forgotten.
 *
 * It is made ahead of time, into docs/openapi.json (src/cli/api-page.ts), and that is what the Worker gives: the Worker
 * must never import this, nor could it, having no words for its routes.
 */
import * as z from "zod/mini";
import type { Described as Told } from "./described.ts";
import type { BodyForm, Facts } from "./route.ts";

type Described = { [key: string]: unknown };

const VERSION = "1";

/** What problem.ts makes. */
const Problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.optional(
      z.array(
        z.object({
          pointer: z.string().check(z.describe("RFC 6901, into what was sent.")),
          line: z.optional(z.int()),
          column: z.optional(z.int()),
          message: z.string(),
        }),
      ),
    ),
  })
  .register(z.globalRegistry, { id: "Problem" });

export function openapi(routes: readonly Facts[]): Described {
  const schemas: Described = {};
  const named = (schema: z.ZodMiniType, io: "input" | "output"): Described => described(schema, io, schemas);
  const paths: { [path: string]: Described } = {};
  for (const route of routes.map(withWords)) {
    checkFields(route, named);
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
      responses: {
        Problem: {
          description: "Not done, and why (RFC 9457).",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      schemas,
    },
  };
}

/** Where its words are left out, nothing may be made from it. */
function withWords(route: Facts): Facts & Told {
  const { method, path, summary, gives } = route;
  if (summary === undefined || gives === undefined) throw new Error(`${method} ${path} is not described`);
  return { ...route, summary, gives };
}

/** A sentence on a field that is not there would be lost without a word. */
function checkFields({ method, path, query, takes, fields = {} }: Facts, named: Named): void {
  const body = takes?.kind === "document" ? takes.schema : undefined;
  const known = [query, body].flatMap((schema) => (schema ? Object.keys(propertiesOf(named(schema, "input"))) : []));
  const lost = Object.keys(fields).find((name) => !known.includes(name));
  if (lost !== undefined) throw new Error(`${method} ${path} has no field ${lost}`);
}

type Named = (schema: z.ZodMiniType, io: "input" | "output") => Described;

function operation(route: Facts & Told, named: Named): Described {
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
    ...(takes && { requestBody: { required: true, content: { "application/json": body(route, takes, named) } } }),
    responses: {
      ...Object.fromEntries(successes(route).map((status) => [status, done])),
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

/** What can be made only if it is not there yet says whether it was. */
function successes({ gives, conditional }: Facts & Told): number[] {
  return conditional === "match or none" ? [gives.status, 201] : [gives.status];
}

function body(route: Facts, form: BodyForm<unknown>, named: Named): Described {
  if (form.kind === "text") return { schema: { type: "object", description: form.describes } };
  const schema = named(form.schema, "input");
  return { schema: { ...schema, properties: Object.fromEntries(fieldsOf(route, schema)) } };
}

type Property = readonly [name: string, schema: Described];

/** The fields that a schema of a query or a body has, with the route's sentences on them. */
function fieldsOf({ fields = {} }: Facts, schema: Described): Property[] {
  return Object.entries(propertiesOf(schema)).map(([name, field]) =>
    name in fields ? [name, { description: fields[name], ...field }] : [name, field],
  );
}

function propertiesOf(schema: Described): { readonly [name: string]: Described } {
  const { properties = {} } = schema as { properties?: { [name: string]: Described } };
  return properties;
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

function queryParameters(route: Facts, named: Named): Described[] {
  if (route.query === undefined) return [];
  return fieldsOf(route, named(route.query, "input")).map(([name, { description, ...schema }]) => ({
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
    JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: "any" }), withoutBounds).replaceAll(
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

/** Every whole number here is one that a double holds. */
function withoutBounds(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "integer") return value;
  return Object.fromEntries(Object.entries(value).filter(([, bound]) => Math.abs(Number(bound)) !== MOST_INT));
}

const MOST_INT = Number.MAX_SAFE_INTEGER;
