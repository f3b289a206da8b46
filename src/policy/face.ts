/**
 * What a shape takes, told rather than read: from this the JSON Schemas for editors are made (json-schema.ts), so that
 * they can't say anything else than what is read. Nothing that decides looks at it.
 */
import type { Json } from "../json/value.ts";
import type { Fields, Form } from "./shape.ts";

export type Face =
  /** In JSON Schema's own words. */
  | { readonly kind: "schema"; readonly schema: Words }
  /** What another face takes, and these words besides. */
  | { readonly kind: "narrowed"; readonly face: Face; readonly schema: Words }
  | { readonly kind: "object"; readonly what: string; readonly fields: Fields }
  | { readonly kind: "list"; readonly item: Form<unknown> }
  | { readonly kind: "dictionary"; readonly name: Form<string>; readonly item: Form<unknown> }
  | { readonly kind: "either"; readonly what?: string; readonly of: readonly Form<unknown>[] };

export type Words = { readonly [keyword: string]: Json | readonly Json[] };

export function words(schema: Words): () => Face {
  return () => ({ kind: "schema", schema });
}
