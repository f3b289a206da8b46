import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

/** The routes are the Worker's, whose types are not those of Node: what describes them is loaded by name. */
async function describing(route: object): Promise<unknown> {
  const { openapi } = await import(new URL("../../../src/admin/openapi.ts", import.meta.url).href);
  return openapi([{ method: "GET", path: "/things", role: "viewer", ...route }]);
}

const told = { summary: "Things", gives: { status: 200 } };

describe("the description of the admin API", () => {
  it("is not made of a route without words", async () => {
    await expect(describing({})).rejects.toThrow("GET /things is not described");
  });

  it("has the sentence on a field of a query or of a body", async () => {
    const document = await describing({
      ...told,
      query: z.strictObject({ colour: z.string() }),
      takes: { kind: "document", schema: z.strictObject({ size: z.int() }), mostBytes: 1 },
      fields: { colour: "Of the thing.", size: "In metres." },
    });
    expect(document).toMatchObject({
      paths: {
        "/things": {
          get: {
            parameters: [{ name: "colour", description: "Of the thing." }],
            requestBody: {
              content: { "application/json": { schema: { properties: { size: { description: "In metres." } } } } },
            },
          },
        },
      },
    });
  });

  it("is not made where a sentence is on a field that is not there", async () => {
    const route = { ...told, query: z.strictObject({ colour: z.string() }), fields: { color: "Of the thing." } };
    await expect(describing(route)).rejects.toThrow("GET /things has no field color");
  });
});
