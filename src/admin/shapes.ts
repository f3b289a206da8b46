/** Schemas that several routes share. */
import * as z from "zod/mini";
import { readInstant } from "../policy/instant.ts";
import { told } from "./described.ts";

const DATE_TIME = "must be a date-time as in 2027-01-31T00:00:00Z";

/** A date-time with its offset (RFC 3339), as text. */
export const DateTime = z.string(DATE_TIME).check(z.refine((text) => readInstant(text) !== undefined, DATE_TIME));
told(DateTime, { format: "date-time" });

/** The same, as Unix milliseconds. */
export const Instant = z.pipe(
  DateTime,
  z.transform((text) => Date.parse(text)),
);

/**
 * One line of text as people write it: something other than white space in it, and neither control characters, nor
 * separators of lines, nor halves of characters, which no store would give back as they came.
 */
export const Line = z.string().check(z.regex(/^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u, "must be one line of text"));

/** Why something is changed. */
export const Message = Line.check(z.maxLength(500));
