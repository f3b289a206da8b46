/**
 * The policies that calls are to evade: a tool for each kind of rule, with one rule each.
 *
 * What an operator means is the contract's to say (docs/policy.md): a text is compared as it is, without normalisation,
 * so walls that name what may be are proof against twins, and walls that name what may not be are not.
 */
import { JsonNumber } from "../../../src/json/value.ts";

const deny = (path: string, op: string, value: unknown) => ({ deny_if: [{ conditions: [{ path, op, value }] }] });
const need = (path: string, op: string, value: unknown) => ({ require: [{ conditions: [{ path, op, value }] }] });
const meta = (tool: string, args: string) => ({ unwrap: { tool, arguments: args } });

export const BEYOND_DOUBLES = new JsonNumber("9007199254740993");
export const COMPOSED = "caf\u00e9";
export const JUNE = "2026-06-01T00:00:00Z";

/** Every operator with a value that some call fits. */
export const OPERATORS: Readonly<Record<string, unknown>> = {
  ...{ eq: 1, neq: 1, lt: 5, lte: 5, gt: 0, gte: 0, in: [1], not_in: [2], contains: "a", regex: "a", exists: true },
  ...{ starts_with: "a", ends_with: "a", in_cidr: "10.0.0.0/8", not_in_cidr: "10.0.0.0/8" },
  ...{ length_lte: 5, length_gte: 1 },
};

const tools: Record<string, object> = {
  not_100: deny("args.n", "eq", 100),
  only_100: need("args.n", "eq", 100),
  not_big: deny("args.n", "eq", BEYOND_DOUBLES),
  only_big: need("args.n", "eq", BEYOND_DOUBLES),
  few: need("args.n", "in", [1, 2, 3]),
  over_100: deny("args.n", "gt", 100),
  upto_100: need("args.n", "lte", 100),
  not_true: deny("args.v", "eq", true),
  only_true: need("args.v", "eq", true),
  not_null: deny("args.v", "eq", null),
  only_cafe: need("args.w", "in", [COMPOSED]),
  not_cafe: deny("args.w", "eq", COMPOSED),
  digits: need("args.w", "regex", "^\\d+$"),
  not_secret: deny("args.w", "regex", "(?i)secret|disk"),
  has_no_dots: deny("args.w", "contains", ".."),
  below_var: need("args.w", "starts_with", "/var/"),
  slow: need("args.w", "regex", "^(([a-z])+.)+[A-Z]([a-z])+$"),
  each_over: deny("args.items[*].n", "gt", 100),
  each_need: need("args.items[*].n", "lte", 100),
  deep: deny("args.a[*].b[*].c", "eq", "x"),
  first: deny("args.items[0]", "eq", "x"),
  peek: need("args.mode", "eq", "peek"),
  no_admin: deny('args["__proto__"].admin', "eq", true),
  constructed: need("args.constructor", "exists", true),
  printed: need("args.toString.name", "exists", true),
  long: deny("args.list.length", "gt", 1),
  dotted: deny('args["a.b"]', "eq", 1),
  text: deny("args.data|json.mode", "eq", "destroy"),
  text_text: deny("args.data|json.inner|json.mode", "eq", "destroy"),
  text_big: deny("args.data|json.n", "eq", BEYOND_DOUBLES),
  text_need: need("args.data|json.mode", "eq", "peek"),
  home: need("args.to", "in_cidr", "10.0.0.0/8"),
  ban: deny("args.to", "in_cidr", ["10.0.0.0/8", "2001:db8::/32"]),
  after: deny("args.t", "gt", JUNE),
  before: need("args.t", "lte", JUNE),
  short: need("args.s", "length_lte", 3),
  run: meta("args.tool", "args.params"),
  run_text: meta("args.call|json.tool", "args.call|json.params"),
  run_first: { ...meta("args.calls[0].tool", "args.calls[0].params"), ...need("args.calls", "length_lte", 1) },
  open: {},
  locked: { action: "deny" },
  pay: deny("args.amount", "gt", 100),
  strict_pay: { arguments: "strict" },
};
for (const [op, value] of Object.entries(OPERATORS)) {
  tools[`need_${op}`] = need("args.p.v", op, value);
  tools[`ban_${op}`] = deny("args.p.v", op, value);
}

/** Schemas of the tools whose arguments are checked by them. */
export const SCHEMAS: Readonly<Record<string, object>> = {
  s_plain: { properties: { text: { type: "string" }, n: { type: "integer" } }, required: ["text"] },
  s_free: { properties: { o: { type: "object" } } },
  s_open: { properties: { a: {} }, additionalProperties: true },
  s_remote: { $ref: "https://schemas.example/x.json" },
  s_nowhere: { properties: { a: { $ref: "#/$defs/missing" } } },
  s_dynamic: { properties: { a: { $dynamicRef: "#node" } }, $defs: { node: { $dynamicAnchor: "node" } } },
  s_recursive: { properties: { a: { $recursiveRef: "#" } } },
  s_circle: { $ref: "#" },
  s_based: { properties: { a: { $id: "https://schemas.example/a", properties: { b: {} } } } },
  s_defined: { $ref: "#/$defs/x", $defs: { x: { properties: { a: { type: "integer" } } } } },
  s_branch: { anyOf: [{ properties: { kind: { const: "a" }, n: {} }, required: ["kind"] }, { properties: { m: {} } }] },
  s_big: { properties: { n: { const: BEYOND_DOUBLES } } },
  s_ahead: { properties: { w: { type: "string", pattern: "^(?!admin)" } } },
};
for (const name of Object.keys(SCHEMAS)) tools[name] = { arguments: "strict" };

export const POLICY = { version: "1", default: "deny", hide: ["vault", "drop_*"], tools };

/** What is not named may be called: only what the policy knows by name or glob is kept back. */
export const LENIENT = {
  version: "1",
  default: "allow",
  hide: ["drop_*", "*_secret", "vault"],
  tools: { "wipe*": { action: "deny" }, wipe_cache: {} },
};

/** Names under it: hidden, denied, and what is another tool's name, however much it looks like one of those. */
export const NAMES = {
  hidden: ["vault", "drop_", "drop_x", "drop_*", "drop_\u0000", "drop_\n", "drop_\u{1f600}", "the_secret", "_secret"],
  denied: [
    "wipe",
    "wipes",
    "wipe\n",
    "wipe\u0000",
    "wipe*",
    "wipe_cache2",
    "wipe_Cache",
    "wipe/../x",
    `wipe${"e".repeat(900)}`,
  ],
  free: [
    "Wipe",
    "w\u0456pe",
    " wipe",
    "\u200bwipe",
    "dr\u043ep_x",
    "Drop_x",
    "vault ",
    "vau\u00adlt",
    "the_secre\u0442",
    "wipe_cache",
  ],
};

const WALL = /^\/tools\/[^/]+\/(deny_if\/0|require\/0|unwrap|arguments|action)$/;

/** The one rule that a tool has. */
export function ruleOf(tool: string): string {
  const entry = tools[tool] ?? {};
  const kind = "deny_if" in entry ? "deny_if/0" : "require" in entry ? "require/0" : Object.keys(entry)[0];
  const rule = `/tools/${tool}/${kind}`;
  if (!WALL.test(rule)) throw new Error(`no rule in ${tool}`);
  return rule;
}
