/**
 * What a schema says of a value that it refuses, where it brings no words of its own. These take the place of zod's
 * English, which is three times as long and knows of formats that no schema here has.
 *
 * The value itself is never repeated: it may be a secret.
 */
import type * as z from "zod/mini";
import { JsonNumber } from "./value.ts";

export function complaint(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return mistyped(issue.expected, issue.input);
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "too_big":
      return `must ${amount(issue.maximum, issue.origin)} at most`;
    case "too_small":
      return `must ${amount(issue.minimum, issue.origin)} at least`;
    case "invalid_format":
      return `is no legal ${issue.format}`;
    default:
      return "can't be used here";
  }
}

function mistyped(expected: string, given: unknown): string {
  if (given === undefined) return "is required";
  return expected === "int" ? "must be a whole number" : `must be ${kind(expected)}, not ${kindOf(given)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  // It is kept as text, since no double is it.
  if (value instanceof JsonNumber) return "a number whose digits would be lost";
  return kind(Array.isArray(value) ? "array" : typeof value);
}

function kind(type: string): string {
  if (type === "record" || type === "object") return "an object";
  return type === "array" ? "a list" : `a ${type}`;
}

function amount(limit: number | bigint, of: string): string {
  const things = of === "string" ? "character" : of === "array" ? "item" : undefined;
  return things === undefined ? `be ${limit}` : `have ${limit} ${things}${limit === 1 ? "" : "s"}`;
}
