/** What the tests that walk the admin API by its own description start from: its operations, and a request for each. */
import { env } from "cloudflare:workers";
import { type Schema as JsonSchema, Validator } from "@cfworker/json-schema";
import * as z from "zod";
import { type Answer, type Asked, ask, policy, SECRET, server } from "./admin-given.ts";

const Schema = z.record(z.string(), z.unknown());
const Content = z.record(z.string(), z.object({ schema: Schema.optional() }));
const Parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean().optional(),
  schema: Schema,
});
const Described = z.looseObject({
  operationId: z.string(),
  "x-role": z.enum(["viewer", "policy_manager", "admin"]),
  parameters: z.array(Parameter),
  requestBody: z.object({ required: z.literal(true), content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
});
const Description = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({
    schemas: z.record(z.string(), Schema),
    responses: z.record(z.string(), Schema),
    securitySchemes: z.record(z.string(), Schema),
  }),
});
export type Description = z.infer<typeof Description>;

export type Operation = z.infer<typeof Described> & {
  /** As `GET /grants/{grant}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
};

export async function description(): Promise<{ document: Description; operations: Operation[] }> {
  const document = Description.parse((await ask("GET", "/openapi.json")).body);
  const operations = Object.entries(document.paths).flatMap(([path, item]) => {
    const shared = z.array(Parameter).parse(item.parameters);
    return Object.entries(item)
      .filter(([method]) => method !== "parameters")
      .map(([key, described]) => {
        const method = key.toUpperCase();
        const operation = Described.parse(described);
        const parameters = [...shared, ...operation.parameters];
        return { ...operation, parameters, name: `${method} ${path}`, method, path };
      });
  });
  return { document, operations };
}

/** What a schema of the description has to say against a value. */
export function faultsOf({ components }: Description, schema: JsonSchema, value: unknown): string[] {
  const { errors } = new Validator({ ...schema, components }, "2020-12", false).validate(value);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

/** What there is for operations to be tried on. */
export type Scene = {
  readonly server: string;
  readonly policy: string;
  readonly grant: string;
  readonly operator: string;
  readonly revision: string;
};

export async function scene(slug: string): Promise<Scene> {
  const made = [
    await ask("PUT", `/servers/${slug}`, { body: { ...server, secrets: { TOKEN: SECRET } } }),
    await ask("PUT", `/policies/${slug}/support`, { body: policy }),
    await ask("PUT", `/policies/${slug}/support`, { body: { ...policy, description: "edited" } }),
  ];
  for (const { status, text } of made) if (status >= 300) throw new Error(text);
  const definitions = [{ name: "echo", hash: HASH, text: "{}" }];
  const sighting = { origin: server.url, drift: "hold", definitions, whole: true } as const;
  await env.TOOL_SHELF.getByName(slug).see(sighting);
  return { server: slug, policy: "support", revision: "1", ...(await grantAndOperator({ server: slug })) };
}

export async function grantAndOperator({ server }: Pick<Scene, "server">): Promise<Pick<Scene, "grant" | "operator">> {
  const grant = await ask("POST", "/grants", { body: { server, policy: "support", label: "laptop" } });
  const operator = await ask("POST", "/operators", { body: { name: `of ${server}`, role: "viewer" } });
  for (const { status, text } of [grant, operator]) if (status !== 201) throw new Error(text);
  return { grant: String(grant.body.id), operator: String(operator.body.id) };
}

/** The path of an operation on what the scene has. */
export function pathIn(scene: Scene, { path }: Pick<Operation, "path">): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.entries(scene).find(([key]) => key === name)?.[1];
    if (value === undefined) throw new Error(`the scene has no ${name} for ${path}`);
    return value;
  });
}

/** Of the definition of the tool that the server has listed. */
const HASH = "ab".repeat(32);

const OAUTH = { tokenUrl: "https://login.example.com/token", clientId: "gateway", clientSecret: `\${secret:CLIENT}` };

type Example = { readonly query?: string; readonly body?: unknown };

/**
 * Requests that succeed, in an order in which all of them do: each operation has one at least, and one that takes a
 * body can't do without. Whoever adds an operation adds its request here.
 */
const EXAMPLES: readonly (readonly [operation: string, example: (scene: Scene) => Example])[] = [
  ["GET /openapi.json", () => ({})],
  ["GET /whoami", () => ({})],
  ["GET /status", () => ({})],
  ["PUT /servers/{server}", () => ({ body: { ...server, description: "What it is", secrets: { TOKEN: SECRET } } })],
  [
    "PUT /servers/{server}",
    () => ({ body: { ...server, credential: { oauth: OAUTH }, era: "modern", secrets: { CLIENT: SECRET } } }),
  ],
  ["GET /servers", () => ({ query: "?limit=1" })],
  ["GET /servers/{server}", () => ({})],
  ["GET /servers/{server}/usage", () => ({})],
  ["GET /servers/{server}/tools", () => ({ query: "?definitions=true&limit=1" })],
  [
    "POST /servers/{server}/tools/accept",
    () => ({ body: { message: "looked at", tools: [{ name: "echo", hash: HASH }] } }),
  ],
  ["PUT /policies/{server}/{policy}", () => ({ query: "?message=why", body: policy })],
  ["GET /policies", ({ server }) => ({ query: `?server=${server}` })],
  ["GET /policies/{server}/{policy}", () => ({})],
  ["GET /policies/{server}/{policy}/versions", () => ({ query: "?limit=2" })],
  ["GET /policies/{server}/{policy}/versions/{revision}", () => ({})],
  ["GET /policies/{server}/{policy}/diff", () => ({})],
  ["GET /policies/{server}/{policy}/diff", () => ({ query: "?from=1&to=2" })],
  ["POST /policies/{server}/{policy}/rollback", () => ({ body: { revision: 2, message: "back" } })],
  [
    "POST /grants",
    ({ server }) => ({
      body: { server, policy: "support", label: "CI", tags: ["ci"], expiresAt: "2999-01-01T00:00:00Z" },
    }),
  ],
  ["POST /grants", ({ server }) => ({ body: { server, policy: null, label: "none" } })],
  ["GET /grants", ({ server }) => ({ query: `?server=${server}&status=active&tag=ci&label=c` })],
  ["GET /grants/{grant}", () => ({})],
  ["GET /grants/{grant}/usage", () => ({})],
  ["PATCH /grants/{grant}", () => ({ body: { label: "renamed", tags: ["a"], expiresAt: "2999-01-01T00:00:00Z" } })],
  ["PUT /grants/{grant}/policy", () => ({ body: { policy: null } })],
  ["PUT /grants/{grant}/policy", () => ({ body: { policy: "support" } })],
  ["POST /grants/{grant}/rotate", () => ({ body: { overlapSeconds: 60 } })],
  ["PUT /grants/{grant}/credential", () => ({ body: { oauth: OAUTH, secrets: { CLIENT: SECRET } } })],
  ["POST /secrets/rotate", () => ({})],
  ["DELETE /grants/{grant}/credential", () => ({})],
  ["POST /grants/{grant}/suspend", () => ({})],
  ["POST /grants/{grant}/resume", () => ({})],
  ["POST /operators", () => ({ body: { name: "CI", role: "viewer" } })],
  ["POST /operators", ({ server }) => ({ body: { name: "Ann", role: "admin", email: `ann@${server}.example.com` } })],
  ["POST /operators", ({ server }) => ({ body: { name: "All", role: "policy_manager", group: `of ${server}` } })],
  ["GET /operators", () => ({})],
  ["GET /operators/{operator}", () => ({})],
  ["PATCH /operators/{operator}", () => ({ body: { name: "Other", role: "policy_manager" } })],
  ["POST /operators/{operator}/revoke", () => ({})],
  ["GET /audit/chain", () => ({})],
  ["GET /audit/chain/{grant}", () => ({})],
  ["GET /audit", ({ server }) => ({ query: `?server=${server}` })],
  ["GET /audit", () => ({ query: "?after=now" })],
  ["GET /audit/export", ({ server }) => ({ query: `?server=${server}` })],
  ["GET /changes", () => ({ query: "?limit=1000" })],
  ["POST /grants/{grant}/revoke", () => ({})],
];

/** What can be done only once nothing is left that uses it. */
const LAST: typeof EXAMPLES = [
  ["DELETE /policies/{server}/{policy}", () => ({})],
  ["DELETE /servers/{server}", () => ({})],
];

export type Request = { readonly operation: Operation; readonly path: string; readonly asked: Asked };

/** The examples of operations that are there, as requests on what the scene has. */
export function requestsOn(scene: Scene, operations: readonly Operation[]): { all: Request[]; last: Request[] } {
  const requests = (examples: typeof EXAMPLES) =>
    examples.flatMap(([name, example]) => {
      const operation = operations.find((one) => one.name === name);
      if (operation === undefined) return [];
      const { query = "", body } = example(scene);
      return [{ operation, path: pathIn(scene, operation) + query, asked: body === undefined ? {} : { body } }];
    });
  return { all: requests(EXAMPLES), last: requests(LAST) };
}

/** Everything that the registry holds, as text, without what a test of refusals itself may add. */
export async function registryText(): Promise<string> {
  const texts = [];
  for (const name of await tables()) {
    texts.push(name, JSON.stringify((await env.GRANTGATE_DB.prepare(`SELECT * FROM "${name}"`).all()).results));
  }
  return texts.join("\n");
}

async function tables(): Promise<string[]> {
  const { results } = await env.GRANTGATE_DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all();
  return results.map(({ name }) => String(name));
}

/** Everything that KV holds, names and values, as text. */
export async function storeText(): Promise<string> {
  const texts = [];
  for (let cursor: string | undefined; ; ) {
    const page: KVNamespaceListResult<unknown> = await env.GRANTGATE_KV.list(cursor === undefined ? {} : { cursor });
    for (const { name } of page.keys) texts.push(name, await env.GRANTGATE_KV.get(name));
    if (page.list_complete) return texts.join("\n");
    cursor = page.cursor;
  }
}

const ProblemDocument = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/s),
        line: z.int().min(1).optional(),
        column: z.int().min(1).optional(),
        message: z.string().min(1),
      }),
    )
    .optional(),
});

/** The problem document that the answer is; an error when it is none. */
export function problemIn({ status, headers, body, text }: Answer): z.infer<typeof ProblemDocument> {
  if (headers.get("content-type") !== "application/problem+json") throw new Error(`no problem: ${status} ${text}`);
  const problem = ProblemDocument.parse(body);
  if (problem.status !== status) throw new Error(`a problem of ${problem.status} came with ${status}`);
  return problem;
}
