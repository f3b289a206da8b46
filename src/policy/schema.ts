/**
 * The fields of the policy language, one definition each: what a document may contain, and what it reads as.
 *
 * Nothing is ever ignored here: what the language does not have is refused by name.
 */
import { millionthsOf, safeInteger } from "../json/decimal.ts";
import { isNumber, type JsonNumber } from "../json/value.ts";
import { condition } from "./condition-schema.ts";
import type { AllTools, Limit, PolicyDocument, RateLimit, Recording, ToolEntry, Wall } from "./document.ts";
import { words } from "./face.ts";
import { isGlob } from "./glob.ts";
import { RATE_LIMIT_SPACE } from "./limit.ts";
import { hasEach, pathPattern, readPath } from "./path.ts";
import {
  dictionary,
  type Form,
  list,
  nameOf,
  needed,
  object,
  optional,
  shaped,
  string,
  tested,
  turned,
  word,
  wrongType,
} from "./shape.ts";
import { LONGEST, readWindow, WINDOW_WANTED, WINDOWS, type Window } from "./window.ts";

const DURATION = /^[1-9][0-9]*[smhd]$/;
const MOST = 10 ** 12;

/** An exact name or a glob. Half a surrogate pair in a glob could match half a character of a name. */
const toolName: Form<string> = tested(nameOf("a tool's name"), (name) =>
  isGlob(name) && !name.isWellFormed() ? "half a surrogate pair can't stand in a glob" : undefined,
);

const windowShape: Form<Window> = shaped(
  words({ anyOf: [{ enum: [...WINDOWS] }, { type: "integer", minimum: 1, maximum: LONGEST }] }),
  (value, spot) => readWindow(value) ?? wrongType(value, spot, WINDOW_WANTED),
);

const max: Form<number> = shaped(words({ type: "integer", minimum: 1, maximum: MOST }), (value, spot) => {
  const whole = isNumber(value) ? safeInteger(value) : undefined;
  return whole !== undefined && whole >= 1 && whole <= MOST
    ? whole
    : wrongType(value, spot, "a whole number from 1 to 1000000000000");
});

const increment: Form<number | JsonNumber> = shaped(words({ type: "number", exclusiveMinimum: 0 }), (value, spot) => {
  const read = isNumber(value) ? millionthsOf(value) : undefined;
  const fits = read?.kind === "huge" || (read?.kind === "amount" && read.millionths > 0n);
  return isNumber(value) && fits ? value : wrongType(value, spot, "a number above 0 with at most six decimal places");
});

const singlePath: Form<string> = tested(
  string,
  (text) => {
    const read = readPath(text);
    if (!read.ok) return read.reason;
    return hasEach(read.path) ? "[*] can't stand here: one value is wanted, not several" : undefined;
  },
  { pattern: pathPattern(false) },
);

const counterName: Form<string> = tested(
  nameOf("a counter's name"),
  (name) =>
    name.startsWith(RATE_LIMIT_SPACE) ? "names that begin so are kept for the counters of rate_limit" : undefined,
  { not: { pattern: `^${RATE_LIMIT_SPACE}` } },
);

const limitFields = object("a limit", {
  counter: needed(counterName),
  window: needed(windowShape),
  max: needed(max),
  scope: optional(word(["grant", "session", "server"])),
  align: optional(word(["calendar", "rolling"])),
  increment: optional(increment),
  increment_from: optional(singlePath),
  description: optional(string),
});

const limit: Form<Limit> = turned(
  tested(
    limitFields,
    (read) =>
      read.increment !== undefined && read.increment_from !== undefined
        ? "a limit has increment or increment_from, not both"
        : undefined,
    { not: { required: ["increment", "increment_from"] } },
  ),
  (read) => ({
    counter: read.counter,
    window: read.window,
    max: read.max,
    scope: read.scope ?? "grant",
    align: read.align ?? "calendar",
    increment: read.increment_from === undefined ? (read.increment ?? 1) : { from: read.increment_from },
  }),
);

const SHORT_RATE = /^([1-9][0-9]*)\/([a-z]+|[1-9][0-9]*)$/;

const RATE_WANTED = 'a rate like "10/minute" or "10/60", or an object with max and window';

const rateFields = object("a rate_limit", { max: needed(max), window: needed(windowShape) });

const shortRate: Form<RateLimit> = shaped(words({ type: "string", pattern: SHORT_RATE.source }), (value, spot) => {
  if (typeof value !== "string") return wrongType(value, spot, RATE_WANTED);
  const [, count = "", per = ""] = SHORT_RATE.exec(value) ?? [];
  const window = readWindow(/^[0-9]/.test(per) ? Number(per) : per);
  const most = Number(count);
  if (window !== undefined && most >= 1 && most <= MOST) return { max: most, window };
  return wrongType(value, spot, RATE_WANTED);
});

const rateLimit: Form<RateLimit> = shaped(
  () => ({ kind: "either", of: [shortRate, rateFields] }),
  (value, spot) => (typeof value === "string" ? shortRate : rateFields)(value, spot),
);

const wall: Form<Wall> = turned(
  object("a wall", {
    conditions: needed(list("conditions", condition)),
    on_deny: optional(string),
    description: optional(string),
  }),
  (read) => ({ conditions: read.conditions, onDeny: read.on_deny }),
);

const rules = {
  require: optional(list("walls", wall)),
  deny_if: optional(list("walls", wall)),
  limits: optional(list("limits", limit)),
  arguments: optional(word(["open", "strict"])),
  description: optional(string),
};

const duration: Form<string> = tested(
  string,
  (text) => (DURATION.test(text) ? undefined : 'expected a duration like "30s", "30m", "12h" or "7d"'),
  { pattern: DURATION.source },
);

const approvalShape = object("an approval", {
  when: optional(list("conditions", condition)),
  timeout: optional(duration),
  reason: optional(string),
});

const unwrapShape = object("an unwrap", { tool: needed(singlePath), arguments: needed(singlePath) });

const tool: Form<ToolEntry> = turned(
  object("a tool's entry", {
    action: optional(word(["allow", "deny", "hide", "require_approval"])),
    reason: optional(string),
    ...rules,
    rate_limit: optional(rateLimit),
    approval: optional(approvalShape),
    unwrap: optional(unwrapShape),
  }),
  (read) => ({
    ...rulesOf(read),
    action: read.action ?? "allow",
    reason: read.reason,
    rateLimit: read.rate_limit,
    approval: read.approval && { when: read.approval.when ?? [], reason: read.approval.reason },
    unwrap: read.unwrap,
  }),
);

const allTools: Form<AllTools> = turned(object("all_tools", rules), rulesOf);

const record: Form<Recording> = turned(
  object("a record", { arguments: optional(word(["keys", "hash", "redacted", "full"])) }),
  (read) => ({ arguments: read.arguments ?? "keys" }),
);

export const policyShape: Form<PolicyDocument> = turned(
  object("a policy", {
    $schema: optional(string),
    version: needed(word(["1"])),
    description: optional(string),
    default: needed(word(["allow", "deny"])),
    hide: optional(list("names of tools", toolName)),
    all_tools: optional(allTools),
    tools: optional(dictionary("tools by name, an object", toolName, tool)),
    record: optional(record),
  }),
  (read) => ({
    version: read.version,
    default: read.default,
    hide: read.hide ?? [],
    allTools: read.all_tools ?? rulesOf({}),
    tools: read.tools ?? new Map(),
    record: read.record ?? { arguments: "keys" },
  }),
);

type Rules = {
  readonly require?: readonly Wall[] | undefined;
  readonly deny_if?: readonly Wall[] | undefined;
  readonly limits?: readonly Limit[] | undefined;
  readonly arguments?: "open" | "strict" | undefined;
};

function rulesOf(read: Rules): AllTools {
  return {
    require: read.require ?? [],
    denyIf: read.deny_if ?? [],
    limits: read.limits ?? [],
    arguments: read.arguments ?? "open",
  };
}
