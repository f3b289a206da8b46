/** Why arguments do not fit a schema, and the sentence that says so: which argument it is, and what would pass. */
import type { Json, JsonObject } from "../../json/value.ts";
import { pathLabel } from "../label.ts";
import type { Step } from "../path.ts";
import { quoted, shownWithType } from "../quote.ts";
import { listed } from "../sameness.ts";
import { nearest } from "../suggest.ts";

/** The way from the arguments object, which is undefined, down to a value. */
export type Where = { readonly above: Where; readonly key: string | number; readonly depth: number } | undefined;

export type Fault = { readonly where: Where } & (
  | { readonly kind: "unfit"; readonly value: Json; readonly wants: readonly string[] }
  | { readonly kind: "absent"; readonly wants: string | undefined }
  | { readonly kind: "unnamed"; readonly offers: readonly JsonObject[] }
  | { readonly kind: "excluded"; readonly value: Json }
);

export function within(above: Where, key: string | number): Where {
  return { above, key, depth: depthOf(above) + 1 };
}

export function depthOf(where: Where): number {
  return where?.depth ?? 0;
}

export function unfit(where: Where, value: Json, wants: string): Fault {
  return { kind: "unfit", where, value, wants: [wants] };
}

/** Of all forms that a value could have had: what it lacks in the one that it comes nearest to, or what each wants. */
export function nearestFault(where: Where, value: Json, faults: readonly Fault[]): Fault {
  let deepest: Fault | undefined;
  const wants = new Set<string>();
  for (const fault of faults) {
    if (deepest === undefined || depthOf(fault.where) > depthOf(deepest.where)) deepest = fault;
    if (fault.kind === "unfit" && wants.size <= MOST_WANTED) for (const each of fault.wants) wants.add(each);
  }
  const isHere = deepest === undefined || (deepest.kind === "unfit" && depthOf(deepest.where) === depthOf(where));
  return isHere || deepest === undefined ? { kind: "unfit", where, value, wants: [...wants] } : deepest;
}

export function sentence(fault: Fault): string {
  const label = pathLabel({ root: "args", steps: stepsTo(fault.where) });
  switch (fault.kind) {
    case "unfit":
      return `${label} is ${shownWithType(fault.value)}; the tool's schema wants ${either(fault.wants)} there.`;
    case "absent":
      return `${label} is absent; the tool's schema requires it${fault.wants === undefined ? "" : `, as ${fault.wants}`}.`;
    case "unnamed":
      return `${label} is not named by the tool's schema, and only named ones pass; ${offered(fault.offers, fault.where)}`;
    case "excluded":
      return `${label} is ${shownWithType(fault.value)}, which the tool's schema excludes there.`;
  }
}

/** As many names as are looked through for one that was meant. */
const MOST_NAMES = 200;

function offered(offers: readonly JsonObject[], where: Where): string {
  const names = [...new Set(offers.flatMap((each) => Object.keys(each).slice(0, MOST_NAMES)))].slice(0, MOST_NAMES);
  if (names.length === 0) return "it names none there.";
  const meant = nearest(String(where?.key ?? ""), names);
  return `it names ${listed(names)}${meant === undefined ? "." : `; did you mean ${quoted(meant)}?`}`;
}

const MOST_WANTED = 4;

function either(wants: readonly string[]): string {
  const first = wants.slice(0, MOST_WANTED);
  return wants.length > MOST_WANTED ? `${first.join(", ")} or another of its forms` : first.join(" or ");
}

function stepsTo(where: Where): readonly Step[] {
  const steps: Step[] = [];
  for (let at = where; at !== undefined; at = at.above) {
    steps.push(typeof at.key === "number" ? { kind: "index", index: at.key } : { kind: "key", key: at.key });
  }
  return steps.reverse();
}
