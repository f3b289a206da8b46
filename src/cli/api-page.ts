/**
 * Writes what docs say of the admin API from its routes: the OpenAPI document, and the table of routes in docs/api.md.
 * `node src/cli/api-page.ts` brings both up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { written } from "./schema.ts";

const PAGE = fileURLToPath(new URL("../../docs/api.md", import.meta.url));
const DOCUMENT = fileURLToPath(new URL("../../docs/openapi.json", import.meta.url));

const BETWEEN = /(?<=<!-- routes -->\n).*(?=<!-- \/routes -->)/s;

const Operation = z.object({
  summary: z.string(),
  "x-role": z.string(),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })),
});
const OpenApi = z.looseObject({ paths: z.record(z.string(), z.looseObject({})) });
type Operation = z.infer<typeof Operation>;

/** The routes are the Worker's, whose types are not those of Node: they are loaded by name. */
export async function openapiDocument(): Promise<unknown> {
  const load = (file: string) => import(new URL(`../admin/${file}`, import.meta.url).href);
  const [{ openapi }, { ROUTES }] = await Promise.all([load("openapi.ts"), load("routes.ts")]);
  return openapi(ROUTES);
}

export function openapiText(document: unknown): string {
  return `${written(document)}\n`;
}

/** The page with its table of routes as the document has them. */
export function withRoutes(page: string, document: unknown): string {
  const rows = Object.entries(OpenApi.parse(document).paths).flatMap(([path, { parameters: _, ...operations }]) =>
    Object.entries(operations).map(([method, operation]) => row(method, path, Operation.parse(operation))),
  );
  return page.replace(BETWEEN, `\n| route | role | what it does |\n|---|---|---|\n${rows.join("")}\n`);
}

const PAGING = ["limit", "cursor"];

function row(method: string, path: string, { summary, "x-role": role, parameters }: Operation): string {
  const query = parameters.filter((parameter) => parameter.in === "query" && !PAGING.includes(parameter.name));
  const notes = [
    ...(query.length === 0 ? [] : [`Query: ${query.map(({ name }) => `\`${name}\``).join(", ")}.`]),
    ...(parameters.some(({ name }) => name === "Idempotency-Key") ? ["Takes an `Idempotency-Key`."] : []),
  ];
  return `| \`${method.toUpperCase()} ${path}\` | \`${role}\` | ${[`${summary}.`, ...notes].join(" ")} |\n`;
}

if (import.meta.main) {
  const document = await openapiDocument();
  writeFileSync(PAGE, withRoutes(readFileSync(PAGE, "utf8"), document));
  writeFileSync(DOCUMENT, openapiText(document));
}
