/** Schemas that several routes share. */
import * as z from "zod";

const DATE_TIME = "must be a date-time as in 2027-01-31T00:00:00Z";

/** A date-time with its offset (RFC 3339), as text. */
export const DateTime = z.iso.datetime({ offset: true, error: DATE_TIME });

/** The same, as Unix milliseconds. */
export const Instant = DateTime.transform((text) => Date.parse(text));

/**
 * One line of text as people write it: something other than white space in it, and neither control characters, nor
 * separators of lines, nor halves of characters, which no store would give back as they came.
 */
export const Line = z.string().regex(/^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u, "must be one line of text");

/** Why something is changed. */
export const Message = Line.max(500);
