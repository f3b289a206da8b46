/** Keywords that hold other schemas against the same value, and references. */
import { type Json, member } from "../../json/value.ts";
import { quoted } from "../quote.ts";
import { type Check, type Keywords, type Maker, malformed, type SchemaDocument, unreadable } from "./check.ts";
import { type Fault, nearestFault, unfit, type Where } from "./fault.ts";
import { referred } from "./reference.ts";
import type { Run } from "./run.ts";

/** A branch that does not hold takes back what it has said of the value. */
export function attempt(check: Check, value: Json, where: Where, run: Run): Fault | undefined {
  const mark = run.trail.length;
  const fault = check(value, where, run);
  if (fault !== undefined) run.trail.length = mark;
  return fault;
}

function checksIn(given: Json, document: SchemaDocument): readonly Check[] | undefined {
  return Array.isArray(given) && given.length > 0 ? given.map((each) => document.check(each)) : undefined;
}

const allOf: Maker = (given, _schema, document) => {
  const checks = checksIn(given, document);
  if (checks === undefined) return malformed("allOf");
  return (value, where, run) => {
    for (const check of checks) {
      const fault = check(value, where, run);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
};

/** All branches are tried, since each that holds may name other members. */
const anyOf: Maker = (given, _schema, document) => {
  const checks = checksIn(given, document);
  if (checks === undefined) return malformed("anyOf");
  return (value, where, run) => {
    const faults = faultsOf(checks, value, where, run);
    return faults.length < checks.length ? undefined : nearestFault(where, value, faults);
  };
};

const oneOf: Maker = (given, _schema, document) => {
  const checks = checksIn(given, document);
  if (checks === undefined) return malformed("oneOf");
  return (value, where, run) => {
    const faults = faultsOf(checks, value, where, run);
    const holding = checks.length - faults.length;
    if (holding === 0) return nearestFault(where, value, faults);
    return holding === 1 ? undefined : unfit(where, value, "a value that has only one of its forms");
  };
};

function faultsOf(checks: readonly Check[], value: Json, where: Where, run: Run): readonly Fault[] {
  return checks.flatMap((check) => (run.stopped === undefined ? (attempt(check, value, where, run) ?? []) : []));
}

const not: Maker = (given, _schema, document) => {
  const check = document.check(given);
  return (value, where, run) => {
    const mark = run.trail.length;
    const fault = check(value, where, run);
    run.trail.length = mark;
    return fault === undefined ? { kind: "excluded", where, value } : undefined;
  };
};

const conditional: Maker = (given, schema, document) => {
  const condition = document.check(given);
  const [then, otherwise] = [member(schema, "then"), member(schema, "else")].map((each) =>
    document.check(each ?? true),
  );
  return (value, where, run) => {
    const next = attempt(condition, value, where, run) === undefined ? then : otherwise;
    return next?.(value, where, run);
  };
};

const reference: Maker = (given, _schema, document) => {
  const target = typeof given === "string" ? referred(document.root, given) : undefined;
  if (target === undefined) {
    return unreadable(
      `its reference ${typeof given === "string" ? quoted(given) : "without a name"} leads nowhere in it`,
    );
  }
  return document.check(target);
};

const unfollowed: Maker = () => unreadable("it refers to a part that is only known while it is checked");

export const BRANCHES: Keywords = [
  ["$ref", reference],
  ["$dynamicRef", unfollowed],
  ["$recursiveRef", unfollowed],
  ["allOf", allOf],
  ["anyOf", anyOf],
  ["oneOf", oneOf],
  ["not", not],
  ["if", conditional],
];
