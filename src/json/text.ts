/** Values that are kept as JSON in a text, as a column of a table has them. */
import * as z from "zod/mini";

/** A schema for such a text: what comes out of it is its value as `schema` has it. A text that is no JSON throws. */
export function jsonText<T>(schema: z.ZodMiniType<T>) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text): unknown => JSON.parse(text)),
    ),
    schema,
  );
}
