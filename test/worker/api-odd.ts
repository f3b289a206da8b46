/** Requests that nobody should send: what is right in most of it and wrong in some, made from the API's description. */
import fc from "fast-check";
import * as z from "zod";
import type { Asked } from "./admin-given.ts";
import { type Description, type Operation, pathIn, type Request, type Scene } from "./api-given.ts";

const Fields = z.record(z.string(), z.unknown());

/** A schema of the description itself, in place of one that refers to it. */
export function resolved(document: Description, schema: unknown): Record<string, unknown> {
  const { $ref, ...own } = Fields.parse(schema ?? {});
  if (typeof $ref !== "string") return own;
  return { ...document.components.schemas[$ref.replace("#/components/schemas/", "")], ...own };
}

const oddText = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\u0000",
    "__proto__",
    "constructor",
    "\u2028",
    "\ufeff",
    "💥",
    "\u202e",
    "e\u0301",
    "*",
    "null",
  ),
  fc.constantFrom(
    "x".repeat(201),
    "x".repeat(10_000),
    "💥".repeat(150),
    `\${secret:TOKEN}`,
    `\${secret:__proto__}`,
    "https://x",
  ),
  fc.constantFrom(
    "2999-01-01T00:00:00Z",
    "0000-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2999-02-30T00:00:00Z",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 30 }),
);

/** JSON as text, since some of it can't be had as a value. */
const oddJson = fc.oneof(
  fc.constantFrom("1e400", "-0", "42.0", "0.1", "-1", "1e21", "9007199254740993", "null", "true", "[]", "{}", "[[]]"),
  fc.constantFrom('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '{"__proto__":1}', '{"":""}', "[null]", '["a","a"]'),
  fc.constantFrom(`${"[".repeat(60)}${"]".repeat(60)}`, `{"a":${"[".repeat(70)}${"]".repeat(70)}}`),
  oddText.map((text) => JSON.stringify(text)),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
);

/** JSON that is almost what the schema describes, or the example of it. */
function nearly(document: Description, schema: unknown, example: unknown = undefined, depth = 0): fc.Arbitrary<string> {
  const { type, properties, items, additionalProperties, anyOf, const: only, enum: some } = resolved(document, schema);
  const right = (): fc.Arbitrary<string> => {
    if (only !== undefined) return fc.constant(JSON.stringify(only));
    if (Array.isArray(some)) return fc.constantFrom(...some.map((one) => JSON.stringify(one)));
    if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => nearly(document, one, undefined, depth + 1)));
    if (type === "array")
      return fc.array(nearly(document, items, undefined, depth + 1), { maxLength: 3 }).map((all) => `[${all.join()}]`);
    if (type === "object" && properties !== undefined)
      return fields(document, Fields.parse(properties), example, depth);
    if (type === "object") {
      const member = fc.tuple(oddText, nearly(document, additionalProperties, undefined, depth + 1));
      return fc.array(member, { maxLength: 3 }).map(objectOf);
    }
    if (type === "integer") return fc.integer().map(String);
    if (type === "boolean") return fc.constantFrom("true", "false");
    return type === "null" ? fc.constant("null") : oddText.map((text) => JSON.stringify(text));
  };
  if (depth > 5) return oddJson;
  const arbitraries = example === undefined ? [] : [{ weight: 6, arbitrary: fc.constant(JSON.stringify(example)) }];
  return fc.oneof(...arbitraries, { weight: 6, arbitrary: right() }, { weight: 1, arbitrary: oddJson });
}

function fields(
  document: Description,
  properties: Record<string, unknown>,
  example: unknown,
  depth: number,
): fc.Arbitrary<string> {
  const examples = Fields.safeParse(example).data ?? {};
  const members = Object.entries(properties).map(([name, schema]) =>
    fc.option(
      nearly(document, schema, examples[name], depth + 1).map((text) => [name, text] as const),
      { freq: 4 },
    ),
  );
  const unknown = fc.option(fc.tuple(oddText, oddJson), { freq: 1 });
  return fc.tuple(...members, unknown).map((all) => objectOf(all.filter((member) => member !== null)));
}

function objectOf(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

const oddPart = fc.oneof(
  oddText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom(
    "%",
    "%ff",
    "%E0%A4%A",
    "%00",
    "%2F",
    "%2e%2e",
    "a%20b",
    "..",
    "*",
    "{grant}",
    ":grant",
    "x".repeat(10_000),
  ),
);

/** What a header may carry: visible bytes. */
const oddHeader = fc.oneof(
  fc.constantFrom("*", '"1"', 'W/"2"', '"', ",", '"1", "2"', "0", '"9007199254740993"', "x".repeat(8_000), "key"),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
);

/** `parts` stand in the places of the path where something has to be filled in; null for what is right there. */
export type Odd = { readonly parts: readonly (string | null)[]; readonly search: string; readonly asked: Asked };

/** A request that is in most of its parts what the operation takes, and in some is not. */
export function oddRequest(document: Description, { operation, asked }: Request): fc.Arbitrary<Odd> {
  const { parameters, requestBody } = operation;
  const schema = requestBody?.content["application/json"]?.schema;
  const body = schema === undefined ? fc.constant(undefined) : nearly(document, schema, asked.body);
  const names = parameters.filter((one) => one.in === "query").map(({ name }) => name);
  const pair = fc.tuple(
    fc.constantFrom(...names, "x", "__proto__"),
    oddText.map((text) => text.toWellFormed()),
  );
  const query = seldom(fc.array(pair, { maxLength: 2 }), [], names.length > 0 ? 1 : 8);
  const parts = fc.array(seldom(oddPart, null, 8), { minLength: 3, maxLength: 3 });
  const oddHeaders = { "if-match": oddHeader, "if-none-match": oddHeader, "idempotency-key": oddHeader };
  const headers = seldom(fc.record(oddHeaders, { requiredKeys: [] }), {}, 3);
  return fc.record({ body, query, parts, headers }).map(({ body, query, parts, headers }) => {
    const search = query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
    return {
      parts,
      search: search === "" ? "" : `?${search}`,
      asked: { headers, ...(body !== undefined && { body }) },
    };
  });
}

/** The path of such a request on what the scene has. */
export function oddPath({ path }: Operation, scene: Scene, { parts, search }: Odd): string {
  const right = pathIn(scene, { path }).split("/");
  let at = 0;
  const odd = path.split("/").map((one, index) => (one.startsWith("{") && parts[at++]) || (right[index] ?? ""));
  return odd.join("/") + search;
}

/** Once in `times` and one. */
function seldom<T>(arbitrary: fc.Arbitrary<T>, otherwise: T, times: number): fc.Arbitrary<T> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
}
