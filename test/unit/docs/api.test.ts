import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openapiDocument, openapiText, withRoutes } from "../../../src/cli/api-page.ts";

const UPDATE = "run `node src/cli/api-page.ts`";

it("lists in docs/api.md every route of the admin API, as it is", async () => {
  const page = readFileSync("docs/api.md", "utf8");
  expect(page, UPDATE).toBe(withRoutes(page, await openapiDocument()));
});

it("keeps the OpenAPI document as the gateway gives it", async () => {
  expect(readFileSync("docs/openapi.json", "utf8"), UPDATE).toBe(openapiText(await openapiDocument()));
});

it("describes the API in OpenAPI 3.1, as its own schema has it", async () => {
  const checker = new Validator();
  expect(await checker.validate(JSON.parse(JSON.stringify(await openapiDocument())))).toMatchObject({ valid: true });
  expect(checker.version).toBe("3.1");
});
