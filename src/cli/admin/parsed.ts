/** Reads an answer as one of `shapes.ts`; undefined when it is something else. */
import type * as z from "zod";

export function parsed<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
