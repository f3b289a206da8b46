/**
 * What only the API's description tells: words that no request depends on. The description is made ahead of time, in
 * Node (src/cli/api-page.ts), so the Worker that is deployed has none of them: wrangler puts the platform's name in
 * place of `navigator.userAgent`, and a function that is left empty so is left out, with all that it was given.
 *
 * What a request depends on must never pass through here.
 */
import * as z from "zod/mini";

/** The answer when all went well. Without a schema it has no body, or one that is not JSON. */
export type Gives = {
  readonly status: 200 | 201 | 204;
  readonly schema?: z.ZodMiniType;
  readonly type?: string;
  /** It has an ETag. */
  readonly tagged?: true;
};

export type Described = {
  /** A few words, for people. */
  readonly summary: string;
  readonly description?: string;
  /** A sentence on fields of the query or of the body, by their names. */
  readonly fields?: { readonly [name: string]: string };
  readonly gives: Gives;
};

/** Fields, and a sentence on some of them. */
type Fields = { readonly [name: string]: z.ZodMiniType };
type Notes<F extends Fields> = { readonly [name in keyof F]?: string };

export function described(route: Described): Described | undefined {
  if (navigator.userAgent !== "Cloudflare-Workers") return route;
}

/** The schema stands in the description once, by this name. */
export function component<F extends Fields>(id: string, schema: z.ZodMiniObject<F>, notes?: Notes<F>): void {
  if (navigator.userAgent !== "Cloudflare-Workers") {
    told(schema, { id });
    noted(schema.shape, notes ?? {});
  }
}

/** Fields of several schemas: those of every list, say. */
export function noted<F extends Fields>(fields: F, notes: Notes<F>): void {
  if (navigator.userAgent !== "Cloudflare-Workers") {
    for (const [name, field] of Object.entries(fields)) {
      if (notes[name] !== undefined) told(field, { description: notes[name] });
    }
  }
}

/** Keywords of JSON Schema that zod can't tell from the schema. */
export function told(schema: z.ZodMiniType, keywords: { readonly [keyword: string]: string }): void {
  if (navigator.userAgent !== "Cloudflare-Workers") z.globalRegistry.add(schema, keywords);
}
