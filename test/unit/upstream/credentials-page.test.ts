/** What docs/credentials.md shows can be written as it stands, and what it says of OAuth's fields is all there is. */
import { expect, it } from "vitest";
import { Credential } from "../../../src/upstream/credential-file.ts";
import { blocksIn, pageText, spansIn, tableUnder } from "../docs/page.ts";

const page = pageText("credentials.md");
const shown = blocksIn(page).filter(({ label }) => label === "credential");

it("shows credentials that read", () => {
  expect(shown).toHaveLength(2);
  for (const { body } of shown) expect(Credential.safeParse(JSON.parse(body)).error?.issues).toBeUndefined();
});

it("explains every field of OAuth", () => {
  const explained = tableUnder(page, "field", "meaning").flatMap(([field = ""]) => spansIn(field));
  const fields = Object.keys(Credential.shape.oauth.def.innerType.shape);
  expect(explained.toSorted()).toEqual(fields.toSorted());
});
