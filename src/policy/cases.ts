/**
 * A policy's cases: calls, and what is expected to come of them. Read here as strictly as the policy itself, since a
 * mistyped expectation that is ignored would pass for a test.
 */
import { safeInteger } from "../json/decimal.ts";
import { locate } from "../json/locate.ts";
import { placesIn } from "../json/place.ts";
import { child } from "../json/pointer.ts";
import { isNumber, isObject, type JsonObject } from "../json/value.ts";
import { words } from "./face.ts";
import { readInstant } from "./instant.ts";
import { below, note, type PolicyProblem, type Spot } from "./problem.ts";
import {
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
import { readStrictly } from "./strict.ts";

/** One call, or the same one several times at one instant. `at` is in milliseconds since the Unix epoch. */
export type CaseStep = {
  readonly call: { readonly tool: string; readonly arguments: JsonObject };
  /** `null` is a grant without a policy. */
  readonly grant: CaseGrant | null;
  readonly at: number;
  readonly times: number;
};

export type CaseGrant = {
  readonly id: string;
  readonly label: string;
  readonly tags: readonly string[];
  /** Names a legacy session; null where there is none. */
  readonly session: string | null;
};

/** The decision about the last call is what is expected. */
export type PolicyCase = CaseStep & {
  readonly name: string;
  /** Earlier calls, none of them later than the next. */
  readonly before: readonly CaseStep[];
  readonly expect: Expected;
  /** Where the case stands in its file. */
  readonly pointer: string;
  readonly line: number;
  readonly column: number;
};

export const EFFECTS = ["allow", "deny", "hide", "limit", "approval"] as const;
export type Effect = (typeof EFFECTS)[number];

/** `text` is a part of what the client is told. */
export type Expected = {
  readonly effect: Effect;
  readonly rule: string | undefined;
  readonly text: string | undefined;
};

export type CasesRead =
  | { readonly ok: true; readonly cases: readonly PolicyCase[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** 2026-01-01T00:00:00Z, a Thursday. */
const DEFAULT_AT = Date.UTC(2026, 0, 1);
const NOBODY: CaseGrant = { id: "case", label: "case", tags: [], session: null };
/** Each of them is really decided. */
const MOST_TIMES = 100_000;

/** Reads a `<policy>.cases.json`: a list of cases, or an object that has it in `cases` (and may have `$schema`). */
export function readCases(text: string): CasesRead {
  const result = readStrictly(text, casesShape);
  if (!result.ok) return result;
  const above = Array.isArray(result.json) ? "" : "/cases";
  const cases = result.read.map((each, index) => ({ ...each, pointer: child(above, index) }));
  const found = locate(text, new Set(cases.map(({ pointer }) => pointer)));
  const placeOf = placesIn(text);
  return { ok: true, cases: cases.map((each) => ({ ...each, ...placeOf(found.get(each.pointer)?.value ?? 0) })) };
}

const callArguments: Form<JsonObject> = shaped(words({ type: "object" }), (value, spot) =>
  isObject(value) ? value : wrongType(value, spot, "a tool's arguments, an object"),
);

const call = object("a call", { tool: needed(nameOf("a tool's name")), arguments: optional(callArguments) });

const grantFields: Form<CaseGrant> = turned(
  object("a grant", {
    id: optional(nameOf("a grant's id")),
    label: optional(string),
    tags: optional(list("tags", string)),
    session: optional(nameOf("a session's name")),
  }),
  ({ id, label, tags, session }) => ({
    id: id ?? NOBODY.id,
    label: label ?? NOBODY.label,
    tags: tags ?? NOBODY.tags,
    session: session ?? NOBODY.session,
  }),
);

const nobody: Form<null> = shaped(words({ type: "null" }), () => null);

const grant: Form<CaseGrant | null> = shaped(
  () => ({ kind: "either", of: [nobody, grantFields] }),
  (value, spot) => (value === null ? null : grantFields(value, spot)),
);

/** The instant of a date-time (RFC 3339) in whole milliseconds, or undefined when it is none. */
export function readAt(text: string): number | undefined {
  const read = readInstant(text);
  return read && read.seconds * 1000 + Number(read.fraction.slice(0, 3).padEnd(3, "0"));
}

const instant: Form<number> = shaped(
  words({ type: "string", format: "date-time" }),
  (value, spot) =>
    (typeof value === "string" ? readAt(value) : undefined) ??
    wrongType(value, spot, 'a date-time like "2026-01-31T00:00:00Z"'),
);

const times: Form<number> = shaped(words({ type: "integer", minimum: 1, maximum: MOST_TIMES }), (value, spot) => {
  const whole = isNumber(value) ? safeInteger(value) : undefined;
  if (whole !== undefined && whole >= 1 && whole <= MOST_TIMES) return whole;
  return wrongType(value, spot, `a whole number from 1 to ${MOST_TIMES}`);
});

const stepFields = {
  call: needed(call),
  grant: optional(grant),
  at: optional(instant),
  times: optional(times),
};

const expected: Form<Expected> = turned(
  tested(
    object("an expectation", {
      effect: needed(word(EFFECTS)),
      rule: optional(nameOf("a rule")),
      text: optional(nameOf("a part of the text")),
    }),
    ({ effect, rule, text }) =>
      effect === "allow" && (rule !== undefined || text !== undefined)
        ? "a call that is allowed comes without rule and text"
        : undefined,
  ),
  ({ effect, rule, text }) => ({ effect, rule, text }),
);

const caseFields = object("a case", {
  name: needed(nameOf("a case's name")),
  ...stepFields,
  before: optional(list("earlier steps", object("an earlier step", stepFields))),
  expect: needed(expected),
});

type Unplaced = Omit<PolicyCase, "pointer" | "line" | "column">;

const caseShape: Form<Unplaced> = shaped(caseFields.face, (value, spot) => {
  const read = caseFields(value, spot);
  if (read === undefined) return undefined;
  const own = stepOf(read, NOBODY);
  const before = (read.before ?? []).map((each) => stepOf(each, own.grant));
  checkOrder([...before, own], spot);
  return { name: read.name, ...own, before, expect: read.expect };
});

type StepRead = {
  readonly call: { readonly tool: string; readonly arguments: JsonObject | undefined };
  readonly grant: CaseGrant | null | undefined;
  readonly at: number | undefined;
  readonly times: number | undefined;
};

/** Of an earlier step, the grant is that of the case unless it says otherwise. */
function stepOf({ call, grant, at, times }: StepRead, other: CaseGrant | null): CaseStep {
  return {
    call: { tool: call.tool, arguments: call.arguments ?? Object.create(null) },
    grant: grant === undefined ? other : grant,
    at: at ?? DEFAULT_AT,
    times: times ?? 1,
  };
}

/** Counters never run backward, so a step into the past would count for another instant than it says. */
function checkOrder(steps: readonly CaseStep[], spot: Spot): void {
  steps.forEach(({ at }, index) => {
    const earlier = steps[index - 1];
    if (earlier === undefined || earlier.at <= at) return;
    const here = index === steps.length - 1 ? spot : below(below(spot, "before"), index);
    note(here, `this is at ${iso(at)}, and a step before it at ${iso(earlier.at)}: time only goes forward`);
  });
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

const cases = list("cases", caseShape);

const inObject = object("a cases file", { $schema: optional(string), cases: needed(cases) });

export const casesShape: Form<readonly Unplaced[]> = shaped(
  () => ({ kind: "either", of: [cases, inObject] }),
  (value, spot) => {
    if (Array.isArray(value)) return cases(value, spot);
    return isObject(value) ? inObject(value, spot)?.cases : wrongType(value, spot, "a list of cases");
  },
);
