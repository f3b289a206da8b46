/** Lists of tools of every kind, and a recommendation held against all that judges policies. */
import fc from "fast-check";
import { runCases } from "../../../../src/cli/policy/run-cases.ts";
import { mutate, type Survivor } from "../../../../src/cli/policy/survivors.ts";
import { parseJson } from "../../../../src/json/parse.ts";
import type { Json } from "../../../../src/json/value.ts";
import { type PolicyCase, readCases } from "../../../../src/policy/cases.ts";
import { type CompiledPolicy, compilePolicy } from "../../../../src/policy/compile.ts";
import { readPolicy } from "../../../../src/policy/read.ts";
import { warnings } from "../../../../src/policy/warnings/warnings.ts";
import type { Tool } from "../../../../src/tools/classify/classify.ts";
import { type Recommendation, type RecommendOptions, recommend } from "../../../../src/tools/recommend/recommend.ts";

export const PLAIN: RecommendOptions = { strict: false, shared: false, description: "" };
export const STRICT: RecommendOptions = { strict: true, shared: false, description: "" };
export const SHARED: RecommendOptions = { strict: false, shared: true, description: "" };

export function recommended(tools: readonly Tool[], options: RecommendOptions = PLAIN) {
  return judged(recommend(tools, options), tools);
}

/** The recommendation as its texts read, with what the server lists where that is known. Throws when one does not. */
export function judged<Made extends Pick<Recommendation, "document" | "cases">>(made: Made, tools?: readonly Tool[]) {
  const text = JSON.stringify(made.document, null, 2);
  const read = readPolicy(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const cases = readCases(JSON.stringify(made.cases));
  if (!cases.ok) throw new Error(JSON.stringify(cases.problems));
  const policy = compilePolicy(read.document);
  const schemas = new Map(tools?.map(({ name, inputSchema }) => [name, inputSchema]));
  const about = { server: "s", schemaOf: (tool: string): Json | undefined => schemas.get(tool) };
  return {
    ...made,
    text,
    policy,
    about,
    cases: cases.cases,
    advice: warnings(text, read.document, tools?.map(listedAs)),
  };
}

type Judged = { readonly policy: CompiledPolicy; readonly cases: readonly PolicyCase[]; readonly text: string } & {
  readonly about: Parameters<typeof runCases>[2];
};

export function failing({ policy, cases, about }: Judged): readonly string[] {
  return runCases(policy, cases, about)
    .filter(({ wrong }) => wrong.length > 0)
    .map(({ case: each, actual }) => `${each.name}: ${JSON.stringify(actual)}`);
}

export function survivors({ text, cases, about }: Judged): readonly Survivor[] {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  const steps = mutate(parsed.value, cases, about);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.survivors;
}

function listedAs({ name, inputSchema }: Tool) {
  return { name, ...(inputSchema !== undefined && { inputSchema }) };
}

const VERBS = [
  "get",
  "list",
  "create",
  "update",
  "run",
  "execute",
  "delete",
  "purge",
  "pay",
  "refund",
  "frobnicate",
  "",
];
const THINGS = ["user", "order", "tool", "file", "report", "payment", ""];
const ODD = [
  "",
  "*",
  "get_*",
  "*_user",
  "__proto__",
  "constructor",
  "toString",
  "a/b~c",
  "Ü",
  "\ud800",
  "1",
  "rate_limit x",
  "not_listed",
];

const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...VERBS), fc.constantFrom(...THINGS)).map((words) => words.join("_")),
  },
  { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

const description = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(
    "Gets it.",
    "Deletes it for good. This cannot be undone.",
    "Runs any code.",
    "You will be charged.",
    7,
  ),
  fc.string(),
);

const leaf: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  true,
  { type: "string" },
  { type: "string", enum: ["a", "b"] },
  { type: "integer", minimum: 3, maximum: 9 },
  { type: "array", items: { type: "string" }, minItems: 1 },
  { type: "boolean" },
  { anyOf: [{ type: "null" }, { type: "number" }] },
  { type: "object", properties: { id: { type: "string", format: "uuid" } }, required: ["id"] },
);

/** As servers write them, with the properties by which meta-tools are known among the names. */
const objectSchema: fc.Arbitrary<Json> = fc
  .dictionary(fc.constantFrom("id", "tool_name", "parameters", "action", "sql", "amount", "currency", "server"), leaf, {
    noNullPrototype: true,
  })
  .chain((properties) =>
    fc.subarray(Object.keys(properties)).map((required): Json => ({ type: "object", properties, required })),
  );

const META: Json = { type: "object", properties: { tool_name: { type: "string" }, parameters: {} } };

const schema = fc.oneof(
  { weight: 3, arbitrary: objectSchema },
  { weight: 1, arbitrary: fc.constant(META) },
  { weight: 1, arbitrary: fc.constantFrom<Json | undefined>(undefined, null, true, false, {}, { type: "string" }) },
);

const annotations = fc.constantFrom<Json | undefined>(undefined, { destructiveHint: true }, { readOnlyHint: true }, 1);

export const anyTool: fc.Arbitrary<Tool> = fc.record({ name, description, inputSchema: schema, annotations });
export const anyTools = fc.array(anyTool, { maxLength: 12 });
export const anyOptions = fc.record({ strict: fc.boolean(), shared: fc.boolean(), description: fc.string() });

/** As a well-behaved server lists them: each name once, and a schema to each. */
export const plainTools = fc.uniqueArray(fc.record({ name, description, inputSchema: objectSchema, annotations }), {
  maxLength: 10,
  selector: ({ name }) => name,
});
